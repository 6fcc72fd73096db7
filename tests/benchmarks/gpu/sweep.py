"""The network alone on a device: batch sizes, compute types, worker threads and feeding threads."""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Protocol

import numpy as np
from benchmarks.engines.cost import FRAMES_PER_S, SCORE, TOKENS_PER_S
from benchmarks.gpu.device import Device
from benchmarks.gpu.figures import WINDOW_S, Point
from ctranslate2 import StorageView

TOKENS = 90
ROWS = (1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256)
COMPUTE_TYPES = ("int8_float16", "float16")
BEAMS = (5, 1)
INTER_THREADS = (1, 2, 3)
SLOTS = (1, 2)
LONGEST_BATCH_S = 6.0
PAST_PEAK = 0.9
REPEATS = 2


class Runs(Protocol):
    """One loaded network: it takes a batch through encoder, text and nothing else."""

    def run(self, rows: int, beam: int) -> None:
        """Run one batch of so many windows to its end."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """How a network is loaded and fed."""

    compute_type: str
    beam: int
    inter_threads: int = 1
    slots: int = 1


Loads = Callable[[Setting], Runs]


def settings() -> Iterator[Setting]:
    """What is tried: every type and beam plainly, then more threads on the first type alone."""
    yield from itertools.starmap(Setting, itertools.product(COMPUTE_TYPES, BEAMS))
    for threads, slots in itertools.product(INTER_THREADS, SLOTS):
        if (threads, slots) != (1, 1):
            yield Setting(COMPUTE_TYPES[0], BEAMS[0], threads, slots)


def sweep(setting: Setting, runs: Runs, device: Device, now: Callable[[], float]) -> Iterator[Point]:
    """Try batch sizes until memory ends, a batch takes too long, or the rate falls well below its best."""
    best = 0.0
    for rows in ROWS:
        try:
            runs.run(rows, setting.beam)
            seconds = _seconds(setting, runs, rows, now)
        except RuntimeError as error:
            if "out of memory" in str(error):
                return
            raise
        rate = WINDOW_S * rows * REPEATS * setting.slots / seconds
        yield Point(
            rows, setting.slots, setting.inter_threads, setting.compute_type, setting.beam, rate, device.used_bytes()
        )
        best = max(best, rate)
        if rate < PAST_PEAK * best or seconds / REPEATS > LONGEST_BATCH_S:
            return


def _seconds(setting: Setting, runs: Runs, rows: int, now: Callable[[], float]) -> float:
    """Seconds in which every feeding thread takes its batches through."""
    started_s = now()
    with ThreadPoolExecutor(setting.slots) as feeders:
        for each in [feeders.submit(_repeated, runs, rows, setting.beam) for _ in range(setting.slots)]:
            each.result()
    return now() - started_s


def _repeated(runs: Runs, rows: int, beam: int) -> None:
    for _ in range(REPEATS):
        runs.run(rows, beam)


@dataclass(frozen=True, slots=True)
class Network:
    """A real network of random weights, 90 tokens a window."""

    whisper: Any
    prompt: Sequence[int]
    mels: int

    def run(self, rows: int, beam: int) -> None:
        """Encode silence, which costs what speech costs, and write 90 tokens for each row."""
        encoded = self.whisper.encode(StorageView.from_array(np.zeros((rows, self.mels, 3_000), np.float32)))
        self.whisper.generate(encoded, [list(self.prompt)] * rows, beam_size=beam, max_length=2 * TOKENS)


class FixedTokens:
    """A real network whose every window costs 90 tokens, and whose text is as long as its sound and passes every guard.

    Random weights would provoke a retry of every window; so the device does its work, and its text is replaced.
    One caller at a time.
    """

    def __init__(self, network: Any, words: Sequence[int]) -> None:
        self._network = network
        self._words = words
        self._lengths_s: list[float] = []
        self.busy_s = 0.0
        self.rows = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)

    def encode(self, features: StorageView, to_cpu: bool = False) -> StorageView:
        """Encode, and keep how long the sound of each row is."""
        sound = np.asarray(features)[:, 0, :] != 0
        self._lengths_s = [(row.nonzero()[0][-1] + 1) / FRAMES_PER_S if row.any() else 0.0 for row in sound]
        return self._timed(lambda: self._network.encode(features, to_cpu=to_cpu))

    def generate(self, encoded: StorageView, prompts: Sequence[Any], **options: Any) -> list[Any]:
        """Let the device write 90 tokens a row, then answer with the words that the row's sound is long."""
        self.rows += len(prompts)
        asked = {**options, "max_length": 2 * TOKENS}
        self._timed(lambda: self._network.generate(encoded, prompts, **asked))
        return [self._text(length_s) for length_s in self._lengths_s[: len(prompts)]]

    def align(self, *given: Any, **named: Any) -> Any:
        """Align for real."""
        return self._timed(lambda: self._network.align(*given, **named))

    def _text(self, length_s: float) -> Any:
        count = min(max(1, round(length_s * TOKENS_PER_S)), len(self._words))
        return SimpleNamespace(sequences_ids=[list(self._words[:count])], scores=[SCORE], no_speech_prob=0.01)

    def _timed(self, act: Callable[[], Any]) -> Any:
        started_s = time.monotonic()
        try:
            return act()
        finally:
            self.busy_s += time.monotonic() - started_s
