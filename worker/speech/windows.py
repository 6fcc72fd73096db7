"""What the engine gets: the speech of one channel packed into windows of at most 30 s, and the way back to call time.

A window joins whole spans in time order, each with a margin of real audio around it. Margins end in the
middle between two spans, so no sample is heard twice. A window never holds two channels or two calls.
Its spans need not be neighbours in the call: a short one may fill up a window that was begun before.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from worker.speech.front.vad import SAMPLE_RATE_HZ, Span

WINDOW_S = 30.0  # the encoder's input, always; what is not filled is silence
MARGIN = 2 * SAMPLE_RATE_HZ // 5  # samples: 0.4 s
TRUST = SAMPLE_RATE_HZ // 10  # samples: a word may reach 0.1 s beyond the speech that was found
SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000
OPEN_WINDOWS = 3

Place = tuple[int, tuple[tuple[int, int], ...]]
"""Where a window lies: its channel, and first and one-past-last sample of each of its pieces."""


@dataclass(frozen=True, slots=True)
class Packing:
    """How a model wants its windows: how much one may hold, and the longest pause within; both in seconds.

    A span that is longer than a window may be stands alone. A model that was trained on single utterances wants
    a window to end where an utterance does. `open_windows`: how many of the latest a span may go to.
    """

    window_s: float = WINDOW_S
    pause_s: float = math.inf
    open_windows: int = OPEN_WINDOWS

    def fits(self, samples: int, pause: int) -> bool:
        """Whether a window of so many samples, with such a pause before its last span, is one window."""
        return samples <= self.window_s * SAMPLE_RATE_HZ and pause <= self.pause_s * SAMPLE_RATE_HZ


WHOLE = Packing()
"""As Whisper itself wants it: as full as can be."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A span with its margins, in samples of the call.

    Attributes:
        start: where it begins in the call.
        end: where it ends in the call.
        speech: the span alone.
        offset: where it begins in its window, in samples.
        number: which of the channel's spans it is, from 0.
    """

    start: int
    end: int
    speech: Span
    offset: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """One row of a batch. `leg` is the whole channel, int16, shape (n,); only its pieces become float."""

    channel: int
    index: int
    leg: NDArray[np.int16]
    pieces: tuple[Piece, ...]

    @property
    def samples(self) -> NDArray[np.float32]:
        """The audio of the window, float32 in [-1, 1], shape (n,), n <= 480,000."""
        joined = np.concatenate([self.leg[piece.start : piece.end] for piece in self.pieces])
        return joined.astype(np.float32) / np.float32(32768)

    @property
    def at(self) -> Place:
        """Where it lies in the call: no two windows of a call lie in the same place."""
        return self.channel, tuple((piece.start, piece.end) for piece in self.pieces)

    @property
    def duration_s(self) -> float:
        """Seconds of audio, margins included."""
        return sum(piece.end - piece.start for piece in self.pieces) / SAMPLE_RATE_HZ

    @property
    def speech_s(self) -> float:
        """Seconds of speech, margins left out."""
        return sum(piece.speech.duration_s for piece in self.pieces)

    def runs(self) -> tuple[tuple[int, int], ...]:
        """Give the half-open ranges of pieces that are neighbours in the call: no other window has a piece between."""
        numbers = [piece.number for piece in self.pieces]
        breaks = [place + 1 for place, (one, next_one) in enumerate(pairwise(numbers)) if next_one != one + 1]
        return tuple(pairwise([0, *breaks, len(numbers)]))

    def place(self, start_s: float, end_s: float) -> int:
        """Say which piece a word of the window belongs to: the one whose speech it shares most with."""
        start, end = round(start_s * SAMPLE_RATE_HZ), round(end_s * SAMPLE_RATE_HZ)
        return max(range(len(self.pieces)), key=lambda place: _shared(self.pieces[place], start, end))

    def limits_ms(self, place: int) -> tuple[int, int]:
        """Give the first and last millisecond of the call that a word of a piece may touch: 0.1 s around its speech."""
        piece = self.pieces[place]
        low, high = max(piece.start, piece.speech.start - TRUST), min(piece.end, piece.speech.end + TRUST)
        return -(-low // SAMPLES_PER_MS), high // SAMPLES_PER_MS

    def in_call_ms(self, place: int, time_s: float) -> int:
        """Give the millisecond of the call at `time_s` of the window, within the limits of a piece.

        What the alignment stretches over a pause is so trimmed to the speech.
        """
        piece = self.pieces[place]
        at_ms = round(time_s * 1000 + (piece.start - piece.offset) / SAMPLES_PER_MS)
        low, high = self.limits_ms(place)
        return min(max(at_ms, low), high)


def pack(channel: int, leg: NDArray[np.int16], spans: Sequence[Span], packing: Packing = WHOLE) -> tuple[Window, ...]:
    """Put the spans of one channel into few windows: each into the first of the latest three that has room.

    Args:
        channel: index of the leg.
        leg: int16, shape (n,), 16,000 Hz, the whole call.
        spans: in time order, without overlap, each at most 29.2 s.
        packing: what the model wants.

    Returns:
        Windows by the time of their first piece, numbered from 0; together they hold every span once.
    """
    packed = _first_fit(widened(spans, len(leg)), packing)
    return tuple(Window(channel, index, leg, tuple(pieces)) for index, pieces in enumerate(packed))


def widened(spans: Sequence[Span], length: int) -> tuple[Piece, ...]:
    """Give each span its margins: 0.4 s, or half of the way to its neighbour, never beyond the call's ends."""
    middles = [(before.end + after.start) // 2 for before, after in pairwise(spans)]
    lows, highs = [0, *middles], [*middles, length]
    return tuple(
        Piece(max(low, span.start - MARGIN), min(high, span.end + MARGIN), span, number=number)
        for number, (span, low, high) in enumerate(zip(spans, lows, highs, strict=False))
    )


def _first_fit(pieces: Sequence[Piece], packing: Packing) -> list[list[Piece]]:
    windows: list[list[Piece]] = []
    for piece in pieces:
        still_open = windows[-packing.open_windows :]
        held = next((held for held in still_open if _has_room(held, piece, packing)), None)
        if held is None:
            held = []
            windows.append(held)
        held.append(replace(piece, offset=_filled(held)))
    return windows


def _has_room(held: Sequence[Piece], piece: Piece, packing: Packing) -> bool:
    pause = piece.speech.start - held[-1].speech.end
    return packing.fits(_filled(held) + piece.end - piece.start, pause)


def _filled(held: Sequence[Piece]) -> int:
    """Samples that a window holds already."""
    return held[-1].offset + held[-1].end - held[-1].start if held else 0


def _shared(piece: Piece, start: int, end: int) -> tuple[int, int]:
    """Order pieces by common samples with a word, then by nearness to its middle."""
    shift = piece.offset - piece.start
    common = min(end, piece.speech.end + shift) - max(start, piece.speech.start + shift)
    middle = (start + end) // 2
    outside = max(piece.offset - middle, middle - (piece.end + shift), 0)
    return max(common, 0), -outside
