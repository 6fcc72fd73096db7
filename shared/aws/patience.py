"""How long a call may take: silence, a trickle and repetition all end within `CALL_S`, but bytes that flow may go on.

botocore's read timeout is the longest silence between two bytes. A line at 1 kB/s is never silent, and three attempts
take three timeouts; so a call here has a budget over all of its attempts, and an answer must keep a pace.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.exceptions import HTTPClientError, ReadTimeoutError

BLOCK_BYTES = 1 << 16
LONG_POLL = "ReceiveMessage"
"""The one call that may say nothing for 20 s and be well."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds.

    `connect_s`: for a connection · `silence_s`: for the next byte · `pace_s` and `pace_bytes`: so many bytes must come
    in each such stretch of an answer · `poll_s`: silence of a long poll · `call_s`: a call with its repetitions ·
    `attempts`: how often a call is tried where its failures are quick · `pause_s`: botocore's longest wait between
    the last two of them, after throttling.
    """

    connect_s: float = 1.0
    silence_s: float = 4.0
    pace_s: float = 4.0
    pace_bytes: int = 4 << 15
    """32 KiB a second: twice what a stereo call of mu-law needs to be heard as it is spoken."""
    poll_s: float = 25.0
    call_s: float = 10.0
    attempts: int = 3
    pause_s: float = 2.0

    def silence_within(self, left_s: float) -> float:
        """How long an attempt may be silent where its call has `left_s`; not above zero: it could not end in time."""
        return min(self.silence_s, left_s - self.connect_s - self.pause_s)


class Session(Protocol):
    """What carries a request of botocore over the wire."""

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Send, and answer with what came."""

    def close(self) -> None:
        """Let go of all connections."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Gives each attempt of a call what is left of its time: a handler of the event `request-created`."""

    patience: Patience
    clock_s: Callable[[], float] = time.monotonic

    def begin(self, request: AWSRequest, operation_name: str, **_: object) -> None:
        """Set how long this attempt may be silent.

        Raises:
            ReadTimeoutError: the earlier attempts have used the time up.
        """
        began_s = request.context.setdefault("began_s", self.clock_s())
        silence_s = self.patience.silence_within(self.patience.call_s - (self.clock_s() - began_s))
        if silence_s <= 0:
            raise ReadTimeoutError(endpoint_url=str(request.url))
        request.context["read_timeout"] = self.patience.poll_s if operation_name == LONG_POLL else silence_s


@dataclass(frozen=True, slots=True)
class PacedSession:
    """A session whose answers must flow."""

    session: Session
    patience: Patience
    clock_s: Callable[[], float] = time.monotonic

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Send `request`; an answer that is no stream is read here, so that a failure of it is tried again.

        Raises:
            HTTPClientError: no answer, or none that keeps the pace.
        """
        is_stream, request.stream_output = request.stream_output, True
        answer = self.session.send(request)
        answer.raw = Paced(answer.raw, request.url, self.patience, self.clock_s)
        if not is_stream:
            _read(answer)
        return answer

    def close(self) -> None:
        """Let go of all connections."""
        self.session.close()


def _read(answer: AWSResponse) -> None:
    try:
        _ = answer.content
    except HTTPClientError:
        raise
    except Exception as error:
        raise HTTPClientError(error=error) from error


@dataclass(slots=True)
class Paced:
    """The bytes of an answer, as they come; given up where they come too slowly."""

    raw: Any
    url: str
    patience: Patience
    clock_s: Callable[[], float]
    _waited_s: float = 0.0
    _bytes: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)

    def read(self, amt: int | None = None) -> bytes:
        """At most `amt` bytes, fewer only at the end; without it all there are.

        Raises:
            ReadTimeoutError: the answer does not keep the pace.
        """
        return b"".join(self._blocks(amt))

    def stream(self, *_: object) -> Iterator[bytes]:
        """All there is, block by block."""
        return self._blocks(None)

    def _blocks(self, amt: int | None) -> Iterator[bytes]:
        left = amt
        for _ in count():
            block = self._block(left)
            if not block:
                return
            left = None if left is None else left - len(block)
            yield block

    def _block(self, left: int | None) -> bytes:
        if left == 0:
            return b""
        # Only the waiting counts: whoever reads may take its time with what it has.
        asked_s = self.clock_s()
        block: bytes = self.raw.read1(BLOCK_BYTES if left is None else min(left, BLOCK_BYTES))
        self._waited_s += self.clock_s() - asked_s
        self._bytes += len(block)
        if block and self._waited_s >= self.patience.pace_s:
            self._judge()
        return block

    def _judge(self) -> None:
        if self._bytes < self.patience.pace_bytes:
            self.raw.close()
            raise ReadTimeoutError(endpoint_url=self.url)
        self._waited_s, self._bytes = 0.0, 0
