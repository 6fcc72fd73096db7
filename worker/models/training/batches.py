"""Turns windows into tensors: features, tokens, and the targets of all losses.

A batch holds windows of one length, so nothing is spent on padding. A window begins at a
random position of the encoder at times, its timestamps moved with it: short windows then
teach all 1,500 positions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from worker.models.training import sounds, telephone
from worker.models.training.features import LogMel
from worker.models.training.text import LANGUAGES
from worker.models.training.windows import Window, compose, mix

if TYPE_CHECKING:
    from worker.models.training.vocabulary import Vocabulary
    from worker.models.training.windows import Shelf

POSITIONS = 1500
POSITION_S = 0.02
MAX_FIRST_TIMESTAMP_S = 1.0
IGNORED = -100
QUIETEST = 1e-3
NO_SPEECH_SHARE = 0.06
TIMESTAMPS_SHARE = 0.5
PADDED_SHARE = 0.5
PADDED_FROM_S = 5.0
PADDED_CONTENT_S = (2.0, 28.0)
PREVIOUS_SHARE = 0.05
PREVIOUS_FROM_S = 7.0
MOVED_SHARE = 0.35
GUIDE_MARGIN_S = 0.06


@dataclass(slots=True)
class Batch:
    """One step's input and targets, B windows of T positions and L tokens.

    features: (B, 80, 2 T) float32. offsets: (B,) int64, first position. tokens, targets:
    (B, L) int64, targets -100 where nothing is asked. phones: (B, T) int64, -100 past the
    end. guide: (B, L, 2) float32, the positions in which the target token is spoken, NaN
    where unknown.
    """

    features: torch.Tensor
    offsets: torch.Tensor
    tokens: torch.Tensor
    targets: torch.Tensor
    phones: torch.Tensor
    guide: torch.Tensor

    def to(self, device: torch.device) -> Batch:
        """Copy to a device."""
        return Batch(*(getattr(self, name).to(device) for name in self.__slots__))


@dataclass(slots=True)
class _Row:
    """Tokens of one window: what goes in, what is asked, when it is spoken."""

    tokens: list[int]
    targets: list[int]
    times: list[tuple[float, float]]


class Batcher:
    """Makes batches from a shelf of utterances."""

    def __init__(self, shelf: Shelf, vocabulary: Vocabulary, rng: np.random.Generator) -> None:
        """Hold the sources; `rng` decides everything."""
        self._shelf, self._vocabulary, self._rng = shelf, vocabulary, rng
        self._features = LogMel(torch.device("cpu"))
        self._id = {token: vocabulary.id_of(f"<|{token}|>") for token in (
            "endoftext", "startoftranscript", "transcribe", "startofprev", "nospeech",
            "notimestamps", "0.00", *LANGUAGES)}  # fmt: skip

    def batch(self, length_s: float, total_s: float) -> Batch:
        """Make a batch of windows of a length that sum to about `total_s`."""
        positions = min(POSITIONS, round(length_s / POSITION_S))
        length_s = positions * POSITION_S
        count = max(1, round(total_s / length_s))
        shortest_s = longest_s = length_s
        if length_s > PADDED_FROM_S and self._rng.random() < PADDED_SHARE:
            shortest_s, longest_s = PADDED_CONTENT_S
        contents_s = self._rng.uniform(shortest_s, min(longest_s, length_s), count)
        windows = [self._window(float(content_s)) for content_s in contents_s]
        offsets = [self._offset(positions) for _ in windows]
        rows = [self._row(*pair) for pair in zip(windows, offsets, strict=True)]
        phones = [_phones(window, positions) for window in windows]
        tokens, targets, guide = _padded(rows, self._id["endoftext"])
        guide = torch.round(guide / POSITION_S)
        return Batch(
            self._hear(windows, positions * 320),
            torch.tensor(offsets),
            tokens,
            targets,
            torch.from_numpy(np.stack(phones)),
            guide,
        )

    def _window(self, content_s: float) -> Window:
        if self._rng.random() < NO_SPEECH_SHARE:
            return Window(str(self._rng.choice(LANGUAGES)), content_s)
        return compose(self._shelf, content_s, self._rng)

    def _offset(self, positions: int) -> int:
        moved = self._rng.random() < MOVED_SHARE
        return int(self._rng.integers(0, POSITIONS - positions + 1)) if moved else 0

    def _hear(self, windows: list[Window], size: int) -> torch.Tensor:
        """Mix, degrade, and compute features."""
        mixed = np.zeros((len(windows), size), np.float32)
        for line, window in zip(mixed, windows, strict=True):
            for placed in window.placed:
                mix(line, placed)
            if not window.placed:
                sounds.fill(line, self._rng)
            np.multiply(line, sounds.gain(self._rng) / max(np.abs(line).max(), QUIETEST), out=line)
        frames = torch.tensor([min(size // 160, int(one.content_s * 100)) for one in windows])
        return self._features(telephone.degrade(torch.from_numpy(mixed), self._rng), frames)

    def _row(self, window: Window, offset: int) -> _Row:
        timed = bool(self._rng.random() < TIMESTAMPS_SHARE)
        row = self._nothing(window, timed=timed)
        if window.placed:
            row = self._speech(window, offset, timed=timed)
        if window.content_s > PREVIOUS_FROM_S and self._rng.random() < PREVIOUS_SHARE:
            other = self._shelf.of_length(0.5, 6, self._rng).ids
            row.tokens[:0] = [self._id["startofprev"], *other]
            row.targets[:0] = [IGNORED] * (len(other) + 1)
            row.times[:0] = [(np.nan, np.nan)] * (len(other) + 1)
        return row

    def _nothing(self, window: Window, *, timed: bool) -> _Row:
        """Ask for no-speech behind the start, and for the end at once whatever follows."""
        mode = self._id["0.00" if timed else "notimestamps"]
        sequence = [self._id[window.language], self._id["transcribe"], mode]
        tokens = [self._id["startoftranscript"], *sequence]
        asked = mode if timed else IGNORED
        targets = [self._id["nospeech"], IGNORED, asked, self._id["endoftext"]]
        return _Row(tokens, targets, [(np.nan, np.nan)] * 4)

    def _speech(self, window: Window, offset: int, *, timed: bool) -> _Row:
        sequence = [(self._id[window.language], np.nan, np.nan)]
        sequence.append((self._id["transcribe"], np.nan, np.nan))
        if not timed:
            sequence.append((self._id["notimestamps"], np.nan, np.nan))
        for place, placed in enumerate(window.placed):
            start = placed.start_s if place else min(placed.start_s, MAX_FIRST_TIMESTAMP_S)
            sequence += [self._timestamp(start, offset)] if timed else []
            begins = placed.start_s + placed.one.begins * placed.stretch
            ends = placed.start_s + placed.one.ends * placed.stretch
            sequence += zip(placed.one.ids, begins, ends, strict=True)
            sequence += [self._timestamp(placed.end_s, offset)] if timed else []
        sequence.append((self._id["endoftext"], np.nan, np.nan))
        targets = [entry[0] for entry in sequence]
        unasked = {self._id["transcribe"], self._id["notimestamps"]}
        asked = [IGNORED if target in unasked else target for target in targets]
        tokens = [self._id["startoftranscript"], *targets[:-1]]
        return _Row(tokens, asked, [entry[1:] for entry in sequence])

    def _timestamp(self, at_s: float, offset: int) -> tuple[int, float, float]:
        place = min(round(at_s / POSITION_S) + offset, POSITIONS)
        return (self._id["0.00"] + place, at_s, at_s)


def _phones(window: Window, positions: int) -> np.ndarray:
    """Number the phoneme at each position's middle; 0 is silence, -100 past the sound."""
    middles = (np.arange(positions) + 0.5) * POSITION_S
    phones = np.zeros(positions, np.int64)
    for placed in window.placed:
        inside = (middles >= placed.start_s) & (middles < placed.end_s)
        at = (middles[inside] - placed.start_s) / placed.stretch
        place = np.searchsorted(placed.one.onsets, at, side="right") - 1
        phones[inside] = placed.one.phones[np.maximum(place, 0)]
    phones[middles > window.content_s] = IGNORED
    return phones


def _padded(rows: list[_Row], filler: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    length = max(len(row.tokens) for row in rows)
    tokens = torch.full((len(rows), length), filler)
    targets = torch.full((len(rows), length), IGNORED)
    times = torch.full((len(rows), length, 2), torch.nan)
    margin = torch.tensor([-GUIDE_MARGIN_S, GUIDE_MARGIN_S])
    for place, row in enumerate(rows):
        tokens[place, : len(row.tokens)] = torch.tensor(row.tokens)
        targets[place, : len(row.targets)] = torch.tensor(row.targets)
        times[place, : len(row.times)] = torch.tensor(row.times) + margin
    return tokens, targets, times
