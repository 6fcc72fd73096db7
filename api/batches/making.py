"""Use case: make a batch, or show what it would be."""

from datetime import datetime
from typing import Any

from api.access.allowances import require_room
from api.access.principal import Principal
from api.backlog import live_jobs
from api.batches.items import Checked, check
from api.batches.previewing import preview
from api.batches.showing import find_batch, view_of
from api.batches.slicing import begin
from api.contract.batches import BatchPreview, BatchRequest, BatchView, Selector
from api.contract.reading.bodies import Incoming, read_body
from api.contract.submission import Deployment
from api.parts import Created, Parts
from shared.batch import Choice, Items, JobBatch
from shared.errors.requests import IdempotencyKeyReused
from shared.ids import new_id
from shared.job import Lane, Retention, shard_of
from shared.protocol.creating import Birth, IdempotencyKey, earlier
from shared.protocol.creating import create as born
from shared.protocol.drive import drive
from shared.protocol.intents import DeleteVersions, PutObject

ROUTE = "POST /v1/batches"
FIRST_CHECK_S = 60
"""If the process that accepted a batch is lost, the reconciler goes on with it then."""


def create(incoming: Incoming, principal: Principal, parts: Parts) -> Created[BatchView | BatchPreview]:
    """Make a batch, or with `dry_run` show what it would be; an equal request finds what the first one made.

    Raises:
        RequestError: the request is refused; nothing was written and no key used up.
    """
    deployment = Deployment(parts.settings.models, parts.settings.languages)
    asked, fingerprint = read_body(BatchRequest, incoming, deployment)
    known_by = None if asked.dry_run else incoming.known_by(principal.tenant, ROUTE, fingerprint)
    earlier = _made_by(known_by, parts)
    if earlier is not None:
        return _answer(find_batch(earlier, principal.tenant, parts), parts, replayed=True)
    checked = check(asked.items, principal, parts) if asked.items is not None else Checked()
    batch = _batch_of(asked, checked, principal.tenant, parts.now())
    if asked.dry_run:
        return Created(preview(batch, checked, parts))
    return _make(batch, checked, known_by, parts)


def _make(batch: JobBatch, checked: Checked, known_by: IdempotencyKey | None, parts: Parts) -> Created[Any]:
    """Write the items, then the row with the caller's key; then make jobs while there is time."""
    _require_allowance(batch, parts)
    if batch.choice is None:
        items = Items(items=checked.items).model_dump_json(exclude_none=True)
        parts.world.perform(PutObject(batch.items_key, items.encode(), {"batch": batch.id, "tenant": batch.tenant}))
    rows = ((batch.row_key, batch.model_dump(mode="json", exclude_none=True)),)
    made = drive(born(Birth(batch.id, rows, batch.created_at), known_by), parts.world)
    if made != batch.id:
        parts.world.perform(DeleteVersions(batch.items_key))
        return _answer(find_batch(made, batch.tenant, parts), parts, replayed=True)
    parts.observer.tell("batch_created", batch_id=batch.id, tenant=batch.tenant, lane=batch.lane.value)
    return _answer(batch, parts, replayed=False)


def _require_allowance(batch: JobBatch, parts: Parts) -> None:
    """Go on only with room for the calls that are named; those that a selector finds are let in as they are made.

    Raises:
        QueueFull: the tenant would have more live jobs than it may.
    """
    live = live_jobs(batch.tenant, parts.settings.live_jobs_max, parts)
    require_room(batch.tenant, live + max(0, batch.items - 1), parts)


def _answer(batch: JobBatch, parts: Parts, *, replayed: bool) -> Created[Any]:
    """The batch as it is now; a repetition goes on with what a lost process began."""
    return Created(view_of(begin(batch, parts), parts), f"/v1/batches/{batch.id}", replayed=replayed)


def _made_by(known_by: IdempotencyKey | None, parts: Parts) -> str | None:
    """The batch of an equal request, found before its calls are looked at: they may have gone since."""
    item = drive(earlier(known_by, parts.now()), parts.world)
    if known_by is None or item is None:
        return None
    if item["request_sha256"] != known_by.request_sha256:
        raise IdempotencyKeyReused
    return str(item["made"])


def _batch_of(asked: BatchRequest, checked: Checked, tenant: str, now: float) -> JobBatch:
    """The row as it is born."""
    batch_id = new_id("bat", now)
    return JobBatch(
        tenant=tenant,
        id=batch_id,
        lane=Lane(asked.lane),
        reference=asked.reference,
        choice=_choice(asked.selector) if asked.selector else None,
        items=len(checked.items),
        overlay=asked.options.model_dump(mode="json", exclude_none=True),
        retention=Retention(**asked.retention.model_dump()),
        rejected=checked.rejected,
        created_at=now,
        deadline_at=_seconds(asked.deadline_at),
        check_shard=shard_of(batch_id),
        next_check_at=now + FIRST_CHECK_S,
    )


def _choice(selector: Selector) -> Choice:
    moments = {name: _seconds(getattr(selector, name)) for name in ("created_after", "created_before")}
    return Choice(**{**selector.model_dump(), **moments})


def _seconds(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment is not None else None
