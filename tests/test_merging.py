"""Words of the channels become utterances in the order of the call."""

import numpy as np
import pytest

from worker.audio.channels import Leg
from worker.speech.front.vad import Span
from worker.speech.spoken import Figures, Segment, Word
from worker.speech.windows import pack
from worker.text.coverage import coverage, uncovered
from worker.text.merge import speakers, utterances
from worker.text.missed import alone, replaced

RATE = 16_000
FIGURES = Figures(-0.2, 0.01, 0.0)


def _words(*told):
    return tuple(Word(text, start, end, 0.9) for text, start, end in told)


def _segment(*told, channel=0, index=0, figures=FIGURES, **more):
    return Segment(channel, index, "fr", _words(*told), figures, **more)


def _leg(index, role, status="active"):
    return Leg(index, role, status, np.zeros(RATE, np.int16), -20.0, 0.0, None)


def _texts(segments):
    return [utterance.text for utterance in utterances(segments)]


@pytest.mark.parametrize(
    ("first", "gap_ms", "texts"),
    [
        ("oui", 699, ["oui non"]),
        ("oui", 700, ["oui", "non"]),
        ("oui.", 199, ["oui. non"]),
        ("oui.", 200, ["oui.", "non"]),
        ("oui,", 300, ["oui, non"]),
    ],
)
def test_a_pause_ends_an_utterance(first, gap_ms, texts):
    assert _texts([_segment((first, 0, 500), ("non", 500 + gap_ms, 2000))]) == texts


def test_nobody_speaks_longer_than_thirty_seconds_at_once():
    words = [(f"w{second}", second * 1000, second * 1000 + 900) for second in range(70)]

    found = utterances([_segment(*words)])

    assert [len(utterance.words) for utterance in found] == [30, 30, 10]


def test_an_utterance_does_not_end_with_its_window():
    first = _segment(("le", 0, 500), figures=Figures(-0.2, 0.1, 0.0))
    second = _segment(("devis", 600, 900), ("est", 900, 999), index=1, figures=Figures(-0.5, 0.4, 0.0))

    (found,) = utterances([first, second])

    assert found.text == "le devis est"
    assert found.figures.avg_logprob == pytest.approx(-0.4)
    assert found.figures.no_speech_prob == 0.4


def test_a_doubtful_window_is_judged_as_a_whole():
    doubtful = _segment(("la", 0, 100), ("la", 5000, 5100), reasons=("repetition",))

    (found,) = utterances([doubtful])

    assert (len(found.words), found.reasons) == (2, ("repetition",))


def test_channels_are_merged_by_start_and_then_by_number():
    left = _segment(("b", 500, 600), ("d", 3000, 3100))
    right = _segment(("a", 100, 200), ("c", 3000, 3100), channel=1)

    assert [(u.text, u.channel) for u in utterances([left, right])] == [("a", 1), ("b", 0), ("d", 0), ("c", 1)]


def test_mended_times_are_flagged():
    mended = Segment(0, 0, "fr", (Word("a", 0, 100, 0.9, is_mended=True), Word("b", 900, 999, 0.9)), FIGURES)

    assert [utterance.is_mended for utterance in utterances([mended])] == [True, False]


@pytest.mark.parametrize(
    ("legs", "names"),
    [
        ([_leg(0, "agent"), _leg(1, "customer")], {0: "agent", 1: "customer"}),
        ([_leg(0, "agent"), _leg(1, None)], {0: "agent", 1: "channel_1"}),
        ([_leg(0, "agent"), _leg(1, "customer", "silent")], {0: "agent", 1: "customer"}),
        ([_leg(0, "mixed")], {0: None}),
        ([_leg(1, "mixed", "dual_mono")], {1: None}),
    ],
)
def test_a_speaker_is_the_role_or_the_channel_or_nobody(legs, names):
    assert speakers(legs) == names


def test_coverage_counts_speech_near_a_word():
    spans = {0: [Span(0, 4 * RATE)], 1: [Span(0, 4 * RATE)]}
    told = utterances([_segment(("a", 1000, 2000)), _segment(("b", 0, 4000), channel=1)])

    assert coverage(told, spans) == pytest.approx((2 + 4) / 8)
    assert uncovered(told, spans) == {0: ((Span(0, 4 * RATE),),)}
    assert coverage([], {0: []}) is None


def test_short_speech_is_not_heard_again():
    assert uncovered([], {0: [Span(0, 3 * RATE - 1)]}) == {}


def test_speech_with_breaths_is_one_stretch():
    breathing = [Span(0, 2 * RATE), Span(2 * RATE + 4000, 4 * RATE), Span(5 * RATE, 6 * RATE)]

    assert uncovered([], {0: breathing}) == {0: (tuple(breathing[:2]),)}


def test_missed_speech_is_heard_alone_only_where_it_shared_a_window():
    spans = [Span(0, 4 * RATE), Span(6 * RATE, 10 * RATE)]
    leg = np.zeros(60 * RATE, np.int16)
    shared, single = pack(0, leg, spans), pack(1, leg, spans[:1])

    again = alone({0: [(spans[1],)], 1: [(spans[0],)]}, (*shared, *single))

    assert [(window.channel, window.pieces[0].speech) for window in again] == [(0, spans[1])]


def test_what_was_heard_again_takes_its_place():
    spans = [Span(0, 4 * RATE), Span(6 * RATE, 10 * RATE), Span(12 * RATE, 13 * RATE)]
    windows = pack(0, np.zeros(60 * RATE, np.int16), spans)
    first = _segment(("a", 0, 900), ("lost", 7000, 7100), ("z", 12_000, 12_900))
    again = alone({0: [(spans[1],)]}, windows)

    heard = _segment(("b", 6000, 7000), ("c", 9000, 10_000))

    found = replaced([first], [heard], again)
    assert [word.text for segment in found for word in segment.words] == ["a", "b", "c", "z"]


def test_a_second_hearing_without_words_changes_nothing():
    windows = pack(0, np.zeros(60 * RATE, np.int16), [Span(0, 4 * RATE), Span(6 * RATE, 10 * RATE)])
    first = _segment(("a", 0, 900), ("lost", 7000, 7100))

    assert replaced([first], [], alone({0: [(Span(6 * RATE, 10 * RATE),)]}, windows)) == (first,)
