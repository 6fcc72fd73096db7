"""Webhook endpoints and their deliveries."""

from aws_lambda_powertools.event_handler import Response

from api.routes.answering import as_json, incoming, parts, principal, query, router
from api.webhooks import deliveries, endpoints


@router.post("/v1/webhooks")
def create_webhook() -> Response[str]:
    """Make an endpoint; its secret is shown here and never again."""
    created = endpoints.create(incoming(), principal(), parts())
    return as_json(created.view, 201, created.headers)


@router.get("/v1/webhooks")
def list_webhooks() -> Response[str]:
    """Show all endpoints."""
    return as_json(endpoints.every(principal(), parts()))


@router.get("/v1/webhooks/<webhook_id>")
def read_webhook(webhook_id: str) -> Response[str]:
    """Show an endpoint."""
    return as_json(endpoints.read(webhook_id, principal(), parts()))


@router.patch("/v1/webhooks/<webhook_id>")
def change_webhook(webhook_id: str) -> Response[str]:
    """Change an endpoint."""
    return as_json(endpoints.change(webhook_id, incoming(), principal(), parts()))


@router.delete("/v1/webhooks/<webhook_id>")
def delete_webhook(webhook_id: str) -> Response[str]:
    """Remove an endpoint."""
    endpoints.remove(webhook_id, incoming(), principal(), parts())
    return Response(204, body="")


@router.post("/v1/webhooks/<webhook_id>/rotate-secret")
def rotate_secret(webhook_id: str) -> Response[str]:
    """Give an endpoint a new secret."""
    return as_json(endpoints.rotate(webhook_id, incoming(), principal(), parts()))


@router.post("/v1/webhooks/<webhook_id>/test")
def test_webhook(webhook_id: str) -> Response[str]:
    """Send a test event."""
    return as_json(deliveries.test(webhook_id, incoming(), principal(), parts()), 202)


@router.get("/v1/webhooks/<webhook_id>/deliveries")
def list_deliveries(webhook_id: str) -> Response[str]:
    """Show a page of the log."""
    return as_json(deliveries.page(webhook_id, query(), principal(), parts()))


@router.post("/v1/webhooks/<webhook_id>/deliveries/<delivery_id>/redeliver")
def redeliver(webhook_id: str, delivery_id: str) -> Response[str]:
    """Send an event again."""
    return as_json(deliveries.redeliver((webhook_id, delivery_id), incoming(), principal(), parts()), 202)
