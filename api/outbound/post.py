"""One attempt to deliver: resolve once, connect to what was vetted, post, note the status, hang up."""

import contextlib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

import httpcore

from api.outbound.addresses import Target, check_url
from api.outbound.failures import Failure, Unanswered
from api.outbound.names import Resolve, look_up, vetted
from api.outbound.schedule import retry_after_s
from api.outbound.wire import READ_BYTES, Budget, Wire
from shared.errors.requests import UrlNotAllowed

CONNECT_S = 5.0
TOTAL_S = 15.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver said, as far as it matters."""

    status: int
    retry_after_s: int | None


@dataclass(frozen=True, slots=True)
class Delivered:
    """How an attempt ended: with an answer's `status`, or with `error` and neither status nor wish."""

    status: int | None
    retry_after_s: int | None
    elapsed_s: float
    error: Failure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Posts to receivers that it does not trust: no redirects, no proxies, a connection for each attempt.

    `clock` counts seconds from anywhere, never backwards. `trust` is for receivers with a certificate of their
    own making; None trusts what the system does. `connect_s` bounds the look-up of the name, and again TCP and
    TLS together; `total_s` bounds everything, so it also ends an answer that comes byte by byte.
    """

    clock: Callable[[], float]
    allow_loopback: bool = False
    resolve: Resolve = look_up
    network: httpcore.NetworkBackend = field(default_factory=httpcore.SyncBackend)
    trust: ssl.SSLContext | None = None
    connect_s: float = CONNECT_S
    total_s: float = TOTAL_S

    def vet(self, url: str) -> Target:
        """Check `url` before it is kept: its form, and where its name leads today.

        Raises:
            UrlNotAllowed: a rule is broken, or the name leads nowhere.
        """
        target = check_url(url, allow_loopback=self.allow_loopback)
        try:
            self._addresses(target)
        except Unanswered as error:
            raise UrlNotAllowed(_REFUSALS[error.failure]) from None
        return target

    def post(self, url: str, headers: Mapping[str, str], body: bytes, now: float) -> Delivered:
        """Try once to deliver `body`; whatever the receiver does is an answer or a word, never an exception.

        Args:
            url: checked again, for a rule may be newer than the endpoint.
            headers: those of the message; Host, Connection and Content-Length are added.
            body: sent as it is.
            now: epoch seconds, against which a date in Retry-After is read.
        """
        started = self.clock()
        try:
            answer = self._attempt(url, headers, body, now)
        except UrlNotAllowed:
            return Delivered(None, None, self.clock() - started, Failure.URL_NOT_ALLOWED)
        except Unanswered as error:
            return Delivered(None, None, self.clock() - started, error.failure)
        except httpcore.RemoteProtocolError:
            return Delivered(None, None, self.clock() - started, Failure.BAD_ANSWER)
        return Delivered(answer.status, answer.retry_after_s, self.clock() - started, None)

    def _attempt(self, url: str, headers: Mapping[str, str], body: bytes, now: float) -> Answer:
        until = self.clock() + self.total_s
        target = check_url(url, allow_loopback=self.allow_loopback)
        addresses = self._addresses(target)
        budget = Budget(self.clock, connect_until=self.clock() + self.connect_s, until=until)
        fields = [("Host", target.authority), ("Connection", "close"), *headers.items()]
        with (
            self._connection(target, Wire(self.network, addresses, budget)) as connection,
            connection.stream("POST", _url_of(target), headers=fields, content=body) as response,
        ):
            _drain(response, budget)
        return _answer_of(response, now)

    def _addresses(self, target: Target) -> list[str]:
        limit_s = min(self.connect_s, self.total_s)
        return vetted(target, self.resolve, limit_s, allow_loopback=self.allow_loopback)

    def _connection(self, target: Target, wire: Wire) -> httpcore.HTTPConnection:
        origin = _url_of(target).origin
        trust = (self.trust or _system_trust()) if target.scheme == "https" else None
        return httpcore.HTTPConnection(origin, ssl_context=trust, network_backend=wire)


_REFUSALS = {
    Failure.NAME_NOT_FOUND: "The host of the URL has no address: check its spelling or publish it first.",
    Failure.TIMEOUT: "The host of the URL could not be looked up in time: check its name servers and try again.",
    Failure.ADDRESS_NOT_ALLOWED: "The host of the URL leads to an address that is not public: every one must be.",
}


@cache
def _system_trust() -> ssl.SSLContext:
    """Reads some hundred certificates, so once a process."""
    return httpcore.default_ssl_context()


def _url_of(target: Target) -> httpcore.URL:
    """The parts as they were checked: nothing parses the URL a second time."""
    return httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)


def _drain(response: httpcore.Response, budget: Budget) -> None:
    """Let a receiver finish a short answer in peace; the status stands, however the rest ends."""
    if budget.received_bytes >= READ_BYTES:
        return
    with contextlib.suppress(Unanswered, httpcore.RemoteProtocolError):
        for _ in response.iter_stream():
            if budget.received_bytes >= READ_BYTES:
                return


def _answer_of(response: httpcore.Response, now: float) -> Answer:
    wishes = [value for name, value in response.headers if name.lower() == b"retry-after"]
    asked = retry_after_s(wishes[0].decode("latin-1"), now) if wishes else None
    return Answer(response.status, asked)
