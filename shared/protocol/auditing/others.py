"""What is beside the jobs: batches, the items that remember a caller's key, and those that number revisions."""

from collections.abc import Iterator

from shared.batch import BatchStatus, JobBatch
from shared.ids import event_id, is_id
from shared.job import DAY_S, Job, Key, Row
from shared.protocol.auditing.breach import Breach
from shared.protocol.auditing.rows import LATE_S, is_due
from shared.protocol.batching.ending import count
from shared.protocol.intents import FoundRow, ObjectVersion, ReadRows, Steps

YEAR_S = 365 * DAY_S
"""Jobs that were erased are forgotten after so long: older batches are not counted again."""
IDEMPOTENCY_SK = "IDEMPOTENCY"


def batch_breaches(batch: JobBatch, now: float) -> tuple[Breach, ...]:
    """Everything that is wrong with the row of a batch."""
    return tuple(Breach(kind, batch.tenant, batch.id, text) for kind, text in _of_batch(batch, now))


def _of_batch(batch: JobBatch, now: float) -> Iterator[tuple[str, str]]:
    is_due_now = is_due(batch.check_shard, batch.next_check_at)
    if batch.status in (BatchStatus.PREPARING, BatchStatus.RUNNING):
        if not is_due_now:
            yield "nothing_due", f"{batch.status.value}, and nothing looks at it"
        elif (batch.next_check_at or 0.0) < now - LATE_S:
            yield "overlooked", f"{batch.status.value}, due for {now - (batch.next_check_at or 0.0):.0f} s"
        return
    live = sum((batch.counts or {}).get(name, 0) for name in ("queued", "processing"))
    if batch.status is BatchStatus.COMPLETED and live:
        yield "ended_early", f"completed, with {live} jobs on their way"
    yield from _of_event(batch, now, is_due=is_due_now)


def _of_event(batch: JobBatch, now: float, *, is_due: bool) -> Iterator[tuple[str, str]]:
    event = batch.event
    if event is None:
        if batch.status is BatchStatus.COMPLETED:
            yield "no_event", "completed, and no event tells of it"
        return
    if event.id != event_id(batch.id, 1):
        yield "event_id", f"event 1 is {event.id}"
    if event.state == "pending" and not is_due:
        yield "never_told", "its event is pending, and nothing looks at it"
    elif event.state == "pending" and event.at < now - LATE_S:
        yield "untold", f"its event is pending for {now - event.at:.0f} s"


def missing_jobs(batch: JobBatch, now: float) -> Steps[tuple[Breach, ...]]:
    """Whether the table still knows all jobs that a completed batch made."""
    ended_at = batch.completed_at
    if batch.status is not BatchStatus.COMPLETED or ended_at is None or not now - YEAR_S < ended_at < now - LATE_S:
        return ()
    found = (yield from count(batch)).total()
    told = f"made {batch.made} jobs, and the table knows {found}"
    return (Breach("jobs_missing", batch.tenant, batch.id, told),) if found < batch.made else ()


def items_left(batch: JobBatch, versions: tuple[ObjectVersion, ...]) -> tuple[Breach, ...]:
    """The items of a batch are needed only while jobs are made of them."""
    rests = batch.status in (BatchStatus.COMPLETED, BatchStatus.CANCELED) and batch.next_check_at is None
    told = f"{batch.status.value}, and its items are still there"
    return (Breach("objects_left", batch.tenant, batch.id, told),) if rests and versions else ()


def hidden_revisions(jobs: tuple[Job, ...]) -> Steps[tuple[Breach, ...]]:
    """Which revisions are not known beside the first job of their call: there an erasure looks for them."""
    wanted = {Key.of_revision(job.tenant, job.revision_of, job.revision): job for job in jobs if job.revision_of}
    rows: tuple[Row | None, ...] = (yield ReadRows(tuple(wanted))) if wanted else ()
    hidden = [job for job, row in zip(wanted.values(), rows, strict=True) if (row or {}).get("job_id") != job.id]
    return tuple(
        Breach(
            "revision_hidden", job.tenant, job.id, f"revision {job.revision} of {job.revision_of} is not known there"
        )
        for job in hidden
    )


def broken_promises(found: tuple[FoundRow, ...], now: float) -> Steps[tuple[Breach, ...]]:
    """Which callers' keys name a job, or a batch, that is not there: it was accepted, so it must be known."""
    promised = {
        place: one.key.pk
        for one in found
        if one.key.sk == IDEMPOTENCY_SK and float(one.row.get("expires_at", 0)) > now
        for place in _made(one)
    }
    rows: tuple[Row | None, ...] = (yield ReadRows(tuple(promised))) if promised else ()
    missing = [place for place, row in zip(promised, rows, strict=True) if row is None]
    return tuple(
        Breach("promised", _tenant(place), _name(place), "a caller was given its id, and it has no row")
        for place in missing
    )


def _made(item: FoundRow) -> Iterator[Key]:
    made, tenant = str(item.row.get("made", "")), _tenant(item.key)
    if is_id("job", made):
        yield Key.of_job(tenant, made)
    elif is_id("bat", made):
        yield Key.of_batch(tenant, made)


def _tenant(key: Key) -> str:
    return key.pk.split("#")[1]


def _name(key: Key) -> str:
    return key.pk.rsplit("#", 1)[1] if key.sk == "JOB" else key.sk
