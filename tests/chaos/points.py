"""The points after which a process is killed, and the step of the protocol that each one is.

`S` is the process that submits, `W` a worker, `R` the reconciler. A world that notes every intent says with
`passed_by` which point has just been passed, and whose.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from shared.job import JOB_SK
from shared.protocol.intents import (
    Changed,
    ChangeRow,
    CreateRows,
    Delete,
    HeadObject,
    Intent,
    Publish,
    PutObject,
    Ring,
)

Role = Literal["S", "W", "R"]


class Point(StrEnum):
    """Where a process may die: right after the step."""

    SUBMITTED = "S1"
    UPLOADED = "S3"
    QUEUED = "S4"
    RUNG = "S5"
    RING_NOTED = "S6"
    RECEIVED = "W1"
    CLAIMED = "W2"
    BEATEN = "W3"
    LOOKED = "W4"
    FETCHED = "W5"
    DECODED = "W6"
    CHECKPOINTED = "W7"
    SOUNDED = "W7a"
    STORED = "W8"
    COMMITTED = "W9"
    PUBLISHED = "W10"
    TOLD = "W11"
    DELETED = "W12"
    HEALER_RANG = "R-ring"
    HEALER_PUBLISHED = "R-publish"

    @property
    def role(self) -> Role:
        """Which process dies there."""
        return self.value[0]  # type: ignore[return-value]  # the first letter of every member is one of the three


REWORK_FREE = frozenset({Point.STORED, Point.COMMITTED, Point.PUBLISHED, Point.TOLD, Point.DELETED})


@dataclass(frozen=True, slots=True)
class Passed:
    """A point that was passed, and the job that passed it."""

    point: Point
    job_id: str


def passed_by(intent: Intent[Any], answer: Any, role: Role) -> Passed | None:
    """The point that a process of `role` has passed with `intent`, if it is one; a refused write passes none."""
    point = {"S": _submitting, "W": _working, "R": _healing}[role](intent, answer)
    return Passed(point, job_of(intent)) if point else None


def job_of(intent: Intent[Any]) -> str:
    """The job that an intent is about."""
    match intent:
        case ChangeRow(key=key) | CreateRows(rows=((key, _), *_)):
            return key.pk.rpartition("#")[2]
        case HeadObject(key=name) | PutObject(key=name):
            return name.split("/")[2].removesuffix(".json")
        case Publish(body=body):
            return str(json.loads(body)["data"]["job_id"])
        case Delete(receipt=receipt):
            return receipt.job_id
        case Ring(job_id=job_id):
            return job_id
    raise AssertionError(intent)


def sets_of(intent: Intent[Any], answer: Any) -> dict[str, Any]:
    """What was written into the row of a job; empty where nothing was."""
    is_row = isinstance(intent, ChangeRow) and intent.key.sk == JOB_SK and isinstance(answer, Changed)
    return {**intent.adds, **intent.sets} if is_row else {}


def _submitting(intent: Intent[Any], answer: Any) -> Point | None:
    sets = sets_of(intent, answer)
    match intent:
        case CreateRows(rows=((key, _), *_)) if answer and key.sk == JOB_SK:
            return Point.SUBMITTED
        case PutObject(key=name) if name.startswith("audio/"):
            return Point.UPLOADED
        case Ring():
            return Point.RUNG
    if sets.get("status") == "queued":
        return Point.QUEUED
    return Point.RING_NOTED if "rings" in sets else None


def _working(intent: Intent[Any], answer: Any) -> Point | None:
    match intent:
        case HeadObject(key=name) if name.startswith("transcripts/"):
            return Point.LOOKED
        case PutObject(key=name) if name.startswith("transcripts/"):
            return Point.STORED
        case PutObject(key=name):
            return Point.SOUNDED if name.startswith("listening/") and name.endswith(".json") else None
        case Publish():
            return Point.PUBLISHED
        case Delete():
            return Point.DELETED
    return _written(sets_of(intent, answer))


def _written(sets: dict[str, Any]) -> Point | None:
    if "fence" in sets:
        return Point.CLAIMED
    if sets.get("status") == "completed":
        return Point.COMMITTED
    if "checkpoint" in sets:
        return Point.CHECKPOINTED
    if any(field.endswith(".state") for field in sets):
        return Point.TOLD
    return Point.BEATEN if "lease_until" in sets and "status" not in sets else None


def _healing(intent: Intent[Any], _answer: Any) -> Point | None:
    match intent:
        case Ring():
            return Point.HEALER_RANG
        case Publish():
            return Point.HEALER_PUBLISHED
    return None
