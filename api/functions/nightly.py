"""The night: for each batch of the plan, what it would do is told, and then it is made, once a night."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api import batches
from api.access.principal import Principal
from api.contract.batches import BatchPreview, BatchView
from api.contract.reading.bodies import Incoming
from api.functions.unfinished import remember
from api.parts import Parts, serving
from shared.errors.requests import IdempotencyKeyReused
from shared.errors.root import CallscribeError

SCOPES = frozenset({"jobs:write", "jobs:read"})


class Wanted(BaseModel):
    """A batch of every night: whose, and the body of `POST /v1/batches`.

    `created_after_days` counts whole days back from the midnight (UTC) before the run, so that a run that is late
    leaves no call out; `deadline_hours` counts from the run.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    tenant: str
    request: dict[str, Any]
    created_after_days: int | None = Field(None, ge=0, le=3_650)
    deadline_hours: float | None = Field(None, gt=0, le=720)


class Plan(BaseModel):
    """What the schedule sends: every batch of the night."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    batches: tuple[Wanted, ...] = ()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Make tonight's batches; `event` is the input of the schedule, on a local stack the plan of the settings."""
    with serving() as parts:
        return run(event, parts)


def run(event: Mapping[str, Any], parts: Parts) -> dict[str, Any]:
    """Make each batch that `event` asks for; run twice a night it makes each once.

    Raises:
        ExceptionGroup: what refused some of them; the others are made all the same.
    """
    plan = Plan.model_validate({"batches": [_flat(entry) for entry in event.get("batches", ())]})
    made: list[tuple[str, str]] = []
    errors: list[CallscribeError] = []
    for number, wanted in enumerate(plan.batches):
        try:
            made.append((wanted.tenant, _make(wanted, number, parts)))
        except IdempotencyKeyReused:
            # Tonight's batch is there, made with another deadline, or by another plan.
            parts.observer.tell("nightly_ran", tenant=wanted.tenant, code=IdempotencyKeyReused.code)
        except CallscribeError as error:
            parts.observer.tell("nightly_ran", tenant=wanted.tenant, code=error.code)
            errors.append(error)
    if made:
        remember(made, parts)
    if errors:
        raise ExceptionGroup("Some of tonight's batches could not be made.", errors)
    return {"batches": [batch_id for _, batch_id in made]}


def _flat(entry: Any) -> Any:
    """An entry with the two relative times beside its request, wherever they were written."""
    if not isinstance(entry, Mapping) or not isinstance(entry.get("request"), Mapping):
        return entry
    request = dict(entry["request"])
    relative = {name: request.pop(name) for name in ("created_after_days", "deadline_hours") if name in request}
    return {**entry, **relative, "request": request}


def _make(wanted: Wanted, number: int, parts: Parts) -> str:
    """Tell what is to be made, then make it; the id of tonight's batch."""
    now = datetime.fromtimestamp(parts.now(), UTC)
    request = _resolved(wanted, now)
    principal = Principal(wanted.tenant, SCOPES, "nightly")
    preview = batches.create(_incoming({**request, "dry_run": True}, None), principal, parts).view
    assert isinstance(preview, BatchPreview), "a dry run is a preview"
    created = batches.create(_incoming(request, f"nightly-{now.date()}-{number}"), principal, parts).view
    assert isinstance(created, BatchView), "no dry run is a batch"
    facts = {"found": preview.matched, "jobs": preview.jobs, "audio_s": preview.audio_s}
    parts.observer.tell("nightly_ran", tenant=wanted.tenant, batch_id=created.id, **facts)
    return created.id


def _resolved(wanted: Wanted, now: datetime) -> dict[str, Any]:
    """The request with its relative times as instants."""
    request = dict(wanted.request)
    if wanted.created_after_days is not None:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        after = midnight - timedelta(days=wanted.created_after_days)
        request["selector"] = {**request.get("selector", {}), "created_after": after.isoformat()}
    if wanted.deadline_hours is not None:
        request["deadline_at"] = (now + timedelta(hours=wanted.deadline_hours)).isoformat()
    return request


def _incoming(request: Mapping[str, Any], key: str | None) -> Incoming:
    return Incoming("application/json", json.dumps(request).encode(), key)
