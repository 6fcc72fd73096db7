"""Use cases: the log of what was delivered, a test event, and an event sent again."""

import contextlib

from api.access.paging import CursorScope, filters_of, read_page
from api.access.principal import Principal
from api.contract.reading.bodies import Incoming, refuse_content
from api.contract.reading.queries import Parameters, read_query
from api.contract.webhooks import AttemptView, DeliveryList, DeliveryQuery, DeliveryView
from api.parts import Parts
from api.webhooks.endpoints import webhook_of
from shared.errors.requests import Erased, NotFound
from shared.errors.transient import TransientError
from shared.event import Event, TestData, instant
from shared.ids import event_id, is_id, new_id
from shared.job import Key, Row
from shared.protocol.delivering import send_again
from shared.protocol.drive import drive
from shared.protocol.intents import Answer, Changed, CreateRows, FindRows, ReadRow, RingDelivery, Where
from shared.webhook import Attempt, Delivery, EventHead, as_row, new_delivery

LIST_ROUTE = "GET /v1/webhooks/{id}/deliveries"
ERASED = "What the event told of was erased."


def test(webhook_id: str, incoming: Incoming, principal: Principal, parts: Parts) -> DeliveryView:
    """Send an event that says nothing, so that a receiver can be tried."""
    webhook = webhook_of(webhook_id, principal, parts)
    refuse_content(incoming)
    now = parts.now()
    event = Event(
        id=event_id(new_id("dlv", now), 1),
        type="webhook.test",
        created_at=instant(now),
        sequence=1,
        data=TestData(webhook_id=webhook.id),
    )
    text = event.model_dump_json()
    delivery = new_delivery(EventHead.model_validate_json(text), text, webhook, now)
    parts.world.perform(CreateRows(((delivery.row_key, as_row(delivery)),), now))
    _ring(delivery, parts)
    return _view(delivery)


def page(webhook_id: str, parameters: Parameters, principal: Principal, parts: Parts) -> DeliveryList:
    """Show a page of the log, newest first.

    Raises:
        ValidationFailed: a parameter is unknown or not valid.
        CursorInvalid: the cursor is of another list, or too old.
    """
    webhook = webhook_of(webhook_id, principal, parts)
    query = read_query(DeliveryQuery, parameters)
    guard = ((Where("status", "=", query.status),),) if query.status else ()
    find = FindRows(None, Key.of_delivery(webhook.tenant, webhook.id, "").pk, guard=guard)
    scope = CursorScope(webhook.tenant, f"{LIST_ROUTE}#{webhook.id}", filters_of(query))
    found = read_page(find, query, scope, parts)
    kept = [Delivery.model_validate(one.row) for one in found.rows]
    data = tuple(_view(delivery) for delivery in kept if not delivery.is_gone(parts.now()))
    return DeliveryList(has_more=found.has_more, next_cursor=found.next_cursor, data=data)


def redeliver(place: tuple[str, str], incoming: Incoming, principal: Principal, parts: Parts) -> DeliveryView:
    """Send an event again, at once and with the same id; its attempts begin anew, and the log keeps the old ones.

    Args:
        place: the ids of the endpoint and of the delivery.
        incoming: nothing.
        principal: who asks.
        parts: table, queue and clock.

    Raises:
        NotFound: there is no such delivery, or not any more.
        Erased: what it told of was erased.
    """
    webhook_id, delivery_id = place
    webhook = webhook_of(webhook_id, principal, parts)
    key = Key.of_delivery(webhook.tenant, webhook.id, delivery_id)
    row: Row | None = parts.world.perform(ReadRow(key)) if is_id("dlv", delivery_id) else None
    if row is None or Delivery.model_validate(row).is_gone(parts.now()):
        raise NotFound
    if "body" not in row:
        raise Erased(ERASED)
    refuse_content(incoming)
    answer: Answer = drive(send_again(key, parts.now()), parts.world)
    if not isinstance(answer, Changed):
        raise Erased(ERASED)
    delivery = Delivery.model_validate(answer.row)
    _ring(delivery, parts)
    return _view(delivery)


def _ring(delivery: Delivery, parts: Parts) -> None:
    # The row is there: where no message can be sent, the reconciler sees to it in a minute.
    with contextlib.suppress(TransientError):
        parts.world.perform(RingDelivery(delivery.row_key.pk, delivery.row_key.sk))


def _view(delivery: Delivery) -> DeliveryView:
    return DeliveryView(
        id=delivery.id,
        webhook_id=delivery.webhook_id,
        event_id=delivery.event_id,
        event_type=delivery.type,
        job_id=delivery.job_id,
        status=delivery.status,
        attempts=tuple(_attempt(attempt) for attempt in delivery.attempts),
        next_attempt_at=instant(delivery.next_at) if delivery.status == "pending" else None,
        created_at=instant(delivery.created_at),
        delivered_at=instant(delivery.delivered_at) if delivery.delivered_at is not None else None,
    )


def _attempt(attempt: Attempt) -> AttemptView:
    return AttemptView(
        at=instant(attempt.at),
        status_code=attempt.status_code,
        error=attempt.error,
        elapsed_ms=attempt.elapsed_ms,
    )
