"""What every route does: read what came, and write what goes."""

import base64

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter
from pydantic import BaseModel

from api.access.principal import Principal
from api.contract.reading.bodies import Incoming
from api.contract.reading.queries import Parameters
from api.parts import Parts

router = APIGatewayRouter()  # type: ignore[no-untyped-call]  # powertools leaves it untyped


def as_json(model: BaseModel, status: int = 200, headers: dict[str, str] | None = None) -> Response[str]:
    """Answer with `model`."""
    return Response(status, "application/json", model.model_dump_json(by_alias=True), headers)


def incoming() -> Incoming:
    """What a POST brought; text that is no UTF-8 is kept so, for the parser to refuse."""
    event = router.current_event
    text = event.raw_event.get("body") or ""
    body = base64.b64decode(text) if event.is_base64_encoded else text.encode("utf-8", "surrogatepass")
    return Incoming(event.headers.get("content-type") or "", body, event.headers.get("idempotency-key"))


def query() -> Parameters:
    """What stands behind the question mark."""
    event = router.current_event.raw_event
    return dict(event.get("multiValueQueryStringParameters") or {})


def knows(etag: str) -> bool:
    """Whether the caller has seen the answer that `etag` names, and wants 304 instead of it."""
    known = (router.current_event.headers.get("if-none-match") or "").strip()
    return etag in known or known == "*"


def parts() -> Parts:
    """What the use cases need of the outside."""
    handed: Parts = router.context["parts"]
    return handed


def principal() -> Principal:
    """Who calls."""
    caller: Principal = router.context["principal"]
    return caller
