"""A decoder that has decoded already, an engine that says one word a window, and a call of two parties for both."""

from functools import cache
from types import SimpleNamespace

import numpy as np

from shared.job import Options
from worker.audio.recording import Recording
from worker.speech.engine import Recognition
from worker.speech.language import Verdict
from worker.speech.spoken import Figures, Segment, Word
from worker.speech.windows import WHOLE
from worker.transcribe import Order

RATE = 16_000
MODEL = SimpleNamespace(
    name="scripted",
    sha256="0" * 64,
    engine_version="1.2.1",
    compute_type="int8",
    device="cpu",
    languages=("en", "fr"),
    packing=WHOLE,
)


class ScriptedEngine:
    """Says one word a window, and remembers what it was asked. It decodes nothing and has no thread."""

    model = MODEL

    def __init__(self, figures=Figures(-0.2, 0.01, 0.0), shift_ms=0, verdict=None):  # noqa: B008 - a frozen value
        self.calls = []
        self._figures, self._shift_ms, self._verdict = figures, shift_ms, verdict

    def transcribe(self, call):
        self.calls.append(call)
        told = []
        for window in call.windows:
            for place in range(len(window.pieces)):
                low, high = window.limits_ms(place)
                word = Word("bonjour", low + self._shift_ms, high + self._shift_ms, 0.9)
                told.append(Segment(window.channel, window.index * 100 + place, "fr", (word,), self._figures))
        by_channel = {window.channel: "fr" for window in call.windows}
        verdict = self._verdict or Verdict("fr", 0.97, (("fr", 0.97), ("en", 0.03)), by_channel)
        return Recognition(tuple(told), verdict, 0.25)


class Decoded:
    """A decoder that has decoded already."""

    def __init__(self, samples, warnings=(), gaps=(), *, is_plain_wave=False):
        self._recording = Recording(samples, 8000, "pcm_mulaw", 30.0, 0, gaps, warnings, is_plain_wave)

    def decode(self, audio):
        return self._recording


def _voice(seconds, pitch_hz):
    """Something that Silero takes for a voice: a buzz with wandering formants, syllable by syllable."""
    t = np.arange(int(seconds * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum(pitch_hz * (1 + 0.05 * np.sin(2 * np.pi * 0.7 * t))) / RATE
    weights = [np.exp(-(((k * pitch_hz - 600 - 250 * np.sin(5 * t)) / 350) ** 2)) for k in range(1, 20)]
    voice = sum(weight * np.sin(k * phase) for k, weight in enumerate(weights, start=1))
    return (voice * (0.55 + 0.45 * np.sin(2 * np.pi * 3.5 * t)) * 2500).astype(np.int16)


@cache
def two_parties():
    """30 s, two legs that take turns."""
    legs = np.random.default_rng(2).integers(-6, 6, (2, 30 * RATE)).astype(np.int16)
    for leg, start_s, pitch_hz in ((0, 1, 120), (1, 8, 210), (0, 16, 120), (1, 23, 210)):
        voice = _voice(5, pitch_hz)
        legs[leg, start_s * RATE : start_s * RATE + len(voice)] += voice
    return legs


def order(**options):
    return Order(
        "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A",
        1,
        "crm-1",
        Options(**options),
        2,
        "2026-01-15T10:00:10.802Z",
        "a" * 64,
        "0.1.0",
    )
