"""What the deployment tells of itself."""

from pathlib import Path

from aws_lambda_powertools.event_handler import Response

from api import service
from api.contract.describing.docs import docs_page
from api.routes.answering import as_json, parts, router

OPENAPI = Path(__file__).parents[1] / "openapi.json"


@router.get("/v1/models")
def list_models() -> Response[str]:
    """Show the models."""
    return as_json(service.models(parts()))


@router.get("/v1/queue")
def read_queue() -> Response[str]:
    """Show both lanes."""
    return as_json(service.queue(parts()))


@router.get("/v1/health")
def check_health() -> Response[str]:
    """Show that the table answers."""
    return as_json(service.health(parts()))


@router.get("/v1/openapi.json")
def read_openapi() -> Response[str]:
    """Show the description of this API."""
    return Response(200, "application/json", OPENAPI.read_text("utf-8"))


@router.get("/docs")
def show_docs() -> Response[str]:
    """Show a page on which the API can be tried."""
    return Response(200, "text/html; charset=utf-8", docs_page(OPENAPI.read_text("utf-8")))
