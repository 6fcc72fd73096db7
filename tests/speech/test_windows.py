"""Packing, and the way back from window time to call time."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.speech.front.vad import Span
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
@given(calls(), st.integers(1, 4))
def test_every_sample_of_speech_is_packed_once(call, open_windows):
    leg, spans = call

    windows = pack(0, leg, spans, Packing(open_windows=open_windows))

    pieces = sorted((piece for window in windows for piece in window.pieces), key=lambda piece: piece.start)
    assert [(piece.number, piece.speech) for piece in pieces] == list(enumerate(spans))
    assert all(before.end <= after.start for before, after in pairwise(pieces))
    assert all(piece.start <= piece.speech.start < piece.speech.end <= piece.end <= len(leg) for piece in pieces)


@settings(max_examples=60, deadline=None)
@given(calls())
def test_windows_stand_in_the_order_of_their_first_words(call):
    leg, spans = call

    windows = pack(0, leg, spans)

    firsts = [window.pieces[0].start for window in windows]
    assert [window.index for window in windows] == list(range(len(windows)))
    assert firsts == sorted(firsts)
    assert all(one.start < two.start for window in windows for one, two in pairwise(window.pieces))


@settings(max_examples=60, deadline=None)
@given(calls())
def test_runs_hold_neighbours_of_the_call(call):
    leg, spans = call
    windows = pack(0, leg, spans)

    runs = [window.pieces[first:last] for window in windows for first, last in window.runs()]

    assert sum(len(run) for run in runs) == len(spans)
    assert all(two.number == one.number + 1 for run in runs for one, two in pairwise(run))
    others = {one.pieces[first].number - 1 for one in windows for first, _last in one.runs()[1:]}
    assert others.isdisjoint({piece.number for run in runs for piece in run[:-1]})


@settings(max_examples=60, deadline=None)
@given(calls())
def test_a_piece_begins_where_the_one_before_ends(call):
    leg, spans = call

    windows = pack(0, leg, spans)

    assert all(
        np.array_equal(
            window.samples[piece.offset : piece.offset + piece.end - piece.start],
            leg[piece.start : piece.end].astype(np.float32) / 32768,
        )
        for window in windows
        for piece in window.pieces
    )


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


def test_a_short_span_fills_up_a_window_begun_before():
    leg = np.zeros(80 * RATE, np.int16)
    spans = [Span(0, 20 * RATE), Span(25 * RATE, 50 * RATE), Span(55 * RATE, 60 * RATE), Span(62 * RATE, 64 * RATE)]

    windows = pack(0, leg, spans)

    assert [[piece.number for piece in window.pieces] for window in windows] == [[0, 2, 3], [1]]
    assert [window.runs() for window in windows] == [((0, 1), (1, 3)), ((0, 1),)]


def test_a_window_that_is_too_old_is_closed():
    leg = np.zeros(80 * RATE, np.int16)
    spans = [Span(0, 20 * RATE), Span(25 * RATE, 50 * RATE), Span(55 * RATE, 60 * RATE)]

    windows = pack(0, leg, spans, Packing(open_windows=1))

    assert [[piece.number for piece in window.pieces] for window in windows] == [[0], [1], [2]]


def turn_taking(rng, duration_s):
    """The spans of two parties who take turns of 1 to 4 spans: most are of 1 to 4 s, pauses of 0.16 to 3 s."""
    parties, at_s, speaks = ([], []), 0.0, 0
    while at_s < duration_s:
        for _ in range(rng.integers(1, 5)):
            start_s = at_s + min(0.16 + rng.exponential(0.6), 3)
            at_s = start_s + np.clip(rng.lognormal(np.log(2), 0.8), 0.5, 10)
            if at_s < duration_s:
                parties[speaks].append(Span(int(start_s * RATE), int(at_s * RATE)))
        speaks = 1 - speaks
    return parties


@pytest.mark.parametrize(("duration_s", "most"), [(360, 1.02), (120, 1.02)])
def test_windows_are_nearly_as_few_as_can_be(duration_s, most):
    rng, length = np.random.default_rng(5), duration_s * RATE
    leg = np.zeros(length, np.int16)
    calls = [spans for _ in range(100) for spans in turn_taking(rng, duration_s)]

    packed = sum(len(pack(0, leg, spans)) for spans in calls)

    heard = [sum(piece.end - piece.start for piece in widened(spans, length)) for spans in calls]
    assert packed <= most * sum(math.ceil(samples / (WINDOW_S * RATE)) for samples in heard)
