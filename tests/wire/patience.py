"""A caller that sends a byte now and then, until the server has had enough (114)."""

import socket
import time
from collections.abc import Iterator

from wire.speaking import LOOPBACK

CLOSED_WITHIN_S = 30.0
ARRIVAL_S = 1.0
"""Of the gateway in tests: so long a request may take to arrive."""


def closed_after_s(port: int, every_s: float, longest_s: float) -> float:
    """Seconds until the server has closed on a caller that sends a header byte by byte; infinity if it does not."""
    with socket.create_connection((LOOPBACK, port), longest_s) as connection:
        connection.sendall(b"GET /v1/health HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        return fed_until_closed(connection, every_s, longest_s)


def fed_until_closed(connection: socket.socket, every_s: float, longest_s: float) -> float:
    """Send a byte every `every_s` seconds; how long it took until the server closed."""
    began = time.monotonic()
    connection.settimeout(every_s)
    while time.monotonic() - began < longest_s:
        try:
            connection.sendall(b"a")
            # An answer may come first; the end itself is the empty read.
            if connection.recv(65_536) == b"":
                return time.monotonic() - began
        except TimeoutError:
            continue
        except OSError:
            return time.monotonic() - began
    return float("inf")


def slowloris(port: int) -> Iterator[str]:
    """Try it on a server with its own patience."""
    took_s = closed_after_s(port, every_s=0.5, longest_s=2 * CLOSED_WITHIN_S)
    print(
        f"{'114':<8}{'slowloris':<70}{f'closed within {CLOSED_WITHIN_S:.0f} s':<30}{f'closed after {took_s:.1f} s':<30}"
    )
    if took_s > CLOSED_WITHIN_S:
        yield f"114 slowloris: closed after {took_s:.1f} s"
