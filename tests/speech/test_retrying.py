"""The retry lane: a doubtful window goes up the ladder, with its figures, and the best of its texts is kept."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import pytest

from shared.job import Lane
from worker.speech.engine import Call, Engine
from worker.speech.engine.ladder import RUNGS, TEMPERATURES
from worker.speech.front.turns import Pace, Turns
from worker.speech.language import LanguageRules
from worker.speech.progress import Progress

LIKELY, UNLIKELY = -0.2, -1.7
NAMES = {name for rung in RUNGS for name in rung.options}


class Network:
    """The network of a model whose texts are believed from a rung on: the figures are told, the texts are its own."""

    def __init__(self, network, believed_from):
        self._network = network
        self._believed_from = believed_from
        self.rungs = []

    def __getattr__(self, name):
        return getattr(self._network, name)

    def generate(self, encoded, prompts, **options):
        rung = [one.options for one in RUNGS].index({name: options[name] for name in options if name in NAMES})
        self.rungs.append((rung, len(prompts)))
        score = LIKELY if rung >= self._believed_from else UNLIKELY + 0.01 * rung
        found = self._network.generate(encoded, prompts, **options)
        return [_told(one.sequences_ids[0][:12], score) for one in found]


def _told(ids, avg_logprob):
    """An answer of the network with that score per token, however many tokens were drawn."""
    per_token = avg_logprob * (len(ids) + 1) / max(len(ids), 1)
    return SimpleNamespace(sequences_ids=[ids], scores=[per_token], no_speech_prob=0.0)


@pytest.fixture
def heard(model, windows):
    """Recognise some windows by a model that is believed from a rung on: the recognition and what was asked."""

    def hear(believed_from, count=1):
        network = Network(model.whisper.model, believed_from)
        engine = Engine(replace(model, whisper=SimpleNamespace(model=network)))
        engine.start()
        with ThreadPoolExecutor(count) as jobs:
            found = list(jobs.map(lambda window: engine.transcribe(_call(window)), windows[:count]))
        assert engine.stop()
        return found, network.rungs

    return hear


def _call(window):
    progress = Progress()
    progress.expect(window.speech_s)
    return Call((window,), LanguageRules("fr", ("fr", "de")), Pace(Turns(2), Lane.INTERACTIVE, progress))


def test_a_text_that_is_believed_is_decoded_once(heard):
    _, rungs = heard(0)

    assert [rung for rung, _ in rungs] == [0]


def test_a_doubtful_window_is_decoded_the_next_way(heard):
    (recognition,), rungs = heard(1)

    assert [rung for rung, _ in rungs] == [0, 1]
    assert recognition.segments[0].figures.avg_logprob > -1


def test_the_temperature_that_gave_the_text_is_told(heard):
    (recognition,), rungs = heard(3)

    assert [rung for rung, _ in rungs] == [0, 1, 2, 3]
    assert recognition.segments[0].figures.temperature == TEMPERATURES[1]


def test_the_likeliest_is_kept_where_none_is_believed(heard):
    (recognition,), rungs = heard(99)

    assert [rung for rung, _ in rungs] == list(range(len(RUNGS)))
    assert recognition.segments[0].figures.temperature == TEMPERATURES[-1]


def test_doubtful_windows_of_several_calls_meet(heard):
    _, rungs = heard(1, count=4)

    assert sum(rows for rung, rows in rungs if rung == 1) == 4
    assert max(rows for rung, rows in rungs if rung == 1) > 1
