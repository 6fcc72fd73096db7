"""The wire between a client and AWS, on which a request, an answer, or both can be lost.

It stands where botocore lets a request leave the process, below the retries, so what a fault comes to is decided by
our settings of botocore and by the adapter, as on AWS. Nothing sleeps: the waits between retries are left out.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from botocore.hooks import first_non_none_response

Fault = Literal["lost_request", "lost_response", "unavailable", "throttled"]
FAULTS: tuple[Fault, ...] = ("lost_request", "lost_response", "unavailable", "throttled")
ENDPOINT = "http://aws.example"
THROTTLED = {
    "s3": ("SlowDown", 503),
    "dynamodb": ("ProvisionedThroughputExceededException", 400),
    "sns": ("ThrottledException", 429),
    "sqs": ("OverLimit", 403),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt of one request: `number` counts the calls of a wire, `attempt` the tries of this one."""

    service: str
    operation: str
    number: int
    attempt: int


@dataclass
class Wire:
    """All requests of some clients; `judge` says what happens to each attempt."""

    judge: Callable[[Call], Fault | None] = lambda _call: None
    calls: list[Call] = field(default_factory=list)

    def attach(self, *clients: Any) -> "Wire":
        for client in clients:
            _tap(client._endpoint, self)
        return self

    @contextmanager
    def failing(self, fault: Fault, operation: str, attempts: int = 99) -> Iterator[None]:
        """The first `attempts` tries of each `operation` meet `fault`."""
        self.judge = lambda call: fault if call.operation == operation and call.attempt <= attempts else None
        try:
            yield
        finally:
            self.judge = lambda _call: None

    @contextmanager
    def failing_at(self, fault: Fault, number: int, attempts: int = 99) -> Iterator[None]:
        """The call with this number from now, whatever it is, meets `fault`."""
        begin = self._count()
        self.judge = lambda call: fault if call.number == begin + number and call.attempt <= attempts else None
        try:
            yield
        finally:
            self.judge = lambda _call: None

    def note(self, service: str, operation: str, context: Any) -> Call:
        attempt = context["retries"]["attempt"]
        number = self._count() + (1 if attempt == 1 else 0)
        self.calls.append(Call(service, operation, number, attempt))
        return self.calls[-1]

    def _count(self) -> int:
        return self.calls[-1].number if self.calls else 0


class Empty:
    """A body without bytes."""

    def stream(self) -> list[bytes]:
        return []


def refusal(code: str, status: int) -> tuple[AWSResponse, dict[str, Any]]:
    """An error as botocore has it once it is parsed."""
    parsed = {
        "Error": {"Code": code, "Message": code},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}, "RetryAttempts": 0},
    }
    return AWSResponse(ENDPOINT, status, {}, Empty()), parsed


def _tap(endpoint: Any, wire: Wire) -> None:
    carry = endpoint._do_get_response

    def tapped(request: Any, operation_model: Any, context: Any) -> Any:
        service = operation_model.service_model.service_name
        fault = wire.judge(wire.note(service, operation_model.name, context))
        if fault == "lost_request":
            return None, ConnectionClosedError(endpoint_url=ENDPOINT)
        if fault == "unavailable":
            return refusal("ServiceUnavailable", 503), None
        if fault == "throttled":
            return refusal(*THROTTLED[service]), None
        answer = carry(request, operation_model, context)
        return (None, ReadTimeoutError(endpoint_url=ENDPOINT)) if fault == "lost_response" else answer

    endpoint._do_get_response = tapped
    endpoint._needs_retry = functools.partial(_is_tried_again, endpoint)


def _is_tried_again(endpoint: Any, attempts: int, model: Any, *of: Any) -> bool:
    """As botocore decides it of (request, response, exception), without its sleep."""
    request, response, caught = of
    service_id = model.service_model.service_id.hyphenize()
    judged = endpoint._event_emitter.emit(
        f"needs-retry.{service_id}.{model.name}",
        response=response,
        endpoint=endpoint,
        operation=model,
        attempts=attempts,
        caught_exception=caught,
        request_dict=request,
    )
    pause_s = first_non_none_response(judged)
    return pause_s is not None and pause_s is not False
