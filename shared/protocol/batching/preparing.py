"""Jobs of a batch are made, slice by slice; how far it came is committed once a slice."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from shared.batch import BatchStatus, Item, Items, JobBatch, item_job_id, overlaid
from shared.erasure import Marker, Scope
from shared.errors.jobs import JobError
from shared.errors.transient import StorageUnavailable
from shared.job import Audio, Job, Key, Options, Row, Status, called
from shared.job.params import params_hash
from shared.protocol.batching.choosing import Match, find
from shared.protocol.intents import (
    Answer,
    Changed,
    ChangeRow,
    DeleteVersions,
    Guard,
    ReadObject,
    ReadRow,
    ReadRows,
    Steps,
    Where,
)
from shared.protocol.revising import Plan, queue_if_there, revise
from shared.protocol.submitting import submit

SLICE = 40
"""Jobs made at a time: some ten requests each, so that a slice takes a few seconds."""
SLICE_S = 60
"""So long a slice belongs to who began it; a process that is lost is succeeded then."""
LOOK_AGAIN_S = 30


@dataclass(frozen=True, slots=True)
class Slice:
    """What is to be made now, and where the next slice begins; None: this is the last one."""

    work: tuple[Item | Match, ...]
    position: str | int | None


def prepare(batch: JobBatch, now: float) -> Steps[JobBatch]:
    """Make the jobs of one slice, then commit how many they are and what was left out.

    Raises:
        TransientError: the slice is made again later; what is made already stays.
    """
    begun: Answer = yield ChangeRow(
        batch.row_key, _free(now), {"slice_until": now + SLICE_S, "next_check_at": now + SLICE_S}
    )
    if not isinstance(begun, Changed):
        return JobBatch.model_validate(begun.row) if begun.row else batch
    batch = JobBatch.model_validate(begun.row)
    slice_ = yield from (_named(batch) if batch.choice is None else _chosen(batch))
    reasons: Counter[str | None] = Counter()
    for work in slice_.work:
        keys = (batch.row_key, *(Marker.key_of(batch.tenant, scope) for scope in _scopes(batch, work)))
        rows: tuple[Row | None, ...] = yield ReadRows(keys)
        row = rows[0]
        if row is None or row["status"] != BatchStatus.PREPARING.value:
            return JobBatch.model_validate(row) if row else batch
        reasons[(yield from _make(batch, work, now)) if _is_unmarked(batch, rows[1:]) else "erased"] += 1
    return (yield from _commit(batch, slice_, reasons, now))


def _scopes(batch: JobBatch, work: Item | Match) -> tuple[Scope, ...]:
    """By which erasures may forget a call: a call of ours bears its tombstone, a new one is known by its names."""
    scopes = [Scope(kind="batch_id", value=batch.id)]
    if isinstance(work, Item) and work.subject_hmac is not None:
        scopes.append(Scope(kind="subject_hmac", value=work.subject_hmac))
    if isinstance(work, Item) and work.reference is not None:
        scopes.append(Scope(kind="called", value=called(batch.tenant, work.reference)))
    return tuple(scopes)


def _is_unmarked(batch: JobBatch, markers: tuple[Row | None, ...]) -> bool:
    """Whether no erasure went by since `batch` was accepted; of an earlier one a later call is no part."""
    return all(Marker.model_validate(row).at < batch.created_at for row in markers if row)


def _free(now: float) -> Guard:
    preparing = Where("status", "=", BatchStatus.PREPARING.value)
    return ((preparing, Where("slice_until", "absent")), (preparing, Where("slice_until", "<=", now)))


def _named(batch: JobBatch) -> Steps[Slice]:
    stored: bytes | None = yield ReadObject(batch.items_key)
    if stored is None:
        raise StorageUnavailable("The items of a batch are not there.")
    items = Items.model_validate_json(stored).items
    done = int(batch.position or 0)
    after = done + SLICE
    return Slice(items[done:after], after if after < len(items) else None)


def _chosen(batch: JobBatch) -> Steps[Slice]:
    page = yield from find(batch, None if batch.position is None else str(batch.position), SLICE)
    return Slice(page.matches, page.position)


def _make(batch: JobBatch, work: Item | Match, now: float) -> Steps[str | None]:
    """Make one job, or say why there is none."""
    plan = Plan(batch, is_named=batch.choice is None)
    try:
        match work:
            case Match():
                return (yield from revise(plan, work.job_id, work.first_id, now))
            case Item(job_id=None):
                yield from _call(batch, work, now)
            case Item():
                return (yield from _again(plan, str(work.job_id), now))
    except JobError as error:
        return error.code
    return None


def _again(plan: Plan, job_id: str, now: float) -> Steps[str | None]:
    row: Row | None = yield ReadRow(Key.of_job(plan.batch.tenant, job_id))
    if row is None:
        return "erased"
    return (yield from revise(plan, job_id, str(row.get("revision_of") or job_id), now))


def _call(batch: JobBatch, item: Item, now: float) -> Steps[None]:
    """A new call: born and queued as a submission with `s3_uri` is; one that is past it is left as it is."""
    job = _job_of(batch, item)
    (row,) = yield ReadRows((job.row_key,))
    if row is None:
        job = (yield from submit(job, None)).job
    elif row["status"] == Status.AWAITING_UPLOAD.value:
        job = Job.model_validate(row)
    else:
        return
    yield from queue_if_there(job, now)


def _job_of(batch: JobBatch, item: Item) -> Job:
    assert item.pin is not None, "a new call lies somewhere"
    options = overlaid(Options(), batch.overlay)
    return Job(
        tenant=batch.tenant,
        id=item_job_id(batch, item.index),
        lane=batch.lane,
        reference=item.reference,
        subject_hmac=item.subject_hmac,
        batch_id=batch.id,
        options=options,
        params_hash=params_hash(options),
        audio=Audio(source="s3", **item.pin.model_dump()),
        retention=batch.retention,
        created_at=batch.created_at,
        deadline_at=batch.deadline_at,
    )


def _commit(batch: JobBatch, slice_: Slice, reasons: Counter[str | None], now: float) -> Steps[JobBatch]:
    """Write down what became of the slice, if nobody else did since; with the last one goes what the jobs came from."""
    made = reasons.pop(None, 0)
    skipped = Counter(batch.skipped) + reasons
    sets: dict[str, Any] = {
        "skipped": {str(reason): number for reason, number in skipped.items()},
        "position": slice_.position,
        "slice_until": None,
        "next_check_at": now,
    }
    if slice_.position is None:
        is_empty = batch.made + made == 0
        ready_at = now if is_empty else now + LOOK_AGAIN_S
        sets |= {"status": BatchStatus.RUNNING.value, "prepared_at": now, "next_check_at": ready_at, "choice": None}
    is_ours: Guard = ((Where("status", "=", BatchStatus.PREPARING.value), Where("slices", "=", batch.slices)),)
    answer: Answer = yield ChangeRow(batch.row_key, is_ours, sets, {"made": made, "slices": 1})
    if isinstance(answer, Changed) and slice_.position is None and batch.items:
        yield DeleteVersions(batch.items_key)
    return JobBatch.model_validate(answer.row) if answer.row else batch
