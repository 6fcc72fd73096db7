"""MP4 and MOV files whose sound lies in another file: told by their boxes, before FFmpeg looks for it.

FFmpeg opens no other file here, but would take whatever bytes of this one stand where the sound should be.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from worker.audio.child.view import FileView

_PATH = (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref")
_MAX_BOXES = 10_000
_HEAD = struct.Struct(">I4s")
_LONG = struct.Struct(">Q")
_IN_THIS_FILE = 1
# A reference list begins with version, flags and the number of its entries; an entry with version and flags.
_LIST_HEAD_BYTES = 8
# An entry that is longer names something. QuickTime writes short alias records for sound that is in the file.
_NAMELESS_BYTES = {b"alis": 150}
_NAMELESS_URL_BYTES = 8


def point_elsewhere(view: FileView) -> bool:
    """Tell whether any track says that its sound lies outside of this file; false where boxes make no sense."""
    walk = _Walk(view)
    places = [(0, view.seek(0, 2))]
    for name in _PATH:
        places = [(at, end) for start, stop in places for found, at, end in walk.boxes(start, stop) if found == name]
    entries = (entry for start, stop in places for entry in walk.boxes(start + _LIST_HEAD_BYTES, stop))
    return any(_is_elsewhere(view, *entry) for entry in entries)


def _is_elsewhere(view: FileView, kind: bytes, at: int, end: int) -> bool:
    view.seek(at)
    flags = view.read(4)[-1:]
    has_name = end - at > _NAMELESS_BYTES.get(kind, _NAMELESS_URL_BYTES)
    return has_name or not flags or not flags[0] & _IN_THIS_FILE


@dataclass(frozen=True, slots=True)
class _Walk:
    """A way through boxes; `steps` are all that it may take, however they nest."""

    view: FileView
    steps: Iterator[int] = field(default_factory=lambda: iter(range(_MAX_BOXES)))

    def boxes(self, start: int, stop: int) -> Iterator[tuple[bytes, int, int]]:
        """Walk the boxes between two positions: name, where the body begins, where it ends."""
        at = start
        for _ in self.steps:
            box = self._box(at, stop)
            if box is None:
                return
            yield box
            at = box[2]

    def _box(self, at: int, stop: int) -> tuple[bytes, int, int] | None:
        self.view.seek(at)
        head = self.view.read(_HEAD.size + _LONG.size)
        if len(head) < _HEAD.size:
            return None
        size, name = _HEAD.unpack_from(head)
        body = at + _HEAD.size
        if size == 1 and len(head) == _HEAD.size + _LONG.size:
            (size,) = _LONG.unpack_from(head, _HEAD.size)
            body += _LONG.size
        end = stop if size == 0 else at + size
        return (name, body, end) if body <= end <= stop else None
