"""An endpoint that a tenant wants to be told at, and the rows that tell what became of each event on its way there."""

import math
from http import HTTPStatus
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.ids import derived_id
from shared.job import DAY_S, Frozen, Key, Row, shard_of
from shared.job.row import Indexed

KEPT_S = 30 * DAY_S
"""So long a delivery is kept after its event came, or was sent again by hand."""
ROTATION_S = DAY_S
"""So long the secret before signs too."""
QUEUE_FIRST_S = 60
"""The message on the queue comes first; so much later the reconciler looks whether it came."""
LOG_LENGTH = 100
"""Attempts that a row holds: ten each time it is sent, and a row has an end."""
SUCCESS = range(200, 300)

DeliveryStatus = Literal["pending", "delivered", "dead"]


class Webhook(Frozen):
    """The row of an endpoint; `url` was checked when it was written and is checked again at each attempt."""

    tenant: str
    id: str
    url: str
    events: tuple[str, ...]
    description: str | None = None
    status: Literal["enabled", "disabled"] = "enabled"
    secret: str
    previous_secret: str | None = None
    previous_secret_until: float | None = None
    created_at: float

    @property
    def row_key(self) -> Key:
        """Where this row lies in the table."""
        return Key.of_webhook(self.tenant, self.id)

    def secrets(self, now: float) -> tuple[str, ...]:
        """What signs at `now`, the newest first."""
        former = self.previous_secret if now < (self.previous_secret_until or 0.0) else None
        return (self.secret, former) if former else (self.secret,)


class Attempt(Frozen):
    """One try: what the endpoint answered, or in a word why there was no answer."""

    at: float
    status_code: int | None = None
    error: str | None = None
    elapsed_ms: int

    @property
    def is_delivered(self) -> bool:
        """Whether the endpoint took the event: any 2xx."""
        return self.status_code in SUCCESS

    @property
    def is_refused_for_good(self) -> bool:
        """Whether the endpoint wants nothing any more."""
        return self.status_code == HTTPStatus.GONE


class Delivery(Indexed):
    """The row of one event on its way to one endpoint.

    `body` is what is sent, to the byte, at every attempt; an erasure removes it. `attempts` is the log, the newest
    `LOG_LENGTH` of it; `attempts_made` counts since it was sent, or sent again by hand. `next_at` is when the next
    attempt may begin.
    """

    tenant: str
    id: str
    webhook_id: str
    event_id: str
    type: str
    job_id: str | None = None
    status: DeliveryStatus = "pending"
    body: str | None = None
    erased: bool = False
    attempts: tuple[Attempt, ...] = ()
    attempts_made: int = 0
    fence: int = 0
    lease_owner: str | None = None
    lease_until: float = 0.0
    next_at: float
    rings: int = 0
    created_at: float
    delivered_at: float | None = None

    @property
    def row_key(self) -> Key:
        """Where this row lies in the table."""
        return Key.of_delivery(self.tenant, self.webhook_id, self.id)

    def is_gone(self, now: float) -> bool:
        """Whether it is past its time; the table removes such a row within days."""
        return self.expires_at is not None and self.expires_at < now


class EventData(BaseModel):
    """What a dispatcher reads of an event's data; events may grow."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    job_id: str | None = None


class EventHead(BaseModel):
    """What a dispatcher reads of an event; the rest is passed on as it came."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    id: str = Field(pattern="^evt_[0-9a-z]{1,64}$", description="goes into a header as it is")
    type: str
    created_at: AwareDatetime
    data: EventData


def new_delivery(event: EventHead, text: str, webhook: Webhook, now: float) -> Delivery:
    """The one delivery of `event` to `webhook`: its id follows from both, so making it twice makes one.

    An erasure finds the deliveries of a job by `belongs_to`. What tells of the erasure itself belongs to nothing: it
    holds two ids and must get through.
    """
    delivery_id = derived_id("dlv", event.created_at.timestamp(), f"{event.id}/{webhook.id}")
    return Delivery(
        tenant=webhook.tenant,
        id=delivery_id,
        webhook_id=webhook.id,
        event_id=event.id,
        type=event.type,
        job_id=event.data.job_id,
        belongs_to=None if event.type == "job.erased" else event.data.job_id,
        body=text,
        next_at=now,
        created_at=now,
        **waiting(delivery_id, now),
    )


def as_row(value: Webhook | Delivery) -> Row:
    """`value` as the table keeps it."""
    return value.model_dump(mode="json", exclude_none=True)


def waiting(delivery_id: str, now: float) -> dict[str, Any]:
    """The fields of a delivery that may be tried at `now`: by whoever holds the message, else by the reconciler."""
    return {
        "check_shard": shard_of(delivery_id),
        "next_check_at": now + QUEUE_FIRST_S,
        "expires_at": math.ceil(now) + KEPT_S,
    }
