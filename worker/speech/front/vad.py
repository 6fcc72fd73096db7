"""Where somebody speaks: spans of one leg, by the Silero network that faster-whisper carries.

The samples stay int16; only a block at a time becomes float. Spans are bare speech without margins,
so that they can serve as evidence; `worker.speech.windows` adds the margins for the engine.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worker.speech.front.gate import audible, levels_dbfs, runs
from worker.speech.front.network import CONTEXT, NOTHING, at_rest, network
from worker.speech.front.turns import Pace

SAMPLE_RATE_HZ = 16_000
FRAME = 512  # samples: the network takes 32 ms at a time
BLOCK_FRAMES = 256  # 8.2 s: measured 13 % less CPU than one block, with equal probabilities
SLICE_FRAMES = 60 * SAMPLE_RATE_HZ // FRAME  # what the network hears in one turn: about 0.1 s of CPU
LEVEL_SLICE_FRAMES = 10 * SLICE_FRAMES  # levels are cheaper by far
SPEECH = 0.5
SILENCE = 0.35  # below this speech ends; in between it goes on
MIN_SILENCE_FRAMES = 5  # 160 ms
MAX_SPAN_S = 29.2  # 30 s of the engine's window less a margin of 0.4 s on each side
MAX_SPAN_FRAMES = int(MAX_SPAN_S * SAMPLE_RATE_HZ) // FRAME
CUT_FRAMES = 5 * SAMPLE_RATE_HZ // FRAME  # an over-long span is cut at its quietest point of the last 5 s

_Range = tuple[int, int]


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


def speech_spans(samples: NDArray[np.int16], pace: Pace) -> tuple[Span, ...]:
    """Find the speech of one leg; the network hears only what is loud enough to be speech.

    Args:
        samples: int16, shape (n,), 16,000 Hz.
        pace: asked for a turn for every 60 s that the network hears.

    Returns:
        Spans in order, without overlap, each at most 29.2 s.

    Raises:
        TransientError: the job was abandoned.
    """
    return spans_within(samples, audible(levels(samples, pace)), pace)


def spans_within(samples: NDArray[np.int16], heard: NDArray[np.bool_], pace: Pace) -> tuple[Span, ...]:
    """Find the speech in those frames that `heard` is true for, shape (ceil(n / 512),); the rest is silence."""
    probabilities = speech_probabilities(samples, heard, pace)
    frames = (piece for run in _runs(probabilities) for piece in _cut(run, probabilities))
    return tuple(Span(first * FRAME, min(last * FRAME, len(samples))) for first, last in frames)


def levels(samples: NDArray[np.int16], pace: Pace) -> NDArray[np.float32]:
    """Give the level of each frame of 32 ms, shape (ceil(n / 512),), in dBFS."""
    found = [np.zeros(0, np.float32)]
    for part in _parts((0, _frame_count(samples)), LEVEL_SLICE_FRAMES):
        with pace.step(rest_s=(len(samples) - part[0] * FRAME) / SAMPLE_RATE_HZ):
            found += [levels_dbfs(_floats(samples, block).reshape(-1, FRAME)) for block in _parts(part, BLOCK_FRAMES)]
    return np.concatenate(found)


def speech_probabilities(samples: NDArray[np.int16], heard: NDArray[np.bool_], pace: Pace) -> NDArray[np.float32]:
    """Give the probability of speech of each frame of 32 ms.

    Args:
        samples: int16, shape (n,), 16,000 Hz.
        heard: which frames the network hears, shape (ceil(n / 512),).
        pace: asked for a turn for every 60 s.

    Returns:
        float32, shape (ceil(n / 512),), 0 to 1; 0 where nothing was heard.
    """
    probabilities = np.zeros(len(heard), np.float32)
    listener = _Listener(samples)
    for part in _parts((0, len(heard)), SLICE_FRAMES):
        with pace.step(rest_s=(len(heard) - part[0]) * FRAME / SAMPLE_RATE_HZ):
            for block in _blocks(heard, part):
                probabilities[slice(*block)] = listener.hear(block)
    return probabilities


class _Listener:
    """The network at one leg, with its memory, which lasts as long as it hears one frame after another."""

    def __init__(self, samples: NDArray[np.int16]) -> None:
        self._samples = samples
        self._memory = NOTHING
        self._heard_until = 0

    def hear(self, block: _Range) -> NDArray[np.float32]:
        # What was remembered of the speech before a gap makes it deaf to a quiet start after it.
        if block[0] != self._heard_until:
            self._memory = at_rest()
        self._heard_until = block[1]
        joined = np.concatenate([_before(self._samples, block[0] * FRAME), _floats(self._samples, block)])
        frames = np.lib.stride_tricks.sliding_window_view(joined, CONTEXT + FRAME)[::FRAME]
        probabilities, self._memory = network().hear(frames, self._memory)
        return probabilities


def _blocks(heard: NDArray[np.bool_], part: _Range) -> Iterator[_Range]:
    """Give what is heard of a part of the leg, a block at a time."""
    for first, last in runs(heard[slice(*part)]):
        yield from _parts((part[0] + first, part[0] + last), BLOCK_FRAMES)


def _before(samples: NDArray[np.int16], start: int) -> NDArray[np.float32]:
    return _scaled(samples[start - CONTEXT : start]) if start else np.zeros(CONTEXT, np.float32)


def _floats(samples: NDArray[np.int16], block: _Range) -> NDArray[np.float32]:
    """Give the samples of some frames as float32, the last frame of the call filled up with zeros."""
    floats = _scaled(samples[block[0] * FRAME : block[1] * FRAME])
    return np.pad(floats, (0, -len(floats) % FRAME)) if len(floats) % FRAME else floats


def _scaled(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    return samples.astype(np.float32) * np.float32(1 / 32768)


def _frame_count(samples: NDArray[np.int16]) -> int:
    return -(-len(samples) // FRAME)


def _parts(whole: _Range, size: int) -> Iterator[_Range]:
    for first in range(*whole, size):
        yield first, min(first + size, whole[1])


def _runs(probabilities: NDArray[np.float32]) -> list[_Range]:
    """Give the first and one-past-last frame of each stretch of speech, short silences closed."""
    known = np.where(probabilities >= SPEECH, 1, np.where(probabilities < SILENCE, 0, -1))
    last_known = np.maximum.accumulate(np.where(known >= 0, np.arange(len(known)), -1))
    is_speech = np.where(last_known >= 0, known[last_known], 0) == 1
    closed: list[_Range] = []
    for first, last in runs(is_speech):
        if closed and first - closed[-1][1] <= MIN_SILENCE_FRAMES:
            closed[-1] = (closed[-1][0], last)
        else:
            closed.append((first, last))
    return closed


def _cut(run: _Range, probabilities: NDArray[np.float32]) -> Iterator[_Range]:
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
