"""What the table of routes says of one verb on one path."""

from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel

Scope = Literal["jobs:write", "jobs:read", "jobs:erase", "webhooks:manage"]
Verb = Literal["GET", "POST", "PATCH", "DELETE"]
PUBLIC = ("malformed_request", "not_found", "method_not_allowed", "internal_error", "unavailable")
ANYWHERE = ("unauthenticated", "forbidden", "rate_limited", "validation_failed", *PUBLIC)
NO_BODY = ("body_too_large",)
BODY = (*NO_BODY, "unsupported_media_type")
CREATES = (*BODY, "idempotency_key_reused")
ENOUGH = ("queue_full", "quota_exceeded")


@dataclass(frozen=True, slots=True)
class RouteSpec:
    """One verb on one path; `codes` are the refusals beyond those that any route may give.

    `body` is the model of a JSON body, `creates` says that an `Idempotency-Key` is heeded, `statuses` are good
    answers beside `status`, and `other` is an answer of another shape under the same status. With `slash` the path is
    known with a slash at its end too.
    """

    name: str
    verb: Verb
    path: str
    summary: str
    scope: Scope | None
    status: int
    answer: type[BaseModel] | None
    codes: tuple[str, ...] = ()
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    creates: bool = False
    statuses: tuple[int, ...] = field(default=())
    other: type[BaseModel] | None = None
    slash: bool = False

    @property
    def acts_on_one(self) -> bool:
        """Whether it does something to what an id in its path names."""
        return self.verb != "GET" and "<" in self.path

    @property
    def refusals(self) -> tuple[str, ...]:
        """The code of every refusal that this route may give."""
        return tuple(dict.fromkeys((*(ANYWHERE if self.scope else PUBLIC), *self.codes)))
