"""Every refusal as RFC 9457 problem details, and the one mapping from code to HTTP status."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import Field

from api.contract.codes import FieldCode
from shared.errors.jobs import InternalError, JobError
from shared.errors.requests import RequestError, Unavailable, ValidationFailed
from shared.errors.root import CallscribeError
from shared.errors.transient import TransientError
from shared.job import Frozen

PROBLEM_TYPE = "application/problem+json"
UNAVAILABLE_RETRY_S = 5

STATUSES: Mapping[str, int] = MappingProxyType(
    {
        "malformed_request": 400,
        "unauthenticated": 401,
        "forbidden": 403,
        "not_found": 404,
        "method_not_allowed": 405,
        "not_acceptable": 406,
        "not_ready": 409,
        "no_transcript": 409,
        "no_recording": 409,
        "state_conflict": 409,
        "upload_missing": 409,
        "erased": 410,
        "audio_expired": 410,
        "transcript_expired": 410,
        "body_too_large": 413,
        "unsupported_media_type": 415,
        "unsupported_format": 415,
        "validation_failed": 422,
        "idempotency_key_reused": 422,
        "cursor_invalid": 422,
        "url_not_allowed": 422,
        "bucket_not_allowed": 422,
        "audio_not_found": 422,
        "audio_access_denied": 422,
        "audio_too_large": 422,
        "empty_file": 422,
        "rate_limited": 429,
        "queue_full": 429,
        "quota_exceeded": 429,
        "internal_error": 500,
        "unavailable": 503,
    }
)


class FieldProblem(Frozen):
    """One field that is not valid."""

    pointer: str = Field(description="JSON pointer into the body; /query/… names a query parameter")
    code: FieldCode
    message: str = Field(description="how to mend it")


class Problem(Frozen):
    """Why a request was refused, and what to do."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    retryable: bool = Field(description="may the same request succeed later, unchanged?")
    request_id: str = Field(description="the X-Request-Id of this answer: name it when you ask us")
    errors: tuple[FieldProblem, ...] = ()


def answerable(error: Exception) -> CallscribeError:
    """`error` as something that may be shown: a dependency that is down, and a bug, are told without their cause."""
    if isinstance(error, TransientError):
        return Unavailable()
    if isinstance(error, (RequestError, JobError)) and error.code in STATUSES:
        return error
    return InternalError()


def problem_of(error: CallscribeError, request_id: str) -> Problem:
    """The body of the refusal that `error` asks for."""
    fields = error.errors if isinstance(error, ValidationFailed) else ()
    return Problem(
        type=f"urn:callscribe:error:{error.code}",
        title=error.sentence.split(". ", maxsplit=1)[0].rstrip("."),
        status=STATUSES[error.code],
        detail=error.message if not fields else str(error),
        code=error.code,
        retryable=error.retryable,
        request_id=request_id,
        errors=tuple(
            FieldProblem.model_validate({"pointer": f.pointer, "code": f.code, "message": f.message}) for f in fields
        ),
    )


def headers_of(error: CallscribeError) -> dict[str, str]:
    """The headers that go with the refusal: how to authenticate, when to come again, what is allowed."""
    facts: dict[str, Any] = error.facts
    match error.code:
        case "unauthenticated":
            return {"WWW-Authenticate": "Bearer"}
        case "method_not_allowed":
            return {"Allow": str(facts.get("allow", ""))}
        case "not_ready" | "rate_limited" | "queue_full" | "quota_exceeded" | "unavailable":
            return {"Retry-After": str(facts.get("retry_after_s", UNAVAILABLE_RETRY_S))}
        case _:
            return {}
