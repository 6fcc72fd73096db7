"""ADTS frames, found by their own headers.

FFmpeg's parser drops what is damaged and moves the positions of what follows, so that nothing shows the loss.
"""

from collections.abc import Iterator

from worker.audio.child.view import FileView

_HEADER_BYTES = 7
_MAX_FRAME_BYTES = 8_192
_SEARCH_BYTES = 65_536


def frames(view: FileView) -> Iterator[tuple[int, bytes]]:
    """Walk a view from its start.

    Yields:
        (position in the view in bytes, one frame with its header); the last frame may be cut.
    """
    at, is_in_step = 0, True
    while True:
        view.seek(at)
        window = view.read(_MAX_FRAME_BYTES if is_in_step else _SEARCH_BYTES)
        if len(window) < _HEADER_BYTES:
            return
        if is_in_step and _frame_bytes(window):
            frame = window[: _frame_bytes(window)]
            yield at, frame
            at += len(frame)
            continue
        found = _search(window)
        is_in_step = found is not None
        # Half a window at a time: what lies across the end of one is whole in the next.
        at += len(window) // 2 if found is None else found


def _search(window: bytes) -> int | None:
    """Find a header that another one follows at the distance it tells."""
    at = window.find(b"\xff")
    while at >= 0:
        length = _frame_bytes(window[at : at + _HEADER_BYTES])
        if length and _frame_bytes(window[at + length : at + length + _HEADER_BYTES]):
            return at
        at = window.find(b"\xff", at + 1)
    return None


def _frame_bytes(head: bytes) -> int:
    """Give the length that an ADTS header tells (ISO 14496-3, 1.A.2.2), or 0 if `head` is none."""
    if len(head) < _HEADER_BYTES or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:  # noqa: PLR2004  sync word, layer 0
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > _HEADER_BYTES else 0
