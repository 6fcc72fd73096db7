"""What the row of a job tells against itself; `now` is in epoch seconds."""

from collections.abc import Iterator

from shared.erasure import SCRUBBED, is_erased
from shared.ids import event_id
from shared.job import DAY_S, SHARDS, Job, Status, next_expiry_at
from shared.protocol.auditing.breach import Breach
from shared.protocol.reconciling import LONGEST_UPLOAD_CHECK_S, LONGEST_WORK_S, UPLOAD_S

LATE_S = 900
"""What the reconciler, once a minute, has not done after so long, it does not do."""
FAR_S = 2 * LONGEST_UPLOAD_CHECK_S
"""No job that lives is put off for longer than an hour."""
TTL_S = 3 * DAY_S
"""The table deletes within two days what is over."""

Told = Iterator[tuple[str, str]]


def row_breaches(job: Job, now: float) -> tuple[Breach, ...]:
    """Everything that is wrong with the row alone."""
    stuck = () if job.status.is_terminal else (*_unseen(job, now), *_waiting(job, now))
    told = (*stuck, *_ended(job), *_events(job), *_untold(job, now), *_served(job), *_kept(job, now))
    return tuple(Breach(kind, job.tenant, job.id, text) for kind, text in told)


def is_due(check_shard: str | None, next_check_at: float | None) -> bool:
    """Whether the reconciler ever looks at such a row."""
    return next_check_at is not None and check_shard in {str(shard) for shard in range(SHARDS)}


def _unseen(job: Job, now: float) -> Told:
    """A live job is looked at soon."""
    if not is_due(job.check_shard, job.next_check_at) or (job.next_check_at or 0.0) > now + FAR_S:
        yield "nothing_due", f"{job.status.value}, and nothing looks at it"
    elif (job.next_check_at or 0.0) < now - LATE_S:
        yield "overlooked", f"{job.status.value}, due for {_late(now, job.next_check_at)}"


def _waiting(job: Job, now: float) -> Told:
    """Each wait of a live job has an end."""
    if job.status is Status.QUEUED and job.rung_at is None and (job.queued_at or 0.0) < now - LATE_S:
        yield "never_rung", f"queued for {_late(now, job.queued_at)}"
    if job.status is Status.PROCESSING and job.lease_until < now - LATE_S:
        yield "lease_over", f"processing, its lease over for {_late(now, job.lease_until)}"
    limit = _limit(job)
    if limit is not None and limit < now - LATE_S:
        yield "past_limit", f"{job.status.value}, its time over for {_late(now, limit)}"


def _limit(job: Job) -> float | None:
    """By when a live job has moved on or failed; None: a queue may be long."""
    match job.status:
        case Status.AWAITING_UPLOAD:
            return job.created_at + UPLOAD_S
        case Status.PROCESSING:
            return job.first_started_at + LONGEST_WORK_S if job.first_started_at is not None else None
        case _:
            return job.deadline_at if job.fence == 0 else None


def _ended(job: Job) -> Told:
    """An end is whole: its moment, its reason, no lease; what lives has none of it."""
    is_over = job.status.is_terminal
    if job.tombstone is not None and not is_over:
        yield "stone_on_live", f"{job.status.value}, with a tombstone"
    if is_over and job.lease_until > 0:
        yield "lease_kept", f"{job.status.value}, with a lease"
    if is_over != (job.completed_at is not None):
        yield "end_unlike", f"{job.status.value}, {'without' if is_over else 'with'} completed_at"
    if (job.status is Status.FAILED) != (job.error is not None):
        yield "end_unlike", f"{job.status.value}, {'with' if job.error else 'without'} an error"
    if job.status is Status.COMPLETED and job.tombstone is None and job.result is None:
        yield "no_result", "completed, without a result"


def _events(job: Job) -> Told:
    """Each end took one number, so one id, and the last of them tells of this end."""
    numbers = sorted(int(number) for number in job.outbox)
    for number, entry in job.outbox.items():
        if entry.id != event_id(job.id, int(number)):
            yield "event_id", f"event {number} is {entry.id}"
    # A rebuilt job begins at a number of its own.
    if numbers and numbers != list(range(numbers[0], job.sequence + 1)):
        yield "sequence_gap", f"events {numbers}, sequence {job.sequence}"
    last = job.outbox.get(str(job.sequence))
    if job.status.is_terminal and (last is None or last.type not in {f"job.{job.status.value}", "job.erased"}):
        yield "no_event", f"{job.status.value}, and event {job.sequence} is {last.type if last else 'not there'}"


def _untold(job: Job, now: float) -> Told:
    """What is pending of a job that has ended is told soon; one that was tried again tells all at its next end."""
    pending = [entry for entry in job.outbox.values() if entry.state == "pending"]
    if not pending or not job.status.is_terminal:
        return
    if not is_due(job.check_shard, job.next_check_at) or (job.next_check_at or 0.0) > now + FAR_S:
        yield "never_told", "an event is pending, and nothing looks at the job"
    elif min(entry.at for entry in pending) < now - LATE_S and (job.next_check_at or 0.0) < now - LATE_S:
        yield "untold", f"an event is pending for {_late(now, min(entry.at for entry in pending))}"


def _served(job: Job) -> Told:
    is_shown = job.status is Status.COMPLETED and job.tombstone is None
    if job.result is not None and not is_shown:
        yield "served", f"{job.status.value}{', with a tombstone' if job.tombstone else ''}, and a result"


def _kept(job: Job, now: float) -> Told:
    """Nothing is kept longer than it may be, and what is forgotten says nothing."""
    if not job.status.is_terminal:
        return
    pending = any(entry.state == "pending" for entry in job.outbox.values())
    expiry_at = next_expiry_at(job)
    if expiry_at is not None and not pending and not is_due(job.check_shard, job.next_check_at):
        yield "never_expires", "retention never looks at it"
    # A recording that a live revision needs is kept for longer, and looked at every hour.
    if expiry_at is not None and expiry_at < now - DAY_S and (job.next_check_at or 0.0) < now - LATE_S:
        yield "retention_overdue", f"kept for {_late(now, expiry_at)} longer than it may be"
    said = [name for name in SCRUBBED if getattr(job, name, None)]
    if said and (is_erased(job) or (job.tombstone and job.audio.removed_at is not None)):
        yield "not_scrubbed", f"still holds {', '.join(said)}"
    if job.tombstone and (is_erased(job) or job.expires_at) and (job.expires_at or 0.0) < now - TTL_S:
        yield "stone_kept", "its tombstone has outlived its year"


def _late(now: float, since: float | None) -> str:
    return f"{(now - (since or 0.0)) / 3_600:.1f} h"
