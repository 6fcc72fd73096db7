"""Turns at the CPU, and voice activity: the network's probabilities, and the spans made of them."""

import threading
from contextlib import contextmanager, suppress

import numpy as np
import pytest
from faster_whisper.vad import get_vad_model
from speech import sounds
from speech.lines import DEADLINE_S, all_taken, finish, line_up, until

from shared.errors.transient import LeaseLost
from shared.job import Lane
from worker.speech.front import vad
from worker.speech.front.turns import Pace, Turns
from worker.speech.progress import Progress

BLOCK = vad.BLOCK_FRAMES * vad.FRAME


def test_who_waited_longest_is_served_first():
    turns, served = Turns(1), []

    with all_taken(turns):
        threads = [line_up(turns, Lane.BATCH, lambda name=name: served.append(name)) for name in "abcde"]
    finish(threads)

    assert served == list("abcde")


def test_a_live_call_goes_before_the_night():
    turns, served = Turns(1), []

    with all_taken(turns):
        threads = [line_up(turns, lane, lambda lane=lane: served.append(lane)) for lane in (Lane.BATCH, *Lane)]
    finish(threads)

    assert served == [Lane.INTERACTIVE, Lane.BATCH, Lane.BATCH]


def test_calls_of_many_slices_take_turns():
    """Each waits, while it has its turn, until the others stand in line again."""
    turns, served = Turns(1), []

    def work(name):
        for _ in range(3):
            with turns.turn(Lane.BATCH):
                served.append(name)
                until(lambda: turns.waiting == min(2, 9 - len(served)))

    with all_taken(turns):
        threads = []
        for name in "abc":
            threads.append(threading.Thread(target=work, args=(name,), daemon=True))
            threads[-1].start()
            until(lambda: turns.waiting == len(threads))
    finish(threads)

    assert "".join(served) == "abcabcabc"


def _step(turns, served, name, rest_s, begun_s):
    """Have a job stand in line for a slice."""

    def run():
        with Pace(turns, Lane.INTERACTIVE, Progress(), begun_s).step(rest_s):
            served.append(name)

    before = turns.waiting
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    until(lambda: turns.waiting == before + 1)
    return thread


@pytest.mark.parametrize(
    ("waited_s", "order"), [(0, ["voicemail", "six minutes", "hour"]), (400, ["hour", "voicemail", "six minutes"])]
)
def test_who_has_least_left_is_next_unless_one_waited_long(waited_s, order):
    turns, served = Turns(1), []

    with all_taken(turns):
        threads = [
            _step(turns, served, "hour", 3600, 1000.0 - waited_s),
            _step(turns, served, "six minutes", 360, 1000.0),
            _step(turns, served, "voicemail", 30, 1001.0),
        ]
    finish(threads)

    assert served == order


def test_as_many_work_at_once_as_may():
    turns, together = Turns(2), threading.Barrier(2)

    with all_taken(turns, permits=2):
        threads = [line_up(turns, Lane.BATCH, lambda: together.wait(DEADLINE_S)) for _ in range(2)]
    finish(threads)

    assert not together.broken
    assert turns.waiting == 0


def test_a_turn_that_fails_gives_its_permit_back():
    turns, served = Turns(1), []

    with suppress(ValueError), turns.turn(Lane.BATCH):
        raise ValueError
    with all_taken(turns):
        finished = line_up(turns, Lane.BATCH, lambda: served.append("next"))
    finish([finished])

    assert served == ["next"]


def test_a_gate_that_lets_nobody_in_is_refused():
    with pytest.raises(ValueError, match="0"):
        Turns(0)


class Counting(Turns):
    """Counts turns, and abandons the job in one of them."""

    def __init__(self, progress=None, last=0):
        super().__init__(1)
        self.taken, self.progress, self.last = 0, progress, last

    @contextmanager
    def turn(self, lane, rank=0.0):
        self.taken += 1
        if self.taken == self.last:
            self.progress.give_up(LeaseLost())
        with super().turn(lane, rank):
            yield


def free(turns=None):
    return Pace(turns or Turns(1), Lane.BATCH, Progress())


def everything(samples):
    return np.ones(-(-len(samples) // vad.FRAME), np.bool_)


def test_an_abandoned_call_is_left_between_two_slices():
    progress = Progress()
    turns = Counting(progress, last=2)
    samples = np.zeros(200 * vad.SAMPLE_RATE_HZ, np.int16)

    with pytest.raises(LeaseLost):
        vad.spans_within(samples, ~everything(samples), Pace(turns, Lane.BATCH, progress))

    assert turns.taken == 2


def test_a_turn_is_taken_for_every_minute():
    turns = Counting()
    samples = np.zeros(200 * vad.SAMPLE_RATE_HZ, np.int16)

    vad.spans_within(samples, ~everything(samples), free(turns))

    assert turns.taken == 4


@pytest.mark.parametrize("length", [1000, 3 * BLOCK, 2 * BLOCK + 700, 61 * vad.SAMPLE_RATE_HZ])
def test_the_network_says_what_onnxruntime_says(length):
    """All but the last frame, whose end faster-whisper overwrites with zeros."""
    samples = sounds.chirps(np.random.default_rng(1), 62)[:length]
    whole = np.pad(samples, (0, -length % vad.FRAME)).astype(np.float32) / 32768

    probabilities = vad.speech_probabilities(samples, everything(samples), free())

    assert np.allclose(probabilities[:-1], np.asarray(get_vad_model()(whole)).reshape(-1)[:-1], atol=1e-4)


def test_what_was_said_before_a_gap_is_forgotten():
    samples = sounds.chirps(np.random.default_rng(1), 30)
    changed = np.concatenate([samples[:BLOCK] // 3, samples[BLOCK:]])
    heard = everything(samples)
    heard[200:300] = False

    first, second = (vad.speech_probabilities(one, heard, free()) for one in (samples, changed))

    assert not np.allclose(first[:200], second[:200])
    assert np.array_equal(first[300:], second[300:])
    assert not first[200:300].any()


def test_silence_holds_no_speech():
    assert vad.speech_spans(np.zeros(160_000, np.int16), free()) == ()
    assert vad.speech_spans(np.zeros(0, np.int16), free()) == ()


def test_a_short_silence_does_not_end_speech():
    probabilities = np.array([0.9] * 10 + [0.1] * 5 + [0.9] * 10 + [0.1] * 6 + [0.9] * 4, np.float32)

    assert vad._runs(probabilities) == [(0, 25), (31, 35)]


def test_speech_goes_on_until_it_is_surely_over():
    probabilities = np.array([0.4, 0.6, 0.4, 0.36, 0.34, 0.45, 0.1], np.float32)

    assert vad._runs(probabilities) == [(1, 4)]


def test_endless_speech_is_cut_at_its_quietest_point():
    probabilities = np.full(2000, 0.9, np.float32)
    probabilities[850] = 0.5

    cuts = list(vad._cut((0, 2000), probabilities))

    assert cuts[0] == (0, 850)
    assert [first for first, _last in cuts[1:]] == [last for _first, last in cuts[:-1]]
    assert max(last - first for first, last in cuts) <= vad.MAX_SPAN_FRAMES
