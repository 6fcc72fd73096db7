"""Many large bodies that never end, all at once: what the gateway holds of them."""

import contextlib
import selectors
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from wire.cases import HEALTH
from wire.speaking import LOOPBACK
from wire.stage import Stage

CALLERS = 100
BODY_BYTES = 9_900_000
FLOOD_S = 8.0
MOST_MB = 400.0
"""Sixteen bodies of 10 MB as they come, with what reading them needs beside; a hundred would be a gigabyte."""


def flooded(stage: Stage) -> Iterator[str]:
    """Send from all callers for a while, short of the last byte; how far the process grew, and whether it answers."""
    before = resident_mb(stage.pid)
    with contextlib.ExitStack() as stack, selectors.DefaultSelector() as ready:
        for _ in range(CALLERS):
            connection = stack.enter_context(socket.create_connection((LOOPBACK, stage.port)))
            connection.sendall(f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {BODY_BYTES}\r\n\r\n".encode())
            connection.setblocking(False)
            ready.register(connection, selectors.EVENT_WRITE)
        grown, sent = _pour(ready, stage.pid)
        after = stage.tell(HEALTH)
    print(f"{'flood':<8}{f'{CALLERS} bodies of 9.9 MB without an end':<70}{f'{MOST_MB:.0f} MB, 200':<30}{grown - before:.0f} MB of {sent / 1e6:.0f} MB sent, {after.status}")  # fmt: skip
    if grown - before > MOST_MB or after.status != 200:
        yield f"flood: grew by {grown - before:.0f} MB, then {after.status}"


def _pour(ready: selectors.BaseSelector, pid: int) -> tuple[float, int]:
    """Send while anybody takes it; the most the process held, and what was sent."""
    sent: dict[int, int] = {}
    most, until = 0.0, time.monotonic() + FLOOD_S
    while time.monotonic() < until and (taking := ready.select(0.5)):
        for key, _ in taking:
            left = BODY_BYTES - 1 - sent.get(key.fd, 0)
            with contextlib.suppress(OSError):
                sent[key.fd] = sent.get(key.fd, 0) + key.fileobj.send(bytes(min(left, 65_536)))  # type: ignore[union-attr]
            if left <= 65_536:
                ready.unregister(key.fileobj)
        most = max(most, resident_mb(pid))
    return most, sum(sent.values())


def resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1_024
