"""The cost model: an object with the four methods of `ctranslate2.models.Whisper` that sleeps as long as a GPU would work.

A batch of n rows takes `first_s * (a + b * n)` seconds; its text is fixed words, three tokens for each second of
sound, so that no guard and no retry is provoked. Everything around it (decoding, speech detection, spectra, word
times, storing) runs for real. What it gives is arithmetic about a device, never a measurement of one.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
from ctranslate2 import StorageView

WINDOW_S = 30.0
STEP_FRAMES = 2  # mel frames of 10 ms for one step of an alignment
TOKENS_PER_S = 3.0  # 90 tokens in a full window
FRAMES_PER_S = 100
SCORE = -0.2


@dataclass(frozen=True, slots=True)
class Cost:
    """What a batch costs on a device; `full_rows` is the batch size that `window_rate` was taken at.

    Attributes:
        a: share of a batch of one that does not grow with its rows.
        b: share that each row adds; a + b = 1.
        window_rate: seconds of windows per second of wall time at `full_rows`.
    """

    name: str
    a: float
    b: float
    full_rows: int
    window_rate: float

    @property
    def first_s(self) -> float:
        """Seconds of a batch of one."""
        return WINDOW_S * self.full_rows / (self.window_rate * (self.a + self.b * self.full_rows))

    def seconds(self, rows: int) -> float:
        """Seconds of a batch of so many rows."""
        return self.first_s * (self.a + self.b * rows)

    @property
    def full_s(self) -> float:
        """Seconds of a full batch."""
        return self.seconds(self.full_rows)

    def best_s(self, rows: float) -> float:
        """Seconds that so many rows take in full batches: the least there is."""
        return rows * self.full_s / self.full_rows


# a and b as published for turbo on an RTX 3090 and an H100; the L4's rate is inferred, the H100's is vLLM's.
MODELLED_L4 = Cost("modelled-L4", a=0.759, b=0.241, full_rows=16, window_rate=140.0)
MODELLED_H100 = Cost("modelled-H100", a=0.869, b=0.131, full_rows=128, window_rate=1740.0)


@dataclass(frozen=True, slots=True)
class JobBatch:
    """One call of `generate`: monotonic seconds of its begin and end, and its rows."""

    begin_s: float
    end_s: float
    rows: int


@dataclass(frozen=True, slots=True)
class Pending:
    """The answer of an asynchronous call: like `ctranslate2.models.WhisperGenerationResultAsync`."""

    outcome: Any
    ready_s: float
    wait: Callable[[float], object]

    def result(self) -> Any:
        """Wait until the device is done with it."""
        self.wait(max(0.0, self.ready_s - time.monotonic()))
        return self.outcome

    def done(self) -> bool:
        """Whether `result` would answer at once."""
        return time.monotonic() >= self.ready_s


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)


@dataclass(eq=False)
class CostModel:
    """Stands in for `ctranslate2.models.Whisper`; one batch at a time, as on one device.

    Attributes:
        cost: what a batch takes.
        words: token ids of different words; a text takes as many of them as its sound is long.
        languages: codes of what `detect_language` finds equally likely.
        wait: how the time of a batch passes; a test hands in a clock of its own.
    """

    cost: Cost
    words: Sequence[int]
    languages: Sequence[str]
    n_mels: int = 128
    wait: Callable[[float], object] = _wait
    now: Callable[[], float] = time.monotonic
    batches: list[JobBatch] = field(default_factory=list)
    is_multilingual: bool = True
    device: str = "cpu"
    device_index: Sequence[int] = (0,)
    compute_type: str = "float16"
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _free_s: float = 0.0

    def encode(self, features: StorageView, to_cpu: bool = False) -> StorageView:
        """Keep of each row how long its sound is: shape (rows, 1, 1), in frames."""
        sound = np.asarray(features)[:, 0, :] != 0
        frames = np.where(sound.any(axis=1), sound.shape[1] - np.argmax(sound[:, ::-1], axis=1), 0)
        return StorageView.from_array(frames.astype(np.float32).reshape(-1, 1, 1))

    def detect_language(self, encoded: StorageView) -> list[list[tuple[str, float]]]:
        """Find every language equally likely: nobody is contradicted."""
        share = 1.0 / len(self.languages)
        return [[(f"<|{code}|>", share) for code in self.languages] for _ in np.asarray(encoded)]

    def generate(self, encoded: StorageView, prompts: Sequence[Any], **options: Any) -> list[Any]:
        """Sleep as long as the device would work, and give each row its words."""
        lengths_s = np.asarray(encoded).reshape(-1) / FRAMES_PER_S
        results = [self._text(float(length_s)) for length_s in lengths_s]
        end_s = self._occupied(len(prompts))
        if options.get("asynchronous"):
            return [Pending(result, end_s, self.wait) for result in results]
        self.wait(max(0.0, end_s - self.now()))
        return results

    def align(
        self, encoded: StorageView, start: Sequence[int], texts: Sequence[Sequence[int]], frames: Any, **_: Any
    ) -> list[Any]:
        """Spread the tokens of each text evenly over its frames; `frames`: one number, or one a row."""
        each = [frames] * len(texts) if isinstance(frames, int) else list(frames)
        return [_spread(len(text), count // STEP_FRAMES) for text, count in zip(texts, each, strict=True)]

    def taken(self) -> tuple[JobBatch, ...]:
        """The batches so far, and begin a new list."""
        with self._lock:
            found, self.batches = tuple(self.batches), []
        return found

    def _text(self, length_s: float) -> Any:
        count = min(max(1, round(length_s * TOKENS_PER_S)), len(self.words))
        return SimpleNamespace(
            sequences_ids=[list(self.words[:count])], sequences=[[]], scores=[SCORE], no_speech_prob=0.01
        )

    def _occupied(self, rows: int) -> float:
        """Take the device for a batch, after what it is at work on; the moment it will be done."""
        with self._lock:
            begin_s = max(self.now(), self._free_s)
            self._free_s = begin_s + self.cost.seconds(rows)
            self.batches.append(JobBatch(begin_s, self._free_s, rows))
            return self._free_s


def _spread(tokens: int, steps: int) -> Any:
    places = [(token, token * steps // max(tokens, 1)) for token in range(tokens + 1)]
    return SimpleNamespace(alignments=places, text_token_probs=[0.9] * tokens)
