"""Winning a job: one conditional write, and what its refusal means."""

import math
from contextlib import suppress
from dataclasses import dataclass

from shared.errors.jobs import AttemptsExhausted
from shared.errors.transient import StorageUnavailable
from shared.job import MAX_ATTEMPTS, Claim, Job, Key, Outcome, Receipt, Status
from shared.protocol.intents import Answer, Changed, ChangeRow, CreateRows, Guard, Refused, Steps, Where
from shared.protocol.working import BACKOFF_S, LONGEST_HIDE_S, Ending, failure_of, terminal

GRACE_S = 5
BEATING = 2 / 3
"""A lease of which more is left is being renewed: a heartbeat comes each third."""
DOUBT_S = 65
"""So long a last attempt is given to show that it lives: a lease."""
LEASE_CHECK_S = 30
"""So long after a lease ran out, the reconciler rings for the job."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a worker claims: as whom, from when, for how long, and whether it holds nothing else."""

    owner: str
    now: float
    lease_s: int
    alone: bool


def claim(receipt: Receipt, terms: Terms) -> Steps[Claim | Ending]:
    """Win the job of a receipt, or learn what the receipt comes to without it."""
    sets = {
        "status": Status.PROCESSING.value,
        "stage": "downloading",
        "lease_owner": terms.owner,
        "lease_until": terms.now + terms.lease_s + GRACE_S,
        "started_at": terms.now,
        "next_check_at": terms.now + terms.lease_s + GRACE_S + LEASE_CHECK_S,
    }
    key = Key.of_job(receipt.tenant, receipt.job_id)
    answer: Answer = yield ChangeRow(key, _claimable(terms), sets, {"fence": 1, "attempts": 1})
    job = answer.job
    if job is None:
        return Ending(Outcome.UNKNOWN)
    if isinstance(answer, Changed) or job.lease_owner == terms.owner:
        with suppress(StorageUnavailable):
            # A hint for the reconciler: where it cannot be written, the job that was won is not lost with it.
            yield from _mark(Key.of_watermark(job.lane.value, job.tenant), job.rung_at or terms.now)
        return Claim(job, receipt)
    return (yield from _refused(job, receipt, terms))


def _mark(key: Key, rung_at: float) -> Steps[None]:
    """Note how far the claims have come, by ring: whoever was rung long before and still waits has lost its message."""
    reached = {"rung_at": rung_at}
    answer: Answer = yield ChangeRow(key, ((Where("rung_at", "<", rung_at),),), reached)
    if answer == Refused(None):
        yield CreateRows(((key, reached),), rung_at)


def _claimable(terms: Terms) -> Guard:
    free = [
        Where("not_before", "<=", terms.now),
        Where("attempts", "<", MAX_ATTEMPTS),
        Where("tombstone", "absent"),
    ]
    if not terms.alone:
        free.append(Where("attempts", "=", 0))
    queued = (Where("status", "=", Status.QUEUED.value), *free)
    abandoned = (Where("status", "=", Status.PROCESSING.value), Where("lease_until", "<", terms.now), *free)
    return (queued, abandoned)


def _refused(job: Job, receipt: Receipt, terms: Terms) -> Steps[Ending]:
    if job.status.is_terminal:
        return Ending(Outcome.SETTLED, job)
    if job.status is Status.AWAITING_UPLOAD:
        return Ending(Outcome.EARLY, job, hide_s=BACKOFF_S)
    if job.status is Status.PROCESSING and job.lease_until >= terms.now:
        return Ending(Outcome.HELD, job, hide_s=_hidden_s(job, receipt, terms))
    if job.attempts >= MAX_ATTEMPTS:
        return (yield from exhaust(job, terms.now))
    if job.not_before > terms.now:
        return Ending(Outcome.EARLY, job, hide_s=min(LONGEST_HIDE_S, int(job.not_before - terms.now) + 1))
    return Ending(Outcome.ALONE, job)


def _hidden_s(job: Job, receipt: Receipt, terms: Terms) -> int:
    """Until just after the lease, doubled at each receive after the first repeat of a job that is being worked on.

    A worker that dies right after a heartbeat leaves its message hidden for 60 s and its lease for 65: no second more
    than needed is spent before the next claim. Nor is any doubled where heartbeats have been missed.
    """
    rest_s = job.lease_until - terms.now
    is_beating = rest_s > terms.lease_s * BEATING
    doublings = min(max(receipt.receive_count - 2, 0), 10) if is_beating else 0
    return min(LONGEST_HIDE_S, math.ceil(rest_s + 1) << doublings)


def exhaust(job: Job, now: float) -> Steps[Ending]:
    """Fail a job whose attempts are used up and whose lease is over; `HELD` if that is not sure yet.

    A lease that is over by our clock is only doubted at first: a holder that lives moves it with its next heartbeat. So
    a clock of ours that is an hour fast fails nobody's last attempt.
    """
    unmoved = (Where("fence", "=", job.fence), Where("attempts", "=", MAX_ATTEMPTS))
    working = (Where("status", "=", Status.PROCESSING.value), Where("lease_until", "=", job.lease_until), *unmoved)
    is_over = job.status is Status.QUEUED or _has_been_doubted(job, now)
    if not is_over:
        if job.doubted_until != job.lease_until or (job.doubted_at or now) >= now:
            yield ChangeRow(job.row_key, (working,), {"doubted_until": job.lease_until, "doubted_at": now})
        return Ending(Outcome.HELD, job, hide_s=DOUBT_S)
    cause = job.cause or "worker_lost"
    failure = {"error": failure_of(AttemptsExhausted(last=cause), job), "cause": cause}
    guard: Guard = (working, (Where("status", "=", Status.QUEUED.value), *unmoved))
    answer: Answer = yield ChangeRow(job.row_key, guard, {**failure, **terminal(job, Status.FAILED, now)})
    if isinstance(answer, Changed):
        return Ending(Outcome.EXHAUSTED, answer.job)
    return Ending(Outcome.HELD, answer.job, hide_s=BACKOFF_S)


def _has_been_doubted(job: Job, now: float) -> bool:
    """Whether this very lease was found over a lease ago; a doubt from a clock that is fast is none yet."""
    return job.doubted_until == job.lease_until and job.doubted_at is not None and job.doubted_at + DOUBT_S <= now
