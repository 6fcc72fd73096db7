"""Webhook endpoints, and the log of what was delivered to them; needs a key with the scope `webhooks:manage`."""

import uuid
from collections.abc import Iterator, Sequence
from typing import TypedDict, Unpack

from api.client.calling import Asked, Wire, at
from api.client.following import every
from api.client.views import Instant, Page, View


class Webhook(View):
    """An endpoint; `secret` is there only in the answer that makes it."""

    id: str
    url: str
    events: tuple[str, ...]
    description: str | None = None
    status: str
    secret: str | None = None
    previous_secret_until: Instant | None = None
    created_at: Instant


class Attempt(View):
    """One try to deliver: what the endpoint answered, or why it did not."""

    at: Instant
    status_code: int | None = None
    error: str | None = None
    elapsed_ms: int


class Delivery(View):
    """One event on its way to one endpoint."""

    id: str
    webhook_id: str
    event_id: str
    event_type: str
    job_id: str | None = None
    status: str
    attempts: tuple[Attempt, ...] = ()
    next_attempt_at: Instant | None = None
    created_at: Instant
    delivered_at: Instant | None = None


class WebhookChanges(TypedDict, total=False):
    """What may be changed of an endpoint."""

    url: str
    events: Sequence[str]
    description: str
    enabled: bool


class Webhooks:
    """`client.webhooks`: who is told of events.

    Example:
        `client.webhooks.create("https://crm.example.com/hooks", ["job.completed"]).secret`
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def create(self, url: str, events: Sequence[str] | None = None, description: str | None = None) -> Webhook:
        """Be told of `events` (by default all) at `url`; the answer holds the secret, once."""
        given = {"url": url, "events": events and list(events), "description": description}
        body = {name: value for name, value in given.items() if value is not None}
        return self._wire.read(Asked("POST", at("webhooks"), body=body, key=str(uuid.uuid4())), Webhook)

    def list(self) -> tuple[Webhook, ...]:
        """All endpoints; there are few."""
        return self._wire.read(Asked("GET", at("webhooks")), Page[Webhook]).data

    def get(self, webhook_id: str) -> Webhook:
        """One endpoint."""
        return self._wire.read(Asked("GET", at("webhooks", webhook_id)), Webhook)

    def change(self, webhook_id: str, **changes: Unpack[WebhookChanges]) -> Webhook:
        """Change what is given; `enabled=True` takes an endpoint back that was disabled."""
        return self._wire.read(Asked("PATCH", at("webhooks", webhook_id), body=dict(changes)), Webhook)

    def delete(self, webhook_id: str) -> None:
        """Tell this endpoint no more."""
        self._wire.answer(Asked("DELETE", at("webhooks", webhook_id)))

    def rotate(self, webhook_id: str) -> Webhook:
        """Give an endpoint a new secret; both sign for 24 hours. Never sent twice: a lost answer is told."""
        return self._wire.read(Asked("POST", at("webhooks", webhook_id, "rotate-secret"), may_repeat=False), Webhook)

    def test(self, webhook_id: str) -> Delivery:
        """Send a signed test event."""
        return self._wire.read(Asked("POST", at("webhooks", webhook_id, "test"), may_repeat=False), Delivery)

    def deliveries(self, webhook_id: str, status: str | None = None, page_size: int = 100) -> Iterator[Delivery]:
        """The log of the last 30 days, newest first, page by page as you read on."""
        asked = Asked("GET", at("webhooks", webhook_id, "deliveries"), {"status": status, "limit": page_size})
        return every(self._wire, asked, Page[Delivery])

    def redeliver(self, webhook_id: str, delivery_id: str) -> Delivery:
        """Send an event again, under the same event id."""
        path = at("webhooks", webhook_id, "deliveries", delivery_id, "redeliver")
        return self._wire.read(Asked("POST", path, may_repeat=False), Delivery)
