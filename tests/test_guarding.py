"""Text that the sound does not support is suppressed with its reasons; spoken text stays."""

import pytest

from worker.speech import guard
from worker.speech.front.vad import Span
from worker.speech.phrases import COURTESIES, CREDITS
from worker.speech.spoken import Figures, Hypothesis, Utterance, Word

RATE = 16_000
SPOKEN = Figures(avg_logprob=-0.2, no_speech_prob=0.01, temperature=0.0)
INVENTED = Figures(avg_logprob=-0.9, no_speech_prob=0.7, temperature=0.0)


def _hypothesis(avg_logprob=-0.2, no_speech_prob=0.01, text="a sentence like any other", *, is_loop=False):
    return Hypothesis((1, 2, 3), text, avg_logprob, no_speech_prob, is_loop)


def _utterance(text, figures=SPOKEN, end_ms=2000, reasons=()):
    words = text.split()
    step = end_ms // len(words)
    told = tuple(Word(word, index * step, (index + 1) * step, 0.9) for index, word in enumerate(words))
    return Utterance(0, "fr", told, figures, reasons=reasons)


def _judged(utterance, speech_s):
    return guard.judge([utterance], {0: [Span(0, int(speech_s * RATE))]})


def _reasons(utterance, speech_s):
    return [reason for entry in _judged(utterance, speech_s).suppressed for reason in entry.reasons]


@pytest.mark.parametrize(
    ("no_speech_prob", "avg_logprob", "is_silence"),
    [(0.8, -0.75, True), (0.8, -0.74, False), (0.79, -0.9, False), (0.61, -1.01, True), (0.6, -1.5, False), (0.99, -0.1, False)],
)  # fmt: skip
def test_a_window_is_silence_by_both_figures(no_speech_prob, avg_logprob, is_silence):
    hypothesis = _hypothesis(avg_logprob, no_speech_prob)

    assert guard.is_silence(hypothesis) is is_silence
    assert ("no_speech_pair" in guard.window_reasons(hypothesis)) is is_silence


def test_a_text_that_repeats_itself_is_no_text():
    looped = _hypothesis(text="no no no no " * 12)

    assert guard.window_reasons(looped) == ("repetition",)
    assert guard.window_reasons(_hypothesis(is_loop=True)) == ("repetition",)


@pytest.mark.parametrize(
    ("hypothesis", "deserves"),
    [
        (_hypothesis(), False),
        (_hypothesis(avg_logprob=-1.01), True),
        (_hypothesis(text="no no no no " * 12), True),
        (_hypothesis(is_loop=True), True),
        (_hypothesis(avg_logprob=-1.2, no_speech_prob=0.7), False),
    ],
)
def test_poor_text_is_decoded_again_but_silence_is_not(hypothesis, deserves):
    assert guard.deserves_retry(hypothesis) is deserves


def test_the_best_of_several_decodings_is_kept():
    first, good, worse = _hypothesis(-1.2), _hypothesis(-0.9), _hypothesis(-1.4)
    loop = _hypothesis(-0.1, is_loop=True)

    assert guard.best([first, worse, good]) == 2
    assert guard.best([worse, first, worse]) == 1
    assert guard.best([loop, worse]) == 1


@pytest.mark.parametrize("phrase", sorted(CREDITS))
def test_credits_go_on_one_piece_of_evidence(phrase):
    utterance = _utterance(phrase.capitalize() + ".", Figures(-0.5, 0.65, 0.0))

    assert "known_phrase" in _reasons(utterance, speech_s=2.0)


@pytest.mark.parametrize("phrase", sorted(COURTESIES))
def test_spoken_courtesies_stay(phrase):
    spoken = _utterance(phrase.capitalize() + ".", SPOKEN)
    quiet = _utterance(phrase.capitalize() + ".", Figures(-0.8, 0.3, 0.0))

    assert (_reasons(spoken, 2.0), _reasons(quiet, 2.0)) == ([], [])


@pytest.mark.parametrize("phrase", sorted(COURTESIES))
def test_invented_courtesies_go_on_two(phrase):
    assert _reasons(_utterance(phrase.capitalize() + ".", INVENTED), 2.0) == ["known_phrase"]


def test_a_credit_that_was_really_spoken_stays():
    assert _reasons(_utterance("Thanks for watching!"), 2.0) == []


def test_a_sentence_that_holds_a_courtesy_is_no_courtesy():
    assert _reasons(_utterance("Merci, je vous rappelle.", INVENTED), 2.0) == []


def test_more_than_a_mouth_can_say_goes():
    assert _reasons(_utterance("Sous le pont d'Avignon on y danse"), 0.5) == ["too_fast"]
    assert _reasons(_utterance("Sous le pont d'Avignon on y danse"), 2.0) == []


def test_text_without_any_speech_goes():
    entry = _judged(_utterance("Sous le pont d'Avignon on y danse"), 0.0).suppressed[0]

    assert entry.reasons == ("too_fast",)
    assert entry.evidence.chars_per_speech_s is None


def test_every_reason_that_fires_is_named():
    utterance = _utterance("Sous-titres réalisés par la communauté d'Amara.org", INVENTED, 2800, ("no_speech_pair",))

    (entry,) = _judged(utterance, 0.2).suppressed

    assert entry.reasons == ("no_speech_pair", "known_phrase", "too_fast")
    assert entry.evidence.vad_speech_ratio == pytest.approx(0.2 / 2.8, abs=0.001)
    assert entry.evidence.chars_per_speech_s == pytest.approx(250)


def test_the_lists_are_written_as_they_are_compared():
    assert all(guard.normalised(phrase) == phrase for phrase in CREDITS | COURTESIES)
    assert not CREDITS & COURTESIES
