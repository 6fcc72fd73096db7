"""HTTP entry: a gateway event comes in, one use case is called, an answer goes out. `handler` is the function."""

from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from api.access.allowances import Rates
from api.access.principal import Keyring, identify
from api.contract.problems import PROBLEM_TYPE, answerable, headers_of, problem_of
from api.contract.reading.bodies import check_form
from api.contract.reading.queries import refuse_parameters
from api.contract.routes import routes_at
from api.parts import Parts, serving
from api.routes import incoming, query, router
from api.routes import parts as handed
from shared.errors.jobs import InternalError
from shared.errors.requests import MethodNotAllowed, NotFound

UNIVERSAL_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one event of API Gateway (REST, payload 1.0)."""
    with serving() as parts:
        return respond(event, context, parts)


def respond(event: dict[str, Any], context: Any, parts: Parts) -> dict[str, Any]:
    """Answer `event` with `parts`; each answer carries the request's id."""
    began, request_id = parts.now(), _request_id(event)
    _app().append_context(parts=parts)  # type: ignore[no-untyped-call]  # powertools leaves it untyped
    with parts.tracing.under(_header(event, "traceparent")):
        answer = _app().resolve(event, context)
    for name, value in {**UNIVERSAL_HEADERS, "X-Request-Id": request_id}.items():
        answer["multiValueHeaders"].setdefault(name, [value])
    route = routes_at(event["path"]).get(event["httpMethod"])
    parts.observer.tell(
        "request_served",
        route=route.name if route else "none",
        status=answer["statusCode"],
        elapsed_ms=round((parts.now() - began) * 1_000),
        waits="yes" if "wait" in (event.get("multiValueQueryStringParameters") or {}) else "no",
        request_id=request_id,
    )
    return answer


def admit(app: APIGatewayRestResolver, next_middleware: NextMiddleware) -> Response[Any]:
    """The checks before any route, in the contract's order: key, route, rate, scope, form."""
    event = app.current_event
    routes = routes_at(event.path)
    route = routes.get(event.http_method)
    if route is None or route.scope is not None:
        principal = identify(event.raw_event, event.headers.get("authorization"), handed(), _keyring())
        app.append_context(principal=principal)  # type: ignore[no-untyped-call]  # powertools leaves it untyped
        if not routes:
            raise NotFound
        if route is None:
            raise MethodNotAllowed(allow=", ".join(routes))
        _rates().take(principal.tenant, "reads" if route.verb == "GET" else "submits", handed())
        principal.require(route.scope or "")
        if route.acts_on_one:
            check_form(route, incoming())
        if route.query is None:
            refuse_parameters(query())
    return next_middleware(app)


def refuse(error: Exception) -> Response[str]:
    """Answer any error as a problem; what nobody named is told to the log alone, without its text."""
    # An id may hold characters that the router's patterns do not: then the router, not a route, knows it not.
    shown = NotFound() if isinstance(error, NotFoundError) else answerable(error)
    request_id = _request_id(router.current_event.raw_event)
    if isinstance(shown, InternalError):
        handed().observer.tell_crash(error, request_id=request_id)
    problem = problem_of(shown, request_id)
    return Response(problem.status, PROBLEM_TYPE, problem.model_dump_json(), headers_of(shown))


def resolver() -> APIGatewayRestResolver:
    """A resolver that knows no route yet, and prints no request, whatever the environment says."""
    return APIGatewayRestResolver(debug=False)


@cache
def _app() -> APIGatewayRestResolver:
    """The resolver, built once a process."""
    app = resolver()
    app.use([admit])
    app.include_router(router)
    app.exception_handler(Exception)(refuse)
    return app


@cache
def _keyring() -> Keyring:
    """The keys that this process has seen, kept between requests."""
    return Keyring()


@cache
def _rates() -> Rates:
    """What this process may still let pass of each tenant's rates."""
    return Rates()


def _header(event: dict[str, Any], name: str) -> str | None:
    """A header by its name in small letters; None where it is absent, or there more than once."""
    values = [one for key, own in (event.get("multiValueHeaders") or {}).items() if key.lower() == name for one in own]
    return str(values[0]) if len(values) == 1 else None


def _request_id(event: dict[str, Any]) -> str:
    """The id that the gateway gave this request."""
    return str(event["requestContext"]["requestId"])
