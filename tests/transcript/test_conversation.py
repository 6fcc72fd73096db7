"""Figures of a conversation, on calls small enough to be computed by hand."""

import pytest

from worker.speech.spoken import Figures, Utterance, Word
from worker.text.conversation import conversation

NAMES = {0: "agent", 1: "customer"}


def _said(channel, *times_s):
    """One utterance: a word for each start and end."""
    words = tuple(Word("w", round(start * 1000), round(end * 1000), 0.9) for start, end in times_s)
    return Utterance(channel, "fr", words, Figures(-0.2, 0.01, 0.0))


def _of(*utterances, names=NAMES, duration_ms=20_000):
    return conversation(utterances, names, duration_ms)


def test_nobody_speaks():
    found = _of()

    assert found.talk_s == {"agent": 0, "customer": 0}
    assert (found.turns, found.silence_s, found.longest_silence_s, found.longest_monologue) == (0, 20, 20, None)
    assert found.words_per_minute == {"agent": 0, "customer": 0}


def test_breath_belongs_to_talk_and_longer_pauses_do_not():
    assert _of(_said(0, (0, 1), (1.5, 2))).talk_s["agent"] == 2.0
    assert _of(_said(0, (0, 1), (1.501, 2))).talk_s["agent"] == 1.499


def test_a_turn_lasts_until_the_other_starts():
    found = _of(_said(0, (0, 2), (4, 6)), _said(1, (7, 9)), _said(0, (10, 11)))

    assert found.turns == 3
    assert found.longest_monologue.model_dump() == {"speaker": "agent", "start": 0, "duration": 6}


def test_silence_is_what_nobody_fills():
    found = _of(_said(0, (1, 5)), _said(1, (4, 9)))

    assert (found.silence_s, found.longest_silence_s, found.overlap_s) == (12, 11, 1)


@pytest.mark.parametrize(
    ("name", "second", "is_interruption"),
    [
        ("a true one", (3, 5), True),
        ("too early in the other's talk", (0.9, 5), False),
        ("hardly any overlap", (3.6, 6), False),
        ("too short", (3.5, 4.4), False),
        ("the other goes on", (1.5, 3.9), False),
    ],
)
def test_interrupting_is_beginning_late_and_outlasting(name, second, is_interruption):
    found = _of(_said(0, (0, 4)), _said(1, second))

    assert bool(found.interruptions) is is_interruption


def test_an_interruption_says_who_when_and_how_long():
    (found,) = _of(_said(1, (0, 4)), _said(0, (3, 5))).interruptions

    assert found.model_dump() == {"by": "agent", "at": 3, "overlap_s": 1}


def test_one_channel_for_all_keeps_silence_and_rate_only():
    found = _of(_said(0, (0, 1), (1, 2), (2, 3)), names={0: None})

    assert found.words_per_minute == {"mixed": 60}
    assert found.silence_s == 17
    assert {found.talk_s, found.talk_ratio, found.turns, found.overlap_s, found.interruptions} == {None}


def test_three_legs_overlap_where_any_two_do():
    names = {0: "agent", 1: "customer", 2: "channel_2"}

    assert _of(_said(0, (0, 4)), _said(1, (1, 3)), _said(2, (2, 6)), names=names).overlap_s == 3
