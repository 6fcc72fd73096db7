"""The end of a batch: its jobs are counted until all have ended, the event is told; or they are called off."""

from collections import Counter
from typing import Any

from shared.batch import (
    COUNTED,
    BatchStatus,
    JobBatch,
    attributes_of_batch,
    counted_as,
    event_of_batch,
    is_own_job,
    pending_event,
    resting,
)
from shared.errors.requests import RequestError
from shared.errors.transient import EventsUnavailable
from shared.job import BELONGING, TERMINAL, Job, Row, Status
from shared.protocol.announcing import announce
from shared.protocol.controlling import cancel
from shared.protocol.intents import (
    Answer,
    Changed,
    ChangeRow,
    DeleteVersions,
    FindRows,
    Found,
    Publish,
    ReadRows,
    Steps,
    Where,
)

CHECK_S = 60
OUTBOX_CHECK_S = 30
PAGE = 1_000
MOST_PAGES = 1_000
"""A million jobs are counted, once, at the end of a batch; before that a look ends at the first one that lives."""
GONE_S = 900
"""A job that no index shows so long after it was made is gone: it was erased."""
CANCELS = 50
"""Jobs called off at a time."""
UNSEEN_S = 120
"""So long after its cancellation a batch is looked at for jobs that were just being made."""
LIVE = tuple(status for status in Status if status not in TERMINAL)


def count(batch: JobBatch, pages: int = MOST_PAGES, *, until_live: bool = False) -> Steps[Counter[str]]:
    """The jobs of `batch` by what they are counted as; at most `pages` of a thousand, newest first.

    With `until_live` the count ends with the first page that holds a job which has not ended.
    """
    counted: Counter[str] = Counter()
    high: str | None = None
    for _ in range(pages):
        found: Found = yield FindRows(BELONGING, batch.id, high=high, newest_first=True, limit=PAGE)
        seen = [row for row in found.rows if row.row["id"] != high and _is_ours(batch, row.key, row.row)]
        counted.update(counted_as(str(row.row["status"])) for row in seen)
        if found.last is None or (until_live and _live(counted)):
            return counted
        high = str(found.last)
    return counted


def shown(counted: Counter[str], made: int) -> dict[str, int]:
    """Counts as they are told: all that were made, and how many of them stand where."""
    return {"total": max(made, counted.total()), **{name: counted[name] for name in COUNTED}}


def check(batch: JobBatch, now: float) -> Steps[JobBatch]:
    """Complete a running batch whose jobs have all ended; else it is looked at again."""
    if batch.items:
        # A process that was lost has left them.
        yield DeleteVersions(batch.items_key)
    counted = yield from count(batch, until_live=True)
    is_hidden = counted.total() < batch.made and now < (batch.prepared_at or now) + GONE_S
    if _live(counted) or is_hidden:
        return (yield from _change(batch, BatchStatus.RUNNING, {"next_check_at": now + CHECK_S}))
    sets = {
        "status": BatchStatus.COMPLETED.value,
        "completed_at": now,
        "counts": shown(counted, batch.made),
        "event": pending_event(batch.id, now).model_dump(mode="json"),
        "next_check_at": now + OUTBOX_CHECK_S,
    }
    completed = yield from _change(batch, BatchStatus.RUNNING, sets)
    return (yield from tell(completed, now))


def tell(batch: JobBatch, now: float) -> Steps[JobBatch]:
    """Publish the event of a completed batch, if that is still to be done; then the batch rests."""
    if batch.event is None or batch.status is not BatchStatus.COMPLETED:
        return batch
    if batch.event.state == "pending":
        try:
            yield Publish(event_of_batch(batch).model_dump_json(ensure_ascii=True), attributes_of_batch(batch))
        except EventsUnavailable:
            return (yield from _change(batch, BatchStatus.COMPLETED, {"next_check_at": now + CHECK_S}))
    return (yield from _change(batch, BatchStatus.COMPLETED, {"event.state": "published", **resting(now)}))


def stop(batch: JobBatch, now: float, base_url: str) -> Steps[JobBatch]:
    """Call off some jobs of a canceled batch that have not ended; the batch rests when none is left."""
    guard = tuple((Where("status", "=", status.value),) for status in LIVE)
    found: Found = yield FindRows(BELONGING, batch.id, limit=CANCELS, guard=guard)
    keys = tuple(row.key for row in found.rows if _is_ours(batch, row.key, row.row))
    rows: tuple[Row | None, ...] = (yield ReadRows(keys)) if keys else ()
    for job in (Job.model_validate(row) for row in rows if row):
        yield from _call_off(job, now, base_url)
    if found.last is not None:
        return (yield from _change(batch, BatchStatus.CANCELED, {"next_check_at": now}))
    if keys or now < (batch.completed_at or now) + UNSEEN_S:
        return (yield from _change(batch, BatchStatus.CANCELED, {"next_check_at": now + CHECK_S}))
    if batch.items:
        yield DeleteVersions(batch.items_key)
    counts = shown((yield from count(batch)), 0)
    return (yield from _change(batch, BatchStatus.CANCELED, {"counts": counts, **resting(now)}))


def _call_off(job: Job, now: float, base_url: str) -> Steps[None]:
    """One that ended meanwhile stays as it is; an event that cannot be told now stays pending."""
    if job.status.is_terminal:
        return
    try:
        canceled = yield from cancel(job, now)
        yield from announce(canceled, base_url)
    except (RequestError, EventsUnavailable):
        return


def _live(counted: Counter[str]) -> int:
    return counted[Status.QUEUED.value] + counted[Status.PROCESSING.value]


def _is_ours(batch: JobBatch, key: Any, row: Row) -> bool:
    return is_own_job(str(row["id"]), batch.tenant, key)


def _change(batch: JobBatch, status: BatchStatus, sets: dict[str, Any]) -> Steps[JobBatch]:
    """Change the row where its status is still `status`; the batch as it is then."""
    answer: Answer = yield ChangeRow(batch.row_key, ((Where("status", "=", status.value),),), sets)
    if isinstance(answer, Changed):
        return JobBatch.model_validate(answer.row)
    return JobBatch.model_validate(answer.row) if answer.row else batch
