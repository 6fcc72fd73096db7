"""The door: threads hand calls over and wait. What goes wrong in a call is that call's own."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from shared.errors.transient import Draining, EngineFailed, EngineOutOfMemory, LeaseLost
from shared.job import Lane
from worker.speech.engine import Call, Engine
from worker.speech.engine.ready import OWN_ROWS, ROOM_BATCHES, Ready
from worker.speech.engine.values import Parcel
from worker.speech.front.mel import LogMel
from worker.speech.front.turns import Pace, Turns
from worker.speech.language import LanguageRules
from worker.speech.progress import Progress

DEADLINE_S = 60


class Network:
    """The network of a model that notes its batches, fails at a spectrum it is told, does things first where told to."""

    def __init__(self, network, instead=None):
        self._network = network
        self.instead = instead
        self.spoiled = None
        self.batches = []

    def __getattr__(self, name):
        return getattr(self._network, name)

    def encode(self, features):
        rows = np.asarray(features)
        self.batches.append(len(rows))
        if self.instead:
            self.instead()
        if self.spoiled is not None and any(self._is_spoiled(row) for row in rows):
            raise RuntimeError("cuBLAS failed")
        return self._network.encode(features)

    def _is_spoiled(self, row):
        return np.array_equal(row[:, : self.spoiled.shape[1]], self.spoiled)


@pytest.fixture
def network(model):
    return Network(model.whisper.model)


@pytest.fixture
def engine(model, network):
    engine = Engine(_with(model, network), batch_limit_s=DEADLINE_S, rungs=1)
    engine.start()
    yield engine
    assert engine.stop()


def _with(model, network):
    return replace(model, whisper=SimpleNamespace(model=network))


def _call(windows, hint="fr", turns=None):
    progress = Progress()
    progress.expect(sum(window.speech_s for window in windows))
    pace = Pace(turns or Turns(4), Lane.INTERACTIVE, progress)
    return Call(tuple(windows), LanguageRules(hint, ("fr", "de", "it", "en")), pace)


def _indices(recognition):
    return [segment.index for segment in recognition.segments]


def test_a_call_is_recognised_window_by_window(engine, windows):
    call = _call(windows[:5])

    recognition = engine.transcribe(call)

    assert _indices(recognition) == [0, 1, 2, 3, 4]
    assert recognition.engine_s > 0
    assert call.pace.progress.standing.percent == 100


def test_the_same_call_gives_the_same_words_in_any_batch(model, engine, windows):
    wide = Engine(model, batch_rows=6, rungs=1)
    wide.start()

    with ThreadPoolExecutor(3) as jobs:
        crowd = [jobs.submit(wide.transcribe, _call(windows[i : i + 6], hint)) for i, hint in ((2, None), (9, "de"))]
        together = [one.result(DEADLINE_S) for one in crowd]
    alone = [engine.transcribe(_call(windows[i : i + 6], hint)) for i, hint in ((2, None), (9, "de"))]

    assert [_words(one) for one in together] == [_words(one) for one in alone]
    assert wide.stop()


def _words(recognition):
    return [
        (segment.language, word.text, word.start_ms, word.end_ms, round(word.confidence, 6))
        for segment in recognition.segments
        for word in segment.words
    ]


def test_rows_of_several_calls_share_a_batch(model, network, windows):
    """The first batch is held until all calls have their rows in: then batches are full."""
    engine = Engine(_with(model, network), batch_rows=4, rungs=1)
    gate = threading.Event()
    network.instead = lambda: gate.wait(DEADLINE_S)
    engine.start()

    with ThreadPoolExecutor(4) as jobs:
        calls = [jobs.submit(engine.transcribe, _call(windows[i : i + 3], ("fr", "de")[i % 2])) for i in range(4)]
        assert _until(lambda: network.batches and engine._ready._schedule.waiting_rows + network.batches[0] == 12)
        gate.set()
        found = [one.result(DEADLINE_S) for one in calls]

    assert network.batches[1:-1] == [4] * len(network.batches[1:-1])
    assert [len(_indices(one)) for one in found] == [3] * 4
    assert engine.stop()


def _until(condition):
    """Look at a condition until it holds, without sleeping: each look waits for the others' locks."""
    waiting = threading.Condition()
    with waiting:
        for _ in range(100 * DEADLINE_S):
            if condition():
                return True
            waiting.wait(0.01)
    return False


def test_a_row_that_breaks_its_batch_breaks_its_call_alone(model, network, windows):
    """One row of 16 fails: 15 calls complete, one is charged, after 10 batches at most."""
    engine = Engine(_with(model, network), batch_rows=16, rungs=1)
    network.spoiled = LogMel(model.mels)(windows[7].samples)
    gate = threading.Event()
    network.instead = lambda: gate.wait(DEADLINE_S)
    engine.start()

    with ThreadPoolExecutor(17) as jobs:
        first = jobs.submit(engine.transcribe, _call(windows[23:24]))
        assert _until(lambda: network.batches)
        calls = [jobs.submit(engine.transcribe, _call([window])) for window in windows[:16]]
        assert _until(lambda: engine._ready._schedule.waiting_rows == 16)
        gate.set()
        failed = [number for number, call in enumerate(calls) if call.exception(DEADLINE_S)]

    assert first.result().segments
    assert failed == [7]
    assert len(network.batches) <= 1 + 10
    assert engine.stop()


def test_a_full_device_has_a_name_of_its_own(engine, network, windows):
    def fail():
        raise RuntimeError("CUDA failed with error out of memory")

    network.instead = fail

    with pytest.raises(EngineOutOfMemory):
        engine.transcribe(_call(windows[:1]))


def test_a_full_device_makes_batches_smaller(model, network, windows):
    def fail():
        if network.batches[-1] > 2:
            raise RuntimeError("CUDA failed with error out of memory")

    network.instead = fail
    engine = Engine(_with(model, network), batch_rows=4, rungs=1)
    engine.start()

    recognition = engine.transcribe(_call(windows[:9]))

    assert _indices(recognition) == list(range(9))
    assert engine._ready.batch_rows == 2
    assert engine.stop()


def test_a_wedged_batch_lets_its_call_go(model, network, windows):
    stuck = threading.Event()
    network.instead = lambda: stuck.wait(DEADLINE_S)
    engine = Engine(_with(model, network), batch_limit_s=0.3, rungs=1)
    engine.start()

    with pytest.raises(EngineFailed):
        engine.transcribe(_call(windows[:1]))
    assert engine.wedged

    stuck.set()
    assert engine.stop()
    assert not engine.wedged


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_engine_whose_thread_died_is_wedged(model):
    """A defect of ours outside of any batch: the process must end, or its jobs would wait for ever."""

    def broken():
        raise RuntimeError

    engine = Engine(model)
    engine._ready.take = broken

    engine.start()
    engine._thread.join(DEADLINE_S)

    assert engine.wedged


def test_an_abandoned_call_stops_between_windows(engine, network, windows):
    call = _call(windows[:12])
    network.instead = call.pace.progress.abandon.set

    with pytest.raises(LeaseLost):
        engine.transcribe(call)
    assert sum(network.batches) <= 4  # the batch at work, and perhaps the next


def test_an_abandoned_call_leaves_nothing_in_the_queue(engine, network, windows):
    call = _call(windows[:12])
    network.instead = call.pace.progress.abandon.set
    with pytest.raises(LeaseLost):
        engine.transcribe(call)
    network.instead = None

    recognition = engine.transcribe(_call(windows[12:14]))

    assert _indices(recognition) == [12, 13]


def test_all_that_wait_are_told_that_the_engine_lives(engine, network, windows):
    """A call behind a long one is not stuck: every batch counts as a sign of life for all."""
    waiting = _call(windows[4:5])
    touched = threading.Event()
    waiting.pace.progress.touch = touched.set
    network.instead = lambda: len(network.batches) > 1 or _until(lambda: len(engine._ready._schedule.calls) == 2)

    with ThreadPoolExecutor(2) as jobs:
        results = [jobs.submit(engine.transcribe, call) for call in (_call(windows[:4]), waiting)]
        assert all(one.result(DEADLINE_S).segments for one in results)

    assert touched.is_set()


def test_prepared_rows_wait_outside_a_full_house(windows):
    """A consumer that never consumes: each call stops at its own four rows once the house is full."""
    ready = Ready(batch_rows=2)
    long, short = (ready.join(_call(windows)) for _ in range(2))
    offered = []

    def put(ticket, count):
        for _ in range(count):
            ready.put(ticket, Parcel((SimpleNamespace(rung=0),)))
            offered.append(ticket)

    with ThreadPoolExecutor(2) as jobs:
        one = jobs.submit(put, long, 50)
        assert _until(lambda: offered.count(long) == ROOM_BATCHES * 2)
        other = jobs.submit(put, short, 50)
        assert _until(lambda: offered.count(short) == OWN_ROWS)
        for ticket in (long, short):
            ticket.call.pace.progress.abandon.set()
        assert isinstance(one.exception(DEADLINE_S), LeaseLost)
        assert isinstance(other.exception(DEADLINE_S), LeaseLost)

    assert len(offered) == ROOM_BATCHES * 2 + OWN_ROWS


def test_a_language_that_the_model_does_not_know_is_refused(engine, windows):
    with pytest.raises(EngineFailed, match="it knows en, fr, de, it"):
        engine.transcribe(_call(windows[:1], hint="es"))


def test_a_stopped_engine_sends_calls_back(model, windows):
    engine = Engine(model)
    engine.start()
    assert engine.stop()

    with pytest.raises(Draining):
        engine.transcribe(_call(windows[:1]))


def test_progress_never_falls_back():
    progress = Progress()
    progress.expect(10)

    progress.advance(8)
    progress.advance(8)

    assert progress.standing.speech_s_done == 10


def test_abandoned_progress_gives_the_reason_that_it_was_given():
    progress = Progress()
    progress.give_up(Draining())

    with pytest.raises(Draining):
        progress.enter("decoding")
