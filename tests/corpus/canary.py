"""What must not be touched: a file that the kernel watches, and a port that somebody listens at."""

import ctypes
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

# From the kernel's include/uapi/linux/inotify.h.
_ACCESSED, _OPENED = 0x01, 0x20


@dataclass(frozen=True)
class Canary:
    """A neighbour's recording and a loopback port."""

    file: Path
    port: int
    events: int
    listener: socket.socket

    def sang(self) -> list[str]:
        """What was done to it since the last time."""
        heard = []
        with suppress(BlockingIOError):
            os.read(self.events, 65_536)
            heard.append("its file was opened")
        with suppress(BlockingIOError):
            self.listener.accept()[0].close()
            heard.append("somebody connected")
        return heard


@contextmanager
def canary(file: Path) -> Iterator[Canary]:
    """Watch `file`, and listen at a port of its own."""
    libc = ctypes.CDLL(None, use_errno=True)
    events = libc.inotify_init1(os.O_NONBLOCK)
    watch = libc.inotify_add_watch(events, os.fsencode(file), _ACCESSED | _OPENED)
    assert min(events, watch) >= 0, os.strerror(ctypes.get_errno())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield Canary(file, listener.getsockname()[1], events, listener)
    os.close(events)
