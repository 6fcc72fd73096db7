"""HTTP entry: a gateway event comes in, one use case is called, an answer goes out. `handler` is the function."""

import base64
from functools import cache
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from pydantic import BaseModel

from api import results, submit, uploads
from api.auth import Keyring, Principal, authenticate
from api.contract.accept import MEDIA_TYPES
from api.contract.bodies import Incoming
from api.contract.docs import docs_page
from api.contract.problems import PROBLEM_TYPE, answerable, headers_of, problem_of
from api.contract.routes import routes_at
from api.parts import Parts, production
from shared.errors.jobs import InternalError
from shared.errors.requests import MethodNotAllowed, NotFound

OPENAPI = Path(__file__).with_name("openapi.json")
UNIVERSAL_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

router = APIGatewayRouter()  # type: ignore[no-untyped-call]  # powertools leaves it untyped


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one event of API Gateway (REST, payload 1.0)."""
    return respond(event, context, production())


def respond(event: dict[str, Any], context: Any, parts: Parts) -> dict[str, Any]:
    """Answer `event` with `parts`; each answer carries the request's id."""
    began, request_id = parts.now(), _request_id(event)
    _app().append_context(parts=parts)  # type: ignore[no-untyped-call]  # powertools leaves it untyped
    answer = _app().resolve(event, context)
    for name, value in {**UNIVERSAL_HEADERS, "X-Request-Id": request_id}.items():
        answer["multiValueHeaders"].setdefault(name, [value])
    route = routes_at(event["path"]).get(event["httpMethod"])
    parts.observer.tell(
        "request_served",
        route=route.name if route else "none",
        status=answer["statusCode"],
        elapsed_ms=round((parts.now() - began) * 1_000),
        request_id=request_id,
    )
    return answer


@router.post("/v1/jobs")
def submit_job() -> Response[str]:
    """Accept a call."""
    accepted = submit.accept(_incoming(), _principal(), _parts())
    replayed = {"Idempotency-Replayed": "true"} if accepted.replayed else {}
    return _json(accepted.view, 202, {"Location": accepted.view.links.self, **replayed})


@router.post("/v1/jobs/<job_id>/upload")
def sign_upload(job_id: str) -> Response[str]:
    """Give a fresh place to upload to."""
    return _json(uploads.sign(job_id, _incoming(), _principal(), _parts()))


@router.post("/v1/jobs/<job_id>/upload/complete")
def complete_upload(job_id: str) -> Response[str]:
    """Take note that the audio is there."""
    return _json(uploads.confirm(job_id, _incoming(), _principal(), _parts()))


@router.get("/v1/jobs/<job_id>")
def read_job(job_id: str) -> Response[str]:
    """Show a job, or 304 if the caller has seen it so."""
    seen = results.look(job_id, _query(), _principal(), _parts())
    headers = {"ETag": seen.etag, "Cache-Control": "private, no-cache"}
    if seen.retry_after_s is not None:
        headers["Retry-After"] = str(seen.retry_after_s)
    if seen.etag in (router.current_event.headers.get("if-none-match") or ""):
        return Response(304, body="", headers=headers)
    return _json(seen.view, 200, headers)


@router.get("/v1/jobs/<job_id>/transcript")
def read_transcript(job_id: str) -> Response[str]:
    """Show the transcript."""
    accept = router.current_event.headers.get("accept")
    document = results.transcript(job_id, _query(), accept, _principal(), _parts())
    media = MEDIA_TYPES[document.format]
    charset = "" if document.format == "json" else "; charset=utf-8"
    return Response(200, media + charset, document.text, {"Vary": "Accept, Accept-Encoding"})


@router.get("/v1/models")
def list_models() -> Response[str]:
    """Show the models."""
    return _json(results.models(_parts()))


@router.get("/v1/health")
def check_health() -> Response[str]:
    """Show that the table answers."""
    return _json(results.health(_parts()))


@router.get("/v1/openapi.json")
def read_openapi() -> Response[str]:
    """Show the description of this API."""
    return Response(200, "application/json", OPENAPI.read_text("utf-8"))


@router.get("/docs")
def show_docs() -> Response[str]:
    """Show a page on which the API can be tried."""
    return Response(200, "text/html; charset=utf-8", docs_page(OPENAPI.read_text("utf-8")))


def admit(app: APIGatewayRestResolver, next_middleware: NextMiddleware) -> Response[Any]:
    """The checks before any route, in the contract's order: key, route, scope."""
    event = app.current_event
    routes = routes_at(event.path)
    route = routes.get(event.http_method)
    if route is None or route.scope is not None:
        principal = authenticate(event.headers.get("authorization"), _parts(), _keyring())
        app.append_context(principal=principal)  # type: ignore[no-untyped-call]  # powertools leaves it untyped
        if not routes:
            raise NotFound
        if route is None:
            raise MethodNotAllowed(allow=", ".join(routes))
        principal.require(route.scope or "")
    return next_middleware(app)


def refuse(error: Exception) -> Response[str]:
    """Answer any error as a problem; what nobody named is told to the log alone, without its text."""
    # An id may hold characters that the router's patterns do not: then the router, not a route, knows it not.
    shown = NotFound() if isinstance(error, NotFoundError) else answerable(error)
    request_id = _request_id(router.current_event.raw_event)
    if isinstance(shown, InternalError):
        _parts().observer.tell_crash(error, request_id=request_id)
    problem = problem_of(shown, request_id)
    return Response(problem.status, PROBLEM_TYPE, problem.model_dump_json(), headers_of(shown))


@cache
def _app() -> APIGatewayRestResolver:
    """The resolver, built once a process."""
    app = APIGatewayRestResolver()
    app.use([admit])
    app.include_router(router)
    app.exception_handler(Exception)(refuse)
    return app


@cache
def _keyring() -> Keyring:
    """The keys that this process has seen, kept between requests."""
    return Keyring()


def _json(model: BaseModel, status: int = 200, headers: dict[str, str] | None = None) -> Response[str]:
    return Response(status, "application/json", model.model_dump_json(by_alias=True), headers)


def _incoming() -> Incoming:
    """What a POST brought; text that is no UTF-8 is kept so, for the parser to refuse."""
    event = router.current_event
    text = event.raw_event.get("body") or ""
    body = base64.b64decode(text) if event.is_base64_encoded else text.encode("utf-8", "surrogatepass")
    return Incoming(event.headers.get("content-type") or "", body, event.headers.get("idempotency-key"))


def _query() -> dict[str, str]:
    return dict(router.current_event.query_string_parameters or {})


def _parts() -> Parts:
    parts: Parts = router.context["parts"]
    return parts


def _principal() -> Principal:
    principal: Principal = router.context["principal"]
    return principal


def _request_id(event: dict[str, Any]) -> str:
    """The id that the gateway gave this request."""
    return str(event["requestContext"]["requestId"])
