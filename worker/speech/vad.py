"""Where somebody speaks: spans of one leg, by the Silero network that faster-whisper carries.

The samples stay int16; only a slice at a time becomes float. Spans are bare speech without margins,
so that they can serve as evidence; `worker.speech.windows` adds the margins for the engine.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
FRAME = 512  # samples: the network takes 32 ms at a time, with the 64 samples before them
CONTEXT = 64
SLICE = 256 * FRAME  # 8.2 s: measured 13 % less CPU than one block, with equal probabilities
SPEECH = 0.5
SILENCE = 0.35  # below this speech ends; in between it goes on
MIN_SILENCE_FRAMES = 5  # 160 ms
MAX_SPAN_S = 29.2  # 30 s of the engine's window less a margin of 0.4 s on each side
MAX_SPAN_FRAMES = int(MAX_SPAN_S * SAMPLE_RATE_HZ) // FRAME
CUT_FRAMES = 5 * SAMPLE_RATE_HZ // FRAME  # an over-long span is cut at its quietest point of the last 5 s


@dataclass(frozen=True, slots=True)
class Span:
    """Speech from `start` to `end`, in samples at 16 kHz from the start of the call."""

    start: int
    end: int

    @property
    def start_s(self) -> float:
        """Seconds from the start of the call."""
        return self.start / SAMPLE_RATE_HZ

    @property
    def end_s(self) -> float:
        """Seconds from the start of the call."""
        return self.end / SAMPLE_RATE_HZ

    @property
    def duration_s(self) -> float:
        """Its length in seconds."""
        return (self.end - self.start) / SAMPLE_RATE_HZ


def speech_spans(samples: NDArray[np.int16]) -> tuple[Span, ...]:
    """Find the speech of one leg.

    Args:
        samples: int16, shape (n,), 16,000 Hz.

    Returns:
        Spans in order, without overlap, each at most 29.2 s.
    """
    probabilities = speech_probabilities(samples)
    frames = (piece for run in _runs(probabilities) for piece in _cut(run, probabilities))
    return tuple(Span(first * FRAME, min(last * FRAME, len(samples))) for first, last in frames)


def speech_probabilities(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Give the probability of speech of each frame of 32 ms.

    Args:
        samples: int16, shape (n,), 16,000 Hz.

    Returns:
        float32, shape (ceil(n / 512),), 0 to 1.
    """
    session = get_vad_model().session
    h = c = np.zeros((1, 1, 128), np.float32)
    context = np.zeros(CONTEXT, np.float32)
    found = [np.zeros(0, np.float32)]
    for start in range(0, len(samples), SLICE):
        frames = _frames(samples[start : start + SLICE])
        before = np.concatenate([context[None], frames[:-1, -CONTEXT:]])
        out, h, c = session.run(None, {"input": np.concatenate([before, frames], axis=1), "h": h, "c": c})
        context = frames[-1, -CONTEXT:]
        found.append(np.asarray(out, np.float32).reshape(-1))
    return np.concatenate(found)


def _frames(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    padded = np.pad(samples, (0, -len(samples) % FRAME))
    return (padded.astype(np.float32) / np.float32(32768)).reshape(-1, FRAME)


def _runs(probabilities: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Give the first and one-past-last frame of each stretch of speech, short silences closed."""
    known = np.where(probabilities >= SPEECH, 1, np.where(probabilities < SILENCE, 0, -1))
    last_known = np.maximum.accumulate(np.where(known >= 0, np.arange(len(known)), -1))
    is_speech = np.where(last_known >= 0, known[last_known], 0) == 1
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_speech.astype(np.int8), [0]])))
    runs: list[tuple[int, int]] = []
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if runs and first - runs[-1][1] <= MIN_SILENCE_FRAMES:
            runs[-1] = (runs[-1][0], last)
        else:
            runs.append((first, last))
    return runs


def _cut(run: tuple[int, int], probabilities: NDArray[np.float32]) -> Iterator[tuple[int, int]]:
    """Cut what is too long for the engine where speech is least likely."""
    first, last = run
    for _ in range((last - first) // (MAX_SPAN_FRAMES - CUT_FRAMES)):
        if last - first <= MAX_SPAN_FRAMES:
            break
        limit = first + MAX_SPAN_FRAMES
        cut = limit - CUT_FRAMES + int(np.argmin(probabilities[limit - CUT_FRAMES : limit]))
        yield first, cut
        first = cut
    yield first, last
