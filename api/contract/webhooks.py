"""Webhook endpoints and the log of what was delivered to them."""

from typing import Literal

from pydantic import Field

from api.contract.listing import PageQuery
from api.contract.submission import Request
from shared.job import Frozen

EventType = Literal["job.completed", "job.failed", "job.canceled", "job.erased", "batch.completed"]
ALL_EVENTS: tuple[EventType, ...] = ("job.completed", "job.failed", "job.canceled", "job.erased", "batch.completed")
MAX_URL = 2_048


class WebhookRequest(Request):
    """An endpoint to be told of events."""

    url: str = Field(min_length=1, max_length=MAX_URL, description="https, port 443, a host name; checked at each try")
    events: tuple[EventType, ...] = Field(ALL_EVENTS, min_length=1, max_length=5, description="what to tell it")
    description: str | None = Field(None, max_length=256, description="a note of yours")


class WebhookChange(Request):
    """What is to be different; what is not given stays."""

    url: str | None = Field(None, min_length=1, max_length=MAX_URL)
    events: tuple[EventType, ...] | None = Field(None, min_length=1, max_length=5)
    description: str | None = Field(None, max_length=256)
    enabled: bool | None = Field(None, description="true takes an endpoint back that answered 410")


class WebhookView(Frozen):
    """An endpoint; `secret` is shown when it is made and when it is rotated, and never again."""

    object: Literal["webhook"] = "webhook"
    id: str
    url: str
    events: tuple[EventType, ...]
    description: str | None
    status: Literal["enabled", "disabled"]
    secret: str | None = Field(description="whsec_…; null but in the answer that makes it")
    previous_secret_until: str | None = Field(description="until then the secret before signs too")
    created_at: str


class WebhookList(Frozen):
    """All endpoints of the tenant, at most 20."""

    object: Literal["list"] = "list"
    has_more: Literal[False] = False
    next_cursor: None = None
    data: tuple[WebhookView, ...]


class AttemptView(Frozen):
    """One try to deliver an event."""

    at: str
    status_code: int | None = Field(description="what the endpoint answered; null where it did not")
    error: str | None = Field(description="why there was no answer, in a word")
    elapsed_ms: int


class DeliveryView(Frozen):
    """One event on its way to one endpoint."""

    object: Literal["delivery"] = "delivery"
    id: str
    webhook_id: str
    event_id: str
    event_type: str
    job_id: str | None
    status: Literal["pending", "delivered", "dead"]
    attempts: tuple[AttemptView, ...]
    next_attempt_at: str | None
    created_at: str
    delivered_at: str | None


class DeliveryQuery(PageQuery):
    """Which deliveries; newest first."""

    status: Literal["pending", "delivered", "dead"] | None = Field(None, description="only these")


class DeliveryList(Frozen):
    """A page of the log, which goes back 30 days."""

    object: Literal["list"] = "list"
    has_more: bool
    next_cursor: str | None
    data: tuple[DeliveryView, ...]
