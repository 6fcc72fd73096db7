"""AMR frames, found by their own headers: FFmpeg's demuxer reads on through damage and takes noise for speech."""

import re
from collections.abc import Iterator
from functools import partial

from worker.audio.child.adts import Framing, walk
from worker.audio.child.view import FileView

# A frame is a header byte (RFC 4867, 5.3): bits 0x83 are zero, four more tell the kind; 0 is a kind that is reserved.
_ALWAYS_ZERO = 0x83
_NARROW = (b"#!AMR\n", (13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1))
_WIDE = (b"#!AMR-WB\n", (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1))
# One byte in twelve looks like a header: by chance six in a row come once in three million places.
_ROW = 6


def frames(view: FileView) -> Iterator[tuple[int, bytes]]:
    """Walk the frames of a view, as `adts.frames` does; none, if it is neither AMR-NB nor AMR-WB."""
    head = view.read(len(_WIDE[0]))
    for magic, sizes in (_NARROW, _WIDE):
        if head.startswith(magic):
            yield from walk(view, len(magic), Framing(partial(_frame_bytes, sizes), _ROW, _marks(sizes)))


def _marks(sizes: tuple[int, ...]) -> re.Pattern[bytes]:
    """The bytes that a frame can begin with."""
    heads = bytes(byte for byte in range(256) if _frame_bytes(sizes, bytes([byte])))
    return re.compile(b"[" + re.escape(heads) + b"]")


def _frame_bytes(sizes: tuple[int, ...], frame: bytes) -> int:
    if not frame or frame[0] & _ALWAYS_ZERO:
        return 0
    return sizes[frame[0] >> 3]
