"""The door: a thread hands a call over and waits. What goes wrong in a call is that call's own."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from shared.errors.transient import Draining, EngineFailed, EngineOutOfMemory, LeaseLost
from worker.speech.engine import Engine
from worker.speech.language import LanguageRules
from worker.speech.progress import Progress
from worker.speech.recognition import Call

DEADLINE_S = 20


class Network:
    """The network of a model, with one call made to do something else."""

    def __init__(self, network, instead=None):
        self._network = network
        self.instead = instead

    def __getattr__(self, name):
        return getattr(self._network, name)

    def generate(self, *args, **options):
        if self.instead:
            self.instead()
        return self._network.generate(*args, **options)


class Whisper:
    def __init__(self, whisper, network):
        self.feature_extractor = whisper.feature_extractor
        self.model = network


@pytest.fixture
def network(model):
    return Network(model.whisper.model)


@pytest.fixture
def engine(model, network):
    engine = Engine(replace(model, whisper=Whisper(model.whisper, network)), batch_limit_s=DEADLINE_S)
    engine.start()
    yield engine
    assert engine.stop()


def _call(windows, hint="fr"):
    progress = Progress()
    progress.expect(sum(window.speech_s for window in windows))
    return Call(tuple(windows), LanguageRules(hint, ("fr", "de", "it", "en")), progress)


def test_a_call_is_recognised_window_by_window(engine, windows):
    call = _call(windows[:5])

    recognition = engine.transcribe(call)

    assert [segment.index for segment in recognition.segments] == [0, 1, 2, 3, 4]
    assert recognition.engine_s > 0
    assert call.progress.standing.percent == 100


def test_the_same_call_gives_the_same_words_in_any_batch(model, engine, windows):
    wide = Engine(model, batch_windows=3)
    wide.start()

    one, other = engine.transcribe(_call(windows[2:8])), wide.transcribe(_call(windows[2:8]))

    assert one.segments == other.segments
    assert wide.stop()


def test_a_failing_batch_ends_its_own_call_alone(engine, network, windows):
    def fail():
        network.instead = None
        raise RuntimeError("cuBLAS failed")

    network.instead = fail

    with pytest.raises(EngineFailed):
        engine.transcribe(_call(windows[:1]))
    assert engine.transcribe(_call(windows[:1])).segments


def test_a_full_device_has_a_name_of_its_own(engine, network, windows):
    def fail():
        raise RuntimeError("CUDA failed with error out of memory")

    network.instead = fail

    with pytest.raises(EngineOutOfMemory):
        engine.transcribe(_call(windows[:1]))


def test_a_wedged_batch_lets_its_call_go(model, network, windows):
    stuck = threading.Event()
    network.instead = lambda: stuck.wait(DEADLINE_S)
    engine = Engine(replace(model, whisper=Whisper(model.whisper, network)), batch_limit_s=0.3)
    engine.start()

    with pytest.raises(EngineFailed):
        engine.transcribe(_call(windows[:1]))
    assert engine.wedged

    stuck.set()
    assert engine.stop()
    assert not engine.wedged


def test_an_abandoned_call_stops_between_batches(engine, network, windows):
    call = _call(windows[:6])
    batches = []

    def abandon():
        batches.append(1)
        call.progress.abandon.set()

    network.instead = abandon

    with pytest.raises(LeaseLost):
        engine.transcribe(call)
    assert len(batches) <= 3  # one batch: its first decoding and at most a second of each row


def test_threads_wait_their_turn(engine, windows):
    with ThreadPoolExecutor(3) as jobs:
        found = list(jobs.map(lambda index: engine.transcribe(_call(windows[index : index + 1])), range(3)))

    assert [recognition.segments[0].index for recognition in found] == [0, 1, 2]


def test_a_call_that_waits_its_turn_is_not_stuck(engine, network, windows):
    first, second = _call(windows[:4]), _call(windows[4:5])
    touched = threading.Event()
    second.progress.touch = touched.set
    begun, queued = threading.Event(), threading.Event()

    class Pending(list):
        def append(self, ticket):
            super().append(ticket)
            if len(self) == 2:
                queued.set()

    engine._pending = Pending()

    def pause():
        begun.set()
        assert queued.wait(DEADLINE_S)

    network.instead = pause
    with ThreadPoolExecutor(2) as jobs:
        one = jobs.submit(engine.transcribe, first)
        assert begun.wait(DEADLINE_S)
        other = jobs.submit(engine.transcribe, second)
        one.result(DEADLINE_S)
        other.result(DEADLINE_S)

    assert touched.is_set()


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
