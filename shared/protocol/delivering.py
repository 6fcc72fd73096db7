"""An event on its way to endpoints: fanned out once, tried by one dispatcher at a time, until it is there or dead.

Every write to a delivery that is being tried is conditioned on its `fence`, as with jobs: a dispatcher that was slow,
or died and came back, writes nothing. An attempt is counted when its answer is written; one whose dispatcher died may
reach the endpoint twice, under the same event id.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

from shared.job import Key, Row
from shared.protocol.intents import (
    Answer,
    Changed,
    ChangeRow,
    CreateRows,
    FindRows,
    Found,
    Guard,
    ReadRow,
    RingDelivery,
    Steps,
    Where,
)
from shared.webhook import (
    LOG_LENGTH,
    QUEUE_FIRST_S,
    Attempt,
    Delivery,
    EventHead,
    Webhook,
    as_row,
    new_delivery,
    waiting,
)

LEASE_S = 30
"""So long a dispatcher holds a delivery: twice what an attempt may take."""
LEASE_CHECK_S = 5
LONGEST_DELAY_S = 900
"""SQS delays a message no longer; what waits longer waits in the table."""
RING_BACKOFF_S = (60, 120, 240, 480, 900)
_NOT_LEASED: Final[dict[str, Any]] = {"lease_owner": None, "lease_until": 0.0, "rings": 0}
_ENDED: Final[dict[str, Any]] = {**_NOT_LEASED, "check_shard": None, "next_check_at": None}


@dataclass(frozen=True, slots=True)
class Turn:
    """Who wants to try a delivery, and when; `owner` is new for each try, so a lost reply is known by it."""

    owner: str
    now: float


@dataclass(frozen=True, slots=True)
class Held:
    """A delivery that is ours for `LEASE_S`, the endpoint as it is now, and what goes there."""

    delivery: Delivery
    webhook: Webhook
    body: str


@dataclass(frozen=True, slots=True)
class Tried:
    """How an attempt ended, and after how many seconds the next one is due if need be; None: there is no next."""

    attempt: Attempt
    delay_s: float | None


def deliver_event(text: str, tenant: str, now: float) -> Steps[tuple[Key, ...]]:
    """Make a delivery for each endpoint that wants the event; where they lie, also those that were there already.

    Args:
        text: the event as it was published; it is what will be sent.
        tenant: whose event it is.
        now: the moment, epoch seconds.

    Raises:
        ValueError: `text` is no event.
    """
    event = EventHead.model_validate_json(text)
    if (yield from _is_erased(event, tenant)):
        return ()
    endpoints = yield from endpoints_of(tenant)
    wanted = [one for one in endpoints if one.status == "enabled" and event.type in one.events]
    made = {one.row_key: as_row(one) for one in (new_delivery(event, text, endpoint, now) for endpoint in wanted)}
    for born in made.items():
        # Each alone: a doubled message finds some of them there, and must still make the others.
        yield CreateRows((born,), now)
    scrubbed = tuple(made) if made and (yield from _is_erased(event, tenant)) else ()
    for key in scrubbed:
        yield ChangeRow(key, ((),), {"body": None, "erased": True})  # an erasure went by, and found none of them
    return () if scrubbed else tuple(made)


def endpoints_of(tenant: str) -> Steps[tuple[Webhook, ...]]:
    """All endpoints of a tenant, the oldest first."""
    found: Found = yield FindRows(None, Key.of_webhook(tenant, "").pk)
    return tuple(Webhook.model_validate(one.row) for one in found.rows)


def send_again(key: Key, now: float) -> Steps[Answer]:
    """Begin anew, at once; refused where there is no row, or nothing left to send.

    An attempt that is under way loses its fence, and is not counted.
    """
    sets = {**waiting(key.sk, now), **_NOT_LEASED, "status": "pending", "next_at": now, "delivered_at": None}
    answer: Answer = yield ChangeRow(key, ((Where("body", "present"),),), {**sets, "attempts_made": 0}, {"fence": 1})
    return answer


def claim_delivery(key: Key, turn: Turn) -> Steps[Held | None]:
    """Win a delivery for one attempt; None: it is not due, another tries it, or it has ended.

    It ends here, unsent, where its endpoint is removed or disabled, or its body was erased.
    """
    sets = {
        "lease_owner": turn.owner,
        "lease_until": turn.now + LEASE_S,
        "next_check_at": turn.now + LEASE_S + LEASE_CHECK_S,
        "rings": 0,
    }
    due = (Where("status", "=", "pending"), Where("next_at", "<=", turn.now), Where("lease_until", "<", turn.now))
    answer: Answer = yield ChangeRow(key, (due,), sets, {"fence": 1})
    if answer.row is None or (not isinstance(answer, Changed) and answer.row.get("lease_owner") != turn.owner):
        return None
    delivery = Delivery.model_validate(answer.row)
    row: Row | None = yield ReadRow(Key.of_webhook(delivery.tenant, delivery.webhook_id))
    webhook = Webhook.model_validate(row) if row else None
    if webhook is None or webhook.status == "disabled" or delivery.body is None:
        yield ChangeRow(key, _ours(delivery), {**_ENDED, "status": "dead"})
        return None
    return Held(delivery, webhook, delivery.body)


def settle_delivery(held: Held, tried: Tried, now: float) -> Steps[Delivery | None]:
    """Write down how the attempt ended and what follows; the delivery as it is then, None if it is not ours any more.

    An endpoint that answers 410 is disabled: it wants nothing any more.
    """
    delivery = held.delivery
    if tried.attempt.is_refused_for_good:
        asked = (Where("status", "=", "enabled"), Where("url", "=", held.webhook.url))
        yield ChangeRow(held.webhook.row_key, (asked,), {"status": "disabled"})
    log = [attempt.model_dump(exclude_none=True) for attempt in (*delivery.attempts, tried.attempt)][-LOG_LENGTH:]
    sets = {"attempts": log, "attempts_made": delivery.attempts_made + 1, **_following(tried, now)}
    answer: Answer = yield ChangeRow(delivery.row_key, _ours(delivery), sets)
    written = Delivery.model_validate(answer.row) if answer.row else None
    if written is None or not (isinstance(answer, Changed) or _is_written(written, delivery, tried)):
        return None
    if written.status == "pending" and tried.delay_s is not None and tried.delay_s <= LONGEST_DELAY_S:
        yield RingDelivery(delivery.row_key.pk, delivery.row_key.sk, math.ceil(tried.delay_s))
    return written


def ring_due(key: Key, now: float) -> Steps[float]:
    """Ring for a delivery whose moment has come and whose message did not, ever more seldom; how late it is (s)."""
    row: Row | None = yield ReadRow(key)
    delivery = Delivery.model_validate(row) if row else None
    if delivery is None or delivery.next_check_at is None or delivery.next_check_at > now:
        return 0.0
    unmoved: Guard = ((Where("fence", "=", delivery.fence), Where("next_check_at", "=", delivery.next_check_at)),)
    ready_at = max(delivery.next_at, delivery.lease_until + LEASE_CHECK_S if delivery.lease_until else 0.0)
    if ready_at > now:
        yield ChangeRow(key, unmoved, {"next_check_at": ready_at})
        return 0.0
    yield RingDelivery(key.pk, key.sk)
    again_s = RING_BACKOFF_S[min(delivery.rings, len(RING_BACKOFF_S) - 1)]
    yield ChangeRow(key, unmoved, {"next_check_at": now + again_s}, {"rings": 1})
    return now - ready_at


def _is_erased(event: EventHead, tenant: str) -> Steps[bool]:
    """Whether the event tells of a job that is erased by now: late news of it must not be written down again."""
    if event.data.job_id is None or event.type == "job.erased":
        return False
    row: Row | None = yield ReadRow(Key.of_job(tenant, event.data.job_id))
    return row is not None and (row.get("tombstone") or {}).get("reason") == "erased"


def _ours(delivery: Delivery) -> Guard:
    return ((Where("fence", "=", delivery.fence), Where("status", "=", "pending")),)


def _is_written(found: Delivery, held: Delivery, tried: Tried) -> bool:
    """Whether a refused write was ours all the same: its reply was lost and it was sent twice."""
    return found.fence == held.fence and found.attempts[-1:] == (tried.attempt,)


def _following(tried: Tried, now: float) -> dict[str, Any]:
    """What the row says after an attempt: the end, or when the next one is due."""
    if tried.attempt.is_delivered:
        return {**_ENDED, "status": "delivered", "delivered_at": now}
    if tried.attempt.is_refused_for_good or tried.delay_s is None:
        return {**_ENDED, "status": "dead"}
    late_s = QUEUE_FIRST_S if tried.delay_s <= LONGEST_DELAY_S else 0
    return {**_NOT_LEASED, "next_at": now + tried.delay_s, "next_check_at": now + tried.delay_s + late_s}
