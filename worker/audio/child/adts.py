"""Frames that follow each other without an index, found by their own headers: those of ADTS here.

FFmpeg's parser drops what is damaged and moves the positions of what follows, so that nothing shows the loss.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from worker.audio.child.view import FileView

_HEADER_BYTES = 7
_MAX_FRAME_BYTES = 8_192
_SEARCH_BYTES = 65_536
_MARK = re.compile(rb"\xff[\xf0\xf1\xf8\xf9]")


@dataclass(frozen=True, slots=True)
class Framing:
    """How to tell frames: the length that a header tells (0: it is none), and how many in a row are no accident.

    `mark` is what a header begins with, and matches nothing that overlaps: megabytes without one are passed at once.
    """

    length_of: Callable[[bytes], int]
    row: int
    mark: re.Pattern[bytes]


def frames(view: FileView) -> Iterator[tuple[int, bytes]]:
    """Walk the ADTS frames of a view from its start.

    Yields:
        (position in the view in bytes, one frame with its header); the last frame may be cut.
    """
    return walk(view, 0, Framing(_adts_bytes, 2, _MARK))


def walk(view: FileView, at: int, framing: Framing) -> Iterator[tuple[int, bytes]]:
    """Walk frames from position `at` on; behind damage, from where a row of frames begins."""
    is_in_step = True
    while True:
        view.seek(at)
        window = view.read(_MAX_FRAME_BYTES if is_in_step else _SEARCH_BYTES)
        if not window:
            return
        length = framing.length_of(window)
        if is_in_step and length:
            yield at, window[:length]
            at += len(window[:length])
            continue
        found = _search(window, framing)
        is_in_step = found is not None
        # Half a window at a time: what lies across the end of one is whole in the next.
        at += (len(window) + 1) // 2 if found is None else found


def _search(window: bytes, framing: Framing) -> int | None:
    """Find a header that others follow, each at the distance that the one before it tells."""
    marks = (found.start() for found in framing.mark.finditer(window))
    return next((at for at in marks if _is_row(window, at, framing)), None)


def _is_row(window: bytes, at: int, framing: Framing) -> bool:
    for _ in range(framing.row):
        length = framing.length_of(window[at : at + _HEADER_BYTES])
        if not length:
            return False
        at += length
    return True


def _adts_bytes(head: bytes) -> int:
    """Give the length that an ADTS header tells (ISO 14496-3, 1.A.2.2), or 0 if `head` is none."""
    if len(head) < _HEADER_BYTES or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:  # noqa: PLR2004  sync word, layer 0
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > _HEADER_BYTES else 0
