"""Speech that a window had no words for is heard once more, alone; here its words take their place in the text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from worker.speech.spoken import Segment, Word
from worker.speech.windows import Window, pack
from worker.text.coverage import Stretch

Missed = Mapping[int, Sequence[Stretch]]


def alone(missed: Missed, windows: Sequence[Window]) -> tuple[Window, ...]:
    """Give a window of its own to each missed stretch that had to share one: the others would say the same again."""
    heard = {(window.channel, tuple(piece.speech for piece in window.pieces)) for window in windows}
    legs = {window.channel: window.leg for window in windows}
    found = [
        pack(channel, legs[channel], stretch)[0]
        for channel, stretches in missed.items()
        for stretch in stretches
        if (channel, stretch) not in heard
    ]
    return tuple(replace(window, index=index) for index, window in enumerate(found))


def replaced(segments: Sequence[Segment], again: Sequence[Segment], windows: Sequence[Window]) -> tuple[Segment, ...]:
    """Lay what was heard again over what was heard first.

    Args:
        segments: of the first pass.
        again: of the second.
        windows: those of the second pass; only where one of them gave words is anything replaced.

    Returns:
        Segments by channel and time; those of the first pass are cut where the second says more. A doubtful
        segment is left whole, to be judged as it is.
    """
    spoken = {(segment.channel, segment.index) for segment in again}
    gone = [window for window in windows if (window.channel, window.index) in spoken]
    left = [part for segment in segments for part in _without(segment, gone)]
    return tuple(sorted([*left, *again], key=lambda segment: (segment.channel, segment.words[0].start_ms)))


def _without(segment: Segment, gone: Sequence[Window]) -> Iterator[Segment]:
    """Give the parts of a segment that lie outside of windows that were heard again."""
    if segment.reasons:
        yield segment
        return
    limits = [_limits_ms(window) for window in gone if window.channel == segment.channel]
    for part, run in groupby(segment.words, key=lambda word: _side(word, limits)):
        if part is not None:
            yield replace(segment, words=tuple(run))


def _limits_ms(window: Window) -> tuple[int, int]:
    return window.limits_ms(0)[0], window.limits_ms(len(window.pieces) - 1)[1]


def _side(word: Word, limits: Sequence[tuple[int, int]]) -> int | None:
    """Say how many of the limits lie before a word; None if it begins within one."""
    if any(low <= word.start_ms < high for low, high in limits):
        return None
    return sum(high <= word.start_ms for _low, high in limits)
