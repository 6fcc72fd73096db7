"""The part of the file that FFmpeg may read, as a file object without a name."""

import io
import os

from worker.audio.sources import Source


class FileView(io.RawIOBase):
    """A part of descriptor 0 behind a prefix, as a seekable file without a name."""

    def __init__(self, source: Source) -> None:
        self._prefix = bytes.fromhex(source.prefix)
        self._source = source
        self._size = len(self._prefix) + source.end - source.start
        self._at = 0

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def tell(self) -> int:
        """Give the position in the view, in bytes."""
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move; the end of the view is the end of the file."""
        base = (0, self._at, self._size)[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, count: int = -1) -> bytes:
        """Read up to `count` bytes."""
        left = max(self._size - self._at, 0)
        count = left if count < 0 else min(count, left)
        if self._at < len(self._prefix):
            block = self._prefix[self._at : self._at + count]
        elif count == 0:
            block = b""
        else:
            block = os.pread(0, count, self._source.start + self._at - len(self._prefix))
        self._at += len(block)
        return block
