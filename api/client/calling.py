"""One request to the service: with the key, repeated while that may help, refusals told as errors."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote

import httpx
from pydantic import ValidationError
from tenacity import RetryCallState, Retrying, retry_if_exception, wait_exponential_jitter

from api.client.errors import ApiError, FieldProblem, NotTheService, Refusal, Unreachable
from api.client.views import View

PATIENCE_S = 60.0
"""How long to go on trying; a service that asks for a longer pause is not waited for."""
PASSING = frozenset({429, 500, 502, 503, 504})
_backoff = wait_exponential_jitter(multiplier=0.25, max=5.0)
V = TypeVar("V", bound=View)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try again, and how to wait meanwhile; tests hand in a wait that takes no time."""

    total_s: float = PATIENCE_S
    pause: Callable[[float], object] = field(default_factory=lambda: threading.Event().wait)

    def trying(self, passes: Callable[[BaseException], bool]) -> Retrying:
        """Repeats while `passes` says of an error that another try may succeed, and time is left."""
        return Retrying(
            retry=retry_if_exception(passes), wait=_wait_s, stop=self._is_over, sleep=self._rest, reraise=True
        )

    def _rest(self, seconds: float) -> None:
        self.pause(seconds)

    def _is_over(self, state: RetryCallState) -> bool:
        spent_s = max(state.idle_for, state.seconds_since_start or 0.0)
        return spent_s + state.upcoming_sleep > self.total_s


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the methods of the client word it. `may_repeat`: twice does no more than once."""

    verb: str
    path: str
    params: Mapping[str, object] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    key: str | None = None
    may_repeat: bool = True


@dataclass(frozen=True, slots=True)
class Wire:
    """The connection to one service under one key; any number of threads may use it at a time."""

    url: str
    key: str
    http: httpx.Client
    patience: Patience

    def answer(self, asked: Asked) -> httpx.Response:
        """Send, and send again while that may help: always the same request with the same Idempotency-Key.

        Raises:
            ApiError: the service refuses; `problem` is the code of the contract.
            Unreachable: no answer.
        """
        trying = self.patience.trying(is_passing if asked.may_repeat else _was_never_sent)
        request = self._request(asked)
        try:
            return trying(self._once, request)
        except httpx.TransportError as error:
            raise Unreachable(f"Nothing answers at {self.url} ({type(error).__name__}).") from error

    def read(self, asked: Asked, view: type[V]) -> V:
        """The answer as `view`.

        Raises:
            NotTheService: it is something else; and as `answer`.
        """
        return seen(view, self.answer(asked))

    def _request(self, asked: Asked) -> httpx.Request:
        headers = {"Authorization": f"Bearer {self.key}"}
        if asked.key is not None:
            headers["Idempotency-Key"] = asked.key
        params = {name: _query(value) for name, value in asked.params.items() if value is not None}
        try:
            return self.http.build_request(
                asked.verb, self.url + asked.path, params=params, json=asked.body, headers=headers
            )
        except (httpx.InvalidURL, UnicodeEncodeError) as error:
            raise NotTheService(f"Address or key cannot be sent: {error}") from error

    def _once(self, request: httpx.Request) -> httpx.Response:
        try:
            answer = self.http.send(request)
        except httpx.UnsupportedProtocol as error:
            raise NotTheService(f"{self.url} is no address: it begins with http:// or https://.") from error
        if answer.is_error:
            raise ApiError(refusal_of(answer))
        return answer


def at(*parts: str) -> str:
    """A path under /v1; ids may hold any character and stay one part of it."""
    return "/v1/" + "/".join(quote(part, safe="") or "-" for part in parts)


def seen(view: type[V], answer: httpx.Response) -> V:
    """`answer` as `view`.

    Raises:
        NotTheService: it is something else.
    """
    try:
        return view.model_validate_json(answer.content)
    except ValidationError as error:
        where = answer.request.url.copy_with(query=None)
        raise NotTheService(f"The answer of {where} is not what the contract promises.") from error


def is_passing(error: BaseException) -> bool:
    """Whether another try may succeed: no answer at all, or an answer that says so."""
    if isinstance(error, ApiError):
        return error.status in PASSING
    return isinstance(error, httpx.TransportError) and not isinstance(error, httpx.UnsupportedProtocol)


def refusal_of(answer: httpx.Response) -> Refusal:
    """What a refusing answer tells, RFC 9457 or not."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    body = body if isinstance(body, dict) else {}
    after = answer.headers.get("Retry-After", "")
    return Refusal(
        answer.status_code,
        str(body.get("code", "unknown")),
        str(body.get("detail") or body.get("title") or answer.reason_phrase),
        tuple(_field(told) for told in body.get("errors") or ()),
        body.get("request_id") or answer.headers.get("X-Request-Id"),
        float(after) if after.isdigit() else None,
    )


def _field(told: Mapping[str, object]) -> FieldProblem:
    return FieldProblem(str(told.get("pointer")), str(told.get("code")), str(told.get("message")))


def _was_never_sent(error: BaseException) -> bool:
    """Whether the service cannot have acted on the request."""
    if isinstance(error, ApiError):
        return error.status == httpx.codes.TOO_MANY_REQUESTS
    return isinstance(error, httpx.ConnectError)


def _query(value: object) -> str | list[str]:
    """A value as it stands behind the question mark."""
    if isinstance(value, (list, tuple)):
        return [str(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _wait_s(state: RetryCallState) -> float:
    """As long as the service asks for, else exponential back-off."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_s if isinstance(error, ApiError) else None
    return _backoff(state) if asked is None else asked
