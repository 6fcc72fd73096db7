"""Packing, and the way back from window time to call time."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.speech.vad import Span
from worker.speech.windows import WINDOW_S, Packing, pack, widened

FRAME = 512
RATE = 16_000


@st.composite
def calls(draw):
    """A leg and the spans of it: any silences, speech of 32 ms to 29.2 s, perhaps up to the very ends."""
    frames = draw(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 912)), min_size=1, max_size=12))
    spans, at = [], 0
    for silence, speech in frames:
        spans.append(Span((at + silence) * FRAME, (at + silence + speech) * FRAME))
        at += silence + speech
    length = at * FRAME + draw(st.integers(0, RATE))
    return np.arange(length, dtype=np.uint32).view(np.int16)[::2], spans


@settings(max_examples=60, deadline=None)
@given(calls())
def test_every_sample_of_speech_is_packed_once(call):
    leg, spans = call

    windows = pack(0, leg, spans)

    pieces = [piece for window in windows for piece in window.pieces]
    assert [piece.speech for piece in pieces] == spans
    assert all(before.end <= after.start for before, after in pairwise(pieces))
    assert all(piece.start <= piece.speech.start < piece.speech.end <= piece.end <= len(leg) for piece in pieces)


@settings(max_examples=60, deadline=None)
@given(calls())
def test_no_window_is_longer_than_the_encoder_hears(call):
    leg, spans = call

    windows = pack(0, leg, spans)

    assert all(len(window.samples) == round(window.duration_s * RATE) <= WINDOW_S * RATE for window in windows)


@settings(max_examples=60, deadline=None)
@given(calls(), st.floats(0, 1), st.floats(0, 1))
def test_a_word_comes_back_to_where_it_was_said(call, where, length):
    leg, spans = call
    window = pack(0, leg, spans)[-1]
    piece = window.pieces[-1]
    said_s = (piece.speech.start + where * (piece.speech.end - piece.speech.start)) / RATE
    until_s = said_s + length * (piece.speech.end / RATE - said_s)
    shift_s = (piece.start - piece.offset) / RATE

    place = window.place(said_s - shift_s, until_s - shift_s)
    found = window.in_call_ms(place, said_s - shift_s), window.in_call_ms(place, until_s - shift_s)

    if until_s - said_s > 0.001:
        assert abs(found[0] - 1000 * said_s) <= 1
        assert abs(found[1] - 1000 * until_s) <= 1


def test_a_word_stretched_over_a_pause_stays_with_its_speech():
    leg = np.zeros(20 * RATE, np.int16)
    (window,) = pack(0, leg, [Span(1 * RATE, 2 * RATE), Span(10 * RATE, 12 * RATE)])

    place = window.place(1.2, 3.0)  # a little of the first span, most of the second
    start_ms, end_ms = window.in_call_ms(place, 1.2), window.in_call_ms(place, 3.0)

    assert (start_ms, end_ms) == (9900, 10800)


def test_margins_meet_in_the_middle():
    spans = [Span(RATE, 2 * RATE), Span(2 * RATE + 3200, 3 * RATE)]

    first, second = widened(spans, 4 * RATE)

    assert first.end == second.start == 2 * RATE + 1600
    assert (first.start, second.end) == (RATE - 6400, 3 * RATE + 6400)


def test_a_model_may_ask_for_shorter_windows():
    leg = np.zeros(60 * RATE, np.int16)
    spans = [Span(0, 4 * RATE), Span(6 * RATE, 10 * RATE), Span(20 * RATE, 35 * RATE)]

    windows = pack(0, leg, spans, Packing(window_s=5.0))

    assert [len(window.pieces) for window in windows] == [1, 1, 1]


def test_a_model_may_ask_for_windows_that_end_with_an_utterance():
    leg = np.zeros(10 * RATE, np.int16)
    spans = [Span(0, RATE), Span(RATE + RATE // 5, 2 * RATE), Span(3 * RATE, 4 * RATE)]

    windows = pack(0, leg, spans, Packing(pause_s=0.3))

    assert [len(window.pieces) for window in windows] == [2, 1]
