"""Sounds of a line without speech: silence, noise, ring and hold tones, chords, clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

SAMPLE_RATE_HZ = 16_000
MIDDLE_C_HZ = 261.63
CLIPPED_SHARE, DARK_SHARE, STEADY_SHARE = 0.08, 0.5, 0.3
RINGS_HZ = ((440.0, 480.0), (400.0, 450.0), (425.0,), (440.0,), (350.0, 440.0), (1004.0,))

if TYPE_CHECKING:
    from collections.abc import Callable


def gain(rng: np.random.Generator) -> float:
    """Draw a window's level: -30 to 0 dB, at times clipped a little."""
    level_db = rng.uniform(0, 6) if rng.random() < CLIPPED_SHARE else rng.uniform(-30, 0)
    return float(10 ** (level_db / 20))


def fill(line: np.ndarray, rng: np.random.Generator) -> None:
    """Write one drawn kind of sound into a silent window (float32, in place)."""
    makers: tuple[Callable[[int, np.random.Generator], np.ndarray | float], ...] = (
        lambda _size, _rng: 0.0, noise, ring, chords, clicks,
    )  # fmt: skip
    line += makers[int(rng.integers(len(makers)))](len(line), rng)


def noise(size: int, rng: np.random.Generator) -> np.ndarray:
    """Noise that swells, darker or brighter."""
    white = rng.standard_normal(size).astype(np.float32)
    if rng.random() < DARK_SHARE:
        white = np.convolve(white, np.ones(int(rng.integers(2, 12))), "same")
    return white * (1 + rng.uniform(0, 0.8) * np.sin(_phase(size, rng.uniform(0.1, 3))))


def ring(size: int, rng: np.random.Generator) -> np.ndarray:
    """A ring, dial or test tone with its cadence."""
    tones = RINGS_HZ[int(rng.integers(len(RINGS_HZ)))]
    sound = sum(np.sin(_phase(size, hz * rng.uniform(0.98, 1.02))) for hz in tones)
    on, period = rng.uniform(0.2, 2.0), rng.uniform(0.5, 6.0)
    seconds = np.arange(size) / SAMPLE_RATE_HZ + rng.uniform(0, period)
    steady = rng.random() < STEADY_SHARE
    return np.asarray(sound * (1 if steady else (seconds % period) < min(on, period)))


def chords(size: int, rng: np.random.Generator) -> np.ndarray:
    """Hold music of a kind: chords that change and fade."""
    sound = np.zeros(size)
    length = int(rng.uniform(0.25, 1.5) * SAMPLE_RATE_HZ)
    for first in range(0, size, length):
        part = sound[first : first + length]
        fade = np.exp(-np.arange(len(part)) / SAMPLE_RATE_HZ * rng.uniform(0.3, 3))
        for note in rng.integers(-12, 20, int(rng.integers(1, 5))):
            hz = MIDDLE_C_HZ * 2 ** (note / 12)
            part += fade * np.sin(_phase(len(part), hz) + 0.5 * np.sin(_phase(len(part), 2 * hz)))
    return sound


def clicks(size: int, rng: np.random.Generator) -> np.ndarray:
    """Clicks and keys: DTMF-like beeps and single pulses."""
    sound = np.zeros(size)
    for first in rng.integers(0, size, int(rng.integers(1, 8))):
        part = sound[first : first + int(rng.uniform(0.001, 0.2) * SAMPLE_RATE_HZ)]
        for hz in (rng.choice((697, 770, 852, 941)), rng.choice((1209, 1336, 1477))):
            part += np.sin(_phase(len(part), float(hz)))
    return sound


def _phase(size: int, hz: float) -> np.ndarray:
    return 2 * np.pi * hz * np.arange(size, dtype=np.float64) / SAMPLE_RATE_HZ
