"""The network as one attempt may use it: vetted addresses alone, until a moment, up to a number of bytes."""

import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import httpcore

from api.outbound.failures import Failure, Unanswered

READ_BYTES = 4096
"""One read; all that is read of an answer whose head fits into it."""
HEAD_BYTES = 4 * READ_BYTES
"""Room for heads that proxies fill with policies and cookies; a longer answer has no status for us."""


@dataclass(slots=True)
class Budget:
    """What is left of one attempt; both moments are on `clock`, whose zero means nothing."""

    clock: Callable[[], float]
    connect_until: float
    until: float
    received_bytes: int = 0

    def connecting_s(self, shares: int = 1) -> float:
        """Seconds for one of `shares` equal parts of what is left for connecting.

        Raises:
            Unanswered: `timeout`.
        """
        return self._left_s(min(self.connect_until, self.until)) / shares

    def left_s(self) -> float:
        """Seconds for all that is still to do.

        Raises:
            Unanswered: `timeout`.
        """
        return self._left_s(self.until)

    def _left_s(self, until: float) -> float:
        left_s = until - self.clock()
        if left_s <= 0:
            raise Unanswered(Failure.TIMEOUT)
        return left_s


class Stream(httpcore.NetworkStream):
    """A connection that ends with its budget: a receiver that dribbles gains no time by it."""

    def __init__(self, inner: httpcore.NetworkStream, budget: Budget) -> None:
        """Put `inner` under `budget`."""
        self._inner = inner
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002  (the budget rules)
        """Read on, to the next multiple of 4 KB at most."""
        received = self._budget.received_bytes
        if received >= HEAD_BYTES:
            raise Unanswered(Failure.TOO_LONG_ANSWER)
        try:
            data = self._inner.read(min(max_bytes, READ_BYTES - received % READ_BYTES), self._budget.left_s())
        except httpcore.ReadTimeout:
            raise Unanswered(Failure.TIMEOUT) from None
        except httpcore.ReadError as error:
            raise Unanswered(_word_of(error, Failure.CONNECTION_CLOSED)) from error
        if not data and not received:
            raise Unanswered(Failure.CONNECTION_CLOSED)
        self._budget.received_bytes += len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002  (the budget rules)
        """Write all of `buffer`; a WriteError passes, for the receiver may have answered before it closed."""
        try:
            self._inner.write(buffer, self._budget.left_s())
        except httpcore.WriteTimeout:
            raise Unanswered(Failure.TIMEOUT) from None

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "Stream":
        """Shake hands within the time for connecting."""
        try:
            timeout = self._budget.connecting_s()
            return Stream(self._inner.start_tls(ssl_context, server_hostname, timeout), self._budget)
        except httpcore.ConnectTimeout:
            raise Unanswered(Failure.TIMEOUT) from None
        except httpcore.ConnectError as error:
            raise Unanswered(Failure.TLS_FAILED) from error
        except Unanswered:
            self.close()
            raise

    def get_extra_info(self, info: str) -> Any:
        """What the connection knows of itself."""
        return self._inner.get_extra_info(info)


class Wire(httpcore.NetworkBackend):
    """Connects to `addresses` in turn, whatever name it is asked for: what was vetted is what is used."""

    def __init__(self, inner: httpcore.NetworkBackend, addresses: list[str], budget: Budget) -> None:
        """Use `inner` for `addresses` alone, within `budget`."""
        self._inner = inner
        self._addresses = addresses
        self._budget = budget

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002  (for TLS and the Host header alone)
        port: int,
        timeout: float | None = None,  # noqa: ARG002  (the budget rules)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> Stream:
        """Connect to the first address that answers; a silent one leaves the others their share of the time."""
        failure = Failure.CONNECTION_FAILED
        for index, address in enumerate(self._addresses):
            share_s = self._budget.connecting_s(len(self._addresses) - index)
            try:
                stream = self._inner.connect_tcp(address, port, share_s, local_address, socket_options)
                return Stream(stream, self._budget)
            except httpcore.ConnectTimeout:
                failure = Failure.TIMEOUT
            except httpcore.ConnectError as error:
                failure = _word_of(error, Failure.CONNECTION_FAILED)
        raise Unanswered(failure)


def _word_of(error: Exception, other: Failure) -> Failure:
    """What the operating system or TLS said beneath `error`; `other` where it is neither's own word."""
    match error.__cause__:
        case ConnectionRefusedError():
            return Failure.CONNECTION_REFUSED
        case ssl.SSLError():
            return Failure.TLS_FAILED
        case _:
            return other
