"""Use cases: endpoints are made, shown, changed, removed, and given new secrets."""

from typing import Any

from api.access.principal import Principal
from api.contract.reading.bodies import Incoming, read_body, refuse_content
from api.contract.webhooks import WebhookChange, WebhookList, WebhookRequest, WebhookView
from api.outbound.signing import new_secret
from api.parts import Created, Parts
from shared.errors.requests import NotFound, StateConflict
from shared.event import instant
from shared.ids import is_id, new_id
from shared.job import Key, Row
from shared.protocol.creating import Birth, earlier
from shared.protocol.creating import create as create_once
from shared.protocol.delivering import endpoints_of
from shared.protocol.drive import drive
from shared.protocol.intents import Answer, Changed, ChangeRow, DeleteRow, ReadRow, Where
from shared.webhook import ROTATION_S, Webhook, as_row

PLACE = "/v1/webhooks"
ROUTE = f"POST {PLACE}"


def create(incoming: Incoming, principal: Principal, parts: Parts) -> Created[WebhookView]:
    """Make an endpoint, or find the one that an equal request made; either shows its secret.

    Raises:
        UrlNotAllowed: no event may be sent there.
        StateConflict: the tenant has as many endpoints as it may have, or the one made before was removed.
    """
    asked, fingerprint = read_body(WebhookRequest, incoming)
    known_by = incoming.known_by(principal.tenant, ROUTE, fingerprint)
    if drive(earlier(known_by, parts.now()), parts.world) is None:
        _check_room(principal.tenant, parts)
        parts.sender.vet(asked.url)
    webhook = _born(asked, principal.tenant, parts.now())
    birth = Birth(webhook.id, ((webhook.row_key, as_row(webhook)),), webhook.created_at)
    made = drive(create_once(birth, known_by), parts.world)
    found = webhook if made == webhook.id else _found(made, principal.tenant, parts)
    if found is None:
        raise StateConflict("The endpoint that this Idempotency-Key made was removed. Use a new key.")
    return Created(_view(found, found.secret), f"{PLACE}/{made}", replayed=made != webhook.id)


def every(principal: Principal, parts: Parts) -> WebhookList:
    """Show all endpoints of the tenant, the oldest first."""
    endpoints = drive(endpoints_of(principal.tenant), parts.world)
    return WebhookList(data=tuple(_view(webhook) for webhook in endpoints))


def read(webhook_id: str, principal: Principal, parts: Parts) -> WebhookView:
    """Show an endpoint."""
    return _view(webhook_of(webhook_id, principal, parts))


def change(webhook_id: str, incoming: Incoming, principal: Principal, parts: Parts) -> WebhookView:
    """Change what is given; a URL is checked as at birth.

    Raises:
        UrlNotAllowed: no event may be sent to the new URL.
    """
    webhook = webhook_of(webhook_id, principal, parts)
    asked, _ = read_body(WebhookChange, incoming)
    if asked.url is not None and asked.url != webhook.url:
        parts.sender.vet(asked.url)
    sets: dict[str, Any] = asked.model_dump(mode="json", exclude_none=True, exclude={"enabled"})
    if asked.enabled is not None:
        sets["status"] = "enabled" if asked.enabled else "disabled"
    return _view(_changed(webhook, sets, parts)) if sets else _view(webhook)


def remove(webhook_id: str, incoming: Incoming, principal: Principal, parts: Parts) -> None:
    """Remove an endpoint; what is still on its way to it is not sent any more."""
    webhook = webhook_of(webhook_id, principal, parts)
    refuse_content(incoming)
    parts.world.perform(DeleteRow(webhook.row_key))


def rotate(webhook_id: str, incoming: Incoming, principal: Principal, parts: Parts) -> WebhookView:
    """Give an endpoint a new secret, shown here; the one before signs too for a day."""
    webhook = webhook_of(webhook_id, principal, parts)
    refuse_content(incoming)
    sets = {
        "secret": new_secret(),
        "previous_secret": webhook.secret,
        "previous_secret_until": parts.now() + ROTATION_S,
    }
    rotated = _changed(webhook, sets, parts, Where("secret", "=", webhook.secret))
    return _view(rotated, rotated.secret)


def webhook_of(webhook_id: str, principal: Principal, parts: Parts) -> Webhook:
    """The endpoint as it is now.

    Raises:
        NotFound: no id, unknown, removed, or another tenant's: nobody can tell which.
    """
    webhook = _found(webhook_id, principal.tenant, parts)
    if webhook is None:
        raise NotFound
    return webhook


def _found(webhook_id: str, tenant: str, parts: Parts) -> Webhook | None:
    key = Key.of_webhook(tenant, webhook_id)
    row: Row | None = parts.world.perform(ReadRow(key)) if is_id("whk", webhook_id) else None
    return Webhook.model_validate(row) if row else None


def _check_room(tenant: str, parts: Parts) -> None:
    if len(drive(endpoints_of(tenant), parts.world)) >= parts.settings.webhooks_max:
        raise StateConflict(f"There are {parts.settings.webhooks_max} endpoints, which is the most. Remove one first.")


def _born(asked: WebhookRequest, tenant: str, now: float) -> Webhook:
    return Webhook(
        tenant=tenant,
        id=new_id("whk", now),
        url=asked.url,
        events=asked.events,
        description=asked.description,
        secret=new_secret(),
        created_at=now,
    )


def _changed(webhook: Webhook, sets: dict[str, Any], parts: Parts, *unless: Where) -> Webhook:
    """The endpoint after the change.

    Raises:
        NotFound: it was removed meanwhile.
        StateConflict: another request changed the same; nothing of this one was kept.
    """
    guard = ((Where("id", "=", webhook.id), *unless),)
    answer: Answer = parts.world.perform(ChangeRow(webhook.row_key, guard, sets))
    if answer.row is None:
        raise NotFound
    if not isinstance(answer, Changed):
        raise StateConflict("Another request changed the endpoint at the same moment: what it answered holds.")
    return Webhook.model_validate(answer.row)


def _view(webhook: Webhook, secret: str | None = None) -> WebhookView:
    until = webhook.previous_secret_until
    return WebhookView.model_validate(
        {
            "id": webhook.id,
            "url": webhook.url,
            "events": webhook.events,
            "description": webhook.description,
            "status": webhook.status,
            "secret": secret,
            "previous_secret_until": instant(until) if until is not None else None,
            "created_at": instant(webhook.created_at),
        }
    )
