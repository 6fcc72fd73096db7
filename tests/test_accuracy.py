"""Word error rate: what counts as a difference, and how differences add up."""

import pytest

from shared.accuracy import Accuracy, compare, normalise, total


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("Good morning, how can I help?", "good morning how can i help"),
        ("L\u2019appel \u2013 c'est noté.", "l'appel c'est noté"),
        ("at nine o 'clock", "at nine o'clock"),
        ("'quoted' words", "quoted words"),
        ("GRÖSSE straße", "grösse strasse"),
        ("e-mail", "e mail"),
        ("café", "café"),
    ],
)
def test_only_what_a_listener_hears_is_a_difference(text, same_as):
    assert normalise(text) == normalise(same_as)


def test_an_accent_is_a_difference():
    assert normalise("marché") != normalise("marche")


def test_replaced_left_out_and_invented_words_count_alike():
    result = compare("one two three four", "one too four five")

    assert (result.wrong_words, result.spoken_words) == (3, 4)
    assert result.wer == 0.75


def test_an_empty_transcript_is_wrong_in_every_word():
    assert compare("one two", "").wer == 1.0


def test_words_where_nobody_spoke_are_all_invented():
    assert compare("", "thank you") == Accuracy(2, 0)


def test_legs_are_weighed_by_their_words():
    assert total([Accuracy(1, 1), Accuracy(0, 9)]).wer == 0.1
