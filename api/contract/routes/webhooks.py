"""The routes of webhook endpoints and their deliveries."""

from api.contract.routes.spec import BODY, CREATES, NO_BODY, RouteSpec, Scope
from api.contract.webhooks import (
    DeliveryList,
    DeliveryQuery,
    DeliveryView,
    WebhookChange,
    WebhookList,
    WebhookRequest,
    WebhookView,
)

ONE = "/v1/webhooks/<webhook_id>"
MANAGE: Scope = "webhooks:manage"

WEBHOOK_ROUTES = (
    RouteSpec(
        "create_webhook",
        "POST",
        "/v1/webhooks",
        "Be told of events at a URL",
        MANAGE,
        201,
        WebhookView,
        (*CREATES, "url_not_allowed", "state_conflict"),
        body=WebhookRequest,
        creates=True,
    ),
    RouteSpec("list_webhooks", "GET", "/v1/webhooks", "List endpoints", MANAGE, 200, WebhookList),
    RouteSpec("read_webhook", "GET", ONE, "Read an endpoint", MANAGE, 200, WebhookView),
    RouteSpec(
        "change_webhook",
        "PATCH",
        ONE,
        "Change an endpoint",
        MANAGE,
        200,
        WebhookView,
        (*BODY, "url_not_allowed"),
        body=WebhookChange,
    ),
    RouteSpec("delete_webhook", "DELETE", ONE, "Remove an endpoint", MANAGE, 204, None, NO_BODY),
    RouteSpec("test_webhook", "POST", f"{ONE}/test", "Send a signed test event", MANAGE, 202, DeliveryView, NO_BODY),
    RouteSpec(
        "rotate_secret",
        "POST",
        f"{ONE}/rotate-secret",
        "Make a new secret; both sign for 24 hours",
        MANAGE,
        200,
        WebhookView,
        (*NO_BODY, "state_conflict"),
    ),
    RouteSpec(
        "list_deliveries",
        "GET",
        f"{ONE}/deliveries",
        "List deliveries, newest first",
        MANAGE,
        200,
        DeliveryList,
        ("validation_failed", "cursor_invalid"),
        DeliveryQuery,
    ),
    RouteSpec(
        "redeliver",
        "POST",
        f"{ONE}/deliveries/<delivery_id>/redeliver",
        "Send an event again, with the same id",
        MANAGE,
        202,
        DeliveryView,
        (*NO_BODY, "erased"),
    ),
)
