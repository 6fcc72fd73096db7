"""The webhook dispatcher: events become deliveries, and each is tried at once, or when it is rung for."""

import json
import uuid
import zlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from api.outbound.post import Delivered
from api.outbound.schedule import next_delay_s
from api.outbound.signing import headers_of
from api.parts import Parts, serving
from shared.errors.transient import TransientError
from shared.job import Job, Key
from shared.protocol.delivering import Held, Tried, Turn, claim_delivery, deliver_event, settle_delivery
from shared.protocol.drive import drive
from shared.protocol.intents import ReadRow
from shared.tracing import note
from shared.webhook import Attempt, Delivery

AT_ONCE = 32
"""Deliveries that are tried side by side: an endpoint that is slow holds no other up."""
_WHOLE = 2**31 - 0.5


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Take a batch of SQS messages; what could not be taken comes back, is sent again, and ends as a dead letter."""
    with serving() as parts:
        return take(event, parts)


def take(event: dict[str, Any], parts: Parts) -> dict[str, Any]:
    """Try every delivery that the messages name, each once.

    A message is an event, as SNS passes it on with its attributes, or a ring for one delivery.

    Returns:
        The ids of the messages to send again (partial batch response): unreadable, or the table was out of reach.
    """
    named = [(record["messageId"], _deliveries_of(record, parts)) for record in event.get("Records", [])]
    keys = list(dict.fromkeys(key for _, keys in named for key in keys or ()))
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="deliver") as pool:
        taken = dict(zip(keys, pool.map(lambda key: _try(key, parts), keys), strict=True))
    failed = [message_id for message_id, keys in named if keys is None or not all(taken[key] for key in keys)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _deliveries_of(record: Mapping[str, Any], parts: Parts) -> tuple[Key, ...] | None:
    """The deliveries that a message is about, made if it is an event; None if that cannot be told, or not now."""
    try:
        body = str(record["body"])
        message = json.loads(body)
        if "delivery" in message:
            return (Key(str(message["delivery"]["pk"]), str(message["delivery"]["sk"])),)
        return drive(deliver_event(body, _tenant_of(record), parts.now()), parts.world)
    except (ValueError, KeyError, TypeError, RecursionError):
        parts.observer.tell("receipt_settled", outcome="unreadable")
    except TransientError as error:
        parts.observer.tell("receipt_settled", outcome="sent_again", code=error.code)
    return None


def _tenant_of(record: Mapping[str, Any]) -> str:
    """Whose event it is, by the attribute that the publisher set."""
    tenant = record["messageAttributes"]["tenant"]["stringValue"]
    if not isinstance(tenant, str) or not tenant:
        raise TypeError("the attribute `tenant` holds no text")
    return tenant


def _try(key: Key, parts: Parts) -> bool:
    """Try a delivery if it is due and nobody else's; False where the table was out of reach.

    Then it is due all the same: what was claimed is free again when its lease is over.
    """
    try:
        held = drive(claim_delivery(key, Turn(uuid.uuid4().hex, parts.now())), parts.world)
        if held is not None:
            with parts.tracing.span("deliver", _trace_of(held.delivery, parts), delivery_id=held.delivery.id):
                _attempt(held, parts)
    except TransientError as error:
        parts.observer.tell("receipt_settled", outcome="sent_again", code=error.code)
        return False
    return True


def _trace_of(delivery: Delivery, parts: Parts) -> str | None:
    """The trace of the job that an event is about; asked for only where traces are made, and never insisted on."""
    if delivery.job_id is None or parts.tracing.provider is None:
        return None
    with suppress(TransientError):
        row = parts.world.perform(ReadRow(Key.of_job(delivery.tenant, delivery.job_id)))
        return Job.model_validate(row).trace if row else None
    return None


def _attempt(held: Held, parts: Parts) -> None:
    """Post once, write down what came of it, and tell."""
    delivery, webhook, body, at = held.delivery, held.webhook, held.body.encode(), parts.now()
    headers = headers_of(delivery.event_id, at, body, webhook.secrets(at))
    answer = parts.sender.post(webhook.url, headers, body, at)
    note(job_id=delivery.job_id, attempt=delivery.attempts_made + 1, status_code=answer.status)
    settled = drive(settle_delivery(held, _tried(delivery, answer, at), parts.now()), parts.world)
    _tell(delivery, answer, settled, parts)


def _tried(delivery: Delivery, answer: Delivered, at: float) -> Tried:
    attempts_made = delivery.attempts_made + 1
    error = answer.error.value if answer.error else None
    attempt = Attempt(at=at, status_code=answer.status, error=error, elapsed_ms=round(answer.elapsed_s * 1000))
    jitter = _spread(f"{delivery.event_id}/{delivery.id}/{attempts_made}")
    return Tried(attempt, next_delay_s(attempts_made, jitter, answer.retry_after_s))


def _spread(seed: str) -> float:
    """A number in [-1, 1] that is the same for the same attempt and unlike for others: no herd, no dice."""
    return zlib.crc32(seed.encode()) / _WHOLE - 1


def _tell(delivery: Delivery, answer: Delivered, settled: Delivery | None, parts: Parts) -> None:
    ids = {
        "tenant": delivery.tenant,
        "webhook_id": delivery.webhook_id,
        "delivery_id": delivery.id,
        "event_id": delivery.event_id,
        "attempt": delivery.attempts_made + 1,
        "status_code": answer.status,
        "code": answer.error.value if answer.error else None,
    }
    outcome = settled.status if settled else "lost"
    parts.observer.tell("delivery_attempted", **ids, outcome=outcome, elapsed_ms=round(answer.elapsed_s * 1000))
    if settled and settled.status == "dead":
        gone = settled.attempts[-1].is_refused_for_good
        parts.observer.tell("webhook_disabled" if gone else "delivery_dead", **ids)
