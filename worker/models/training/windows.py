"""Composes windows: utterances of one voice with pauses, as a call's channel has them."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from worker.models.training.labels import Labelled

SAMPLE_RATE_HZ = 16_000
GAPLESS_SHARE = 0.15
STRETCHED_SHARE = 0.3
MAX_TEXT_TOKENS = 200
# Longer windows hold several utterances; shorter ones at times.
LONG_S, PAIR_SHARE = 6.0, 0.2
LATE_SHARE, LONG_PAUSE_SHARE = 0.15, 0.3


@dataclass(slots=True)
class Placed:
    """An utterance in a window: when it begins, by how much it is stretched in time."""

    one: Labelled
    start_s: float
    stretch: float

    @property
    def end_s(self) -> float:
        """When it ends in the window."""
        return self.start_s + len(self.one.samples) / SAMPLE_RATE_HZ * self.stretch


@dataclass(slots=True)
class Window:
    """What is heard in a window; without utterances it holds no speech."""

    language: str
    content_s: float
    placed: list[Placed] = field(default_factory=list)


class Shelf:
    """Labelled utterances, to be found by length or by voice."""

    def __init__(self) -> None:
        """Begin empty."""
        self._by_length: list[tuple[float, int, Labelled]] = []
        self._by_voice: dict[str, list[Labelled]] = defaultdict(list)

    def __len__(self) -> int:
        """Count the utterances."""
        return len(self._by_length)

    def add(self, labelled: list[Labelled]) -> None:
        """Put utterances on the shelf."""
        for one in labelled:
            self._by_length.append((len(one.samples) / SAMPLE_RATE_HZ, id(one), one))
            self._by_voice[one.voice].append(one)
        self._by_length.sort(key=lambda entry: entry[:2])

    def of_length(self, low_s: float, high_s: float, rng: np.random.Generator) -> Labelled:
        """Draw one that lasts between two bounds, or the next shorter there is."""
        first = bisect_left(self._by_length, (low_s, 0), key=lambda entry: entry[:2])
        end = bisect_left(self._by_length, (high_s, 0), key=lambda entry: entry[:2])
        place = int(rng.integers(first, end)) if end > first else max(first - 1, 0)
        return self._by_length[place][2]

    def of_voice(self, voice: str, rng: np.random.Generator) -> Labelled:
        """Draw one of a voice."""
        known = self._by_voice[voice]
        return known[int(rng.integers(len(known)))]


def compose(shelf: Shelf, length_s: float, rng: np.random.Generator) -> Window:
    """Fill a window of a length: one utterance, then more of its voice while they fit."""
    stretch = rng.uniform(0.88, 1.14) if rng.random() < STRETCHED_SHARE else 1.0
    many = length_s > LONG_S or rng.random() < PAIR_SHARE
    low, high = (0.0, length_s * 0.8) if many else (length_s * 0.7, length_s * 0.95)
    placed = Placed(shelf.of_length(low / stretch, high / stretch, rng), 0.0, stretch)
    placed.start_s = max(0.0, min(_pause(rng, first=True), length_s - 0.04 - placed.end_s))
    window = Window(placed.one.language, length_s, [placed])
    _append(window, shelf, rng)
    window.content_s = min(length_s, window.placed[-1].end_s + rng.uniform(0.02, 0.6))
    return window


def mix(line: np.ndarray, placed: Placed) -> None:
    """Add an utterance to a window, its peak at 1; stretching moves pitch and formants too."""
    samples = placed.one.samples.astype(np.float32)
    samples /= max(1.0, np.abs(samples).max())
    if placed.stretch != 1.0:
        places = np.arange(int(len(samples) * placed.stretch)) / placed.stretch
        samples = np.interp(places, np.arange(len(samples)), samples).astype(np.float32)
    first = int(placed.start_s * SAMPLE_RATE_HZ)
    samples = samples[: len(line) - first]
    line[first : first + len(samples)] += samples


def _append(window: Window, shelf: Shelf, rng: np.random.Generator) -> None:
    """Add utterances until the next would not fit."""
    gapless = rng.random() < GAPLESS_SHARE
    tokens = 0
    while True:
        last = window.placed[-1]
        tokens += len(last.one.ids) + 2
        start = last.end_s + (rng.uniform(0.04, 0.2) if gapless else _pause(rng))
        placed = Placed(shelf.of_voice(last.one.voice, rng), start, last.stretch)
        if placed.end_s > window.content_s or tokens + len(placed.one.ids) > MAX_TEXT_TOKENS:
            return
        window.placed.append(placed)


def _pause(rng: np.random.Generator, *, first: bool = False) -> float:
    """Draw a pause in seconds: short ones often, long ones at times."""
    if first:
        return float(rng.uniform(0.4, 2.0) if rng.random() < LATE_SHARE else rng.uniform(0, 0.4))
    long = rng.random() < LONG_PAUSE_SHARE
    return float(rng.uniform(0.8, 2.5) if long else rng.uniform(0.15, 0.8))
