"""What comes back: good answers with their headers, examples and links, and refusals by status."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from api.contract.describing.links import links_from
from api.contract.describing.schemas import Json, ref
from api.contract.describing.shown import ANSWERS, TEXTS, problem
from api.contract.problems import PROBLEM_TYPE, STATUSES, Problem
from api.contract.reading.accept import MEDIA_TYPES
from api.contract.routes import RouteSpec
from shared.transcript import Transcript

JSON = "application/json"
_HEADERS: Mapping[str, tuple[str, Json, bool]] = MappingProxyType(
    {
        "X-Request-Id": ("name it when you ask us", {"type": "string"}, True),
        "Location": ("path of what was made", {"type": "string", "pattern": "^/v1/"}, True),
        "Idempotency-Replayed": (
            "an earlier request with this key made it",
            {"type": "string", "const": "true"},
            False,
        ),
        "ETag": ("for If-None-Match", {"type": "string", "pattern": '^"[^"]+"$'}, True),
        "Retry-After": ("seconds", {"type": "integer", "minimum": 0}, False),
        "WWW-Authenticate": ("how to show a key", {"type": "string", "const": "Bearer"}, True),
        "Allow": ("the methods of this path", {"type": "string"}, True),
        "Vary": ("what the form depends on", {"type": "string"}, True),
    }
)
HEADERS: Json = {
    name: {"description": said, "required": always, "schema": schema}
    for name, (said, schema, always) in _HEADERS.items()
}
_OF_ROUTE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"read_job": ("ETag", "Retry-After"), "read_transcript": ("Vary",)}
)
_OF_REFUSAL: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {401: ("WWW-Authenticate",), 405: ("Allow",), 409: ("Retry-After",), 429: ("Retry-After",), 503: ("Retry-After",)}
)


def answers_of(route: RouteSpec) -> Json:
    """Every answer of `route`, by status."""
    return {**_good(route), **_refusals(route)}


def codes_of(route: RouteSpec) -> list[str]:
    """The code of every refusal; the gateway refuses too long a head of any request."""
    return sorted({*route.refusals, "malformed_request"})


def refusals() -> Json:
    """The responses that routes refer to: one a status, with an example of each code that it may carry."""
    by_status: dict[int, list[str]] = {}
    for code, status in STATUSES.items():
        by_status.setdefault(status, []).append(code)
    return {_named(status): _refusal(status, codes) for status, codes in by_status.items()}


def _good(route: RouteSpec) -> Json:
    """What comes back when all is well."""
    named = (*(("Location", "Idempotency-Replayed") if route.creates else ()), *_OF_ROUTE.get(route.name, ()))
    answer: Json = {"description": route.summary, "headers": _headers(*named), **_content(route)}
    if found := links_from(route.name):
        answer["links"] = found
    return {str(route.status): answer} | {str(status): _other(route, named) for status in route.statuses}


def _other(route: RouteSpec, named: tuple[str, ...]) -> Json:
    """A good answer beside the usual one: a preview, which is nowhere, or nothing, since nothing has changed."""
    if route.other is None:
        return {"description": "Unchanged", "headers": _headers(*named)}
    content = {JSON: {"schema": ref(route.other), "example": ANSWERS[route.other.__name__]}}
    return {"description": "The same without doing it", "headers": _headers(), "content": content}


def _headers(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-Id", *names)}


def _content(route: RouteSpec) -> Json:
    """The body of a good answer."""
    if route.answer is not None:
        return {"content": {JSON: {"schema": ref(route.answer), "example": ANSWERS[route.name]}}}
    if route.name == "read_transcript":
        texts = {MEDIA_TYPES[form]: {"schema": {"type": "string"}, "example": text} for form, text in TEXTS.items()}
        return {"content": {JSON: {"schema": ref(Transcript), "example": ANSWERS[route.name]}} | texts}
    if route.status == HTTPStatus.NO_CONTENT:
        return {}
    return {"content": {JSON: {"schema": {"type": "object"}, "example": {"openapi": "3.1.0"}}}}


def _refusals(route: RouteSpec) -> Json:
    """Where each refusal is described, and which of its codes this route may give."""
    by_status: dict[int, list[str]] = {}
    for code in codes_of(route):
        by_status.setdefault(STATUSES[code], []).append(code)
    return {
        str(status): {
            "$ref": f"#/components/responses/{_named(status)}",
            "description": ", ".join(f"`{code}`" for code in codes),
        }
        for status, codes in sorted(by_status.items())
    }


def _refusal(status: int, codes: list[str]) -> Json:
    """One status: the headers that go with it, and a problem of each code."""
    shown = {code: {"value": problem(code)} for code in codes}
    return {
        "description": ", ".join(f"`{code}`" for code in codes),
        "headers": _headers(*_OF_REFUSAL.get(status, ())),
        "content": {PROBLEM_TYPE: {"schema": ref(Problem), "examples": shown}},
    }


def _named(status: int) -> str:
    return f"Refused{status}"
