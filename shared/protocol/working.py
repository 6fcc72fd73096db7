"""A claim at work: kept alive, and ended once. Every write is conditioned on the claim counter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.erasure import is_erased
from shared.errors.jobs import AttemptsExhausted, JobError
from shared.errors.root import CallscribeError
from shared.errors.transient import TransientError
from shared.ids import event_id
from shared.job import MAX_ATTEMPTS, Claim, Failure, Job, Outcome, Result, Status
from shared.protocol.intents import Answer, Changed, ChangeRow, DeleteVersions, Guard, Hide, Steps, Where

BACKOFF_S = 30
LONGEST_HIDE_S = 900
RELEASES_PER_CHARGE = 20
OUTBOX_CHECK_S = 30
"""An event that is still pending then is told by the reconciler."""
HANDOVER_CHECK_S = 60


@dataclass(frozen=True, slots=True)
class Ending:
    """What a receipt came to: the outcome, the row as it now stands, and for how long the message hides."""

    outcome: Outcome
    job: Job | None = None
    hide_s: int = 0


def renew(held: Claim, until: float, lease_s: int, news: Mapping[str, Any]) -> Steps[bool]:
    """One heartbeat: lease until `until`, stage and progress told, the message hidden for `lease_s` from now.

    False if the job is no longer ours.
    """
    answer: Answer = yield ChangeRow(held.job.row_key, ours(held.fence), {"lease_until": until, **news})
    if isinstance(answer, Changed):
        yield Hide(held.receipt, lease_s)
    return isinstance(answer, Changed)


def finish(held: Claim, result: Result, facts: Mapping[str, Any], now: float) -> Steps[Ending]:
    """Commit a stored transcript: `completed` with its event pending, in one write."""
    sets = {
        "result": result.model_dump(mode="json", exclude_none=True),
        **{f"audio.{name}": value for name, value in facts.items()},
        **terminal(held.job, Status.COMPLETED, now),
    }
    answer: Answer = yield ChangeRow(held.job.row_key, ours(held.fence), sets)
    job = answer.job
    if isinstance(answer, Changed) or (
        job and job.fence == held.fence and job.result and job.result.etag == result.etag
    ):
        return Ending(Outcome.COMPLETED, job)
    return (yield from _lost(held, job))


def reject(held: Claim, error: CallscribeError, now: float) -> Steps[Ending]:
    """End a job with a named error that no repetition heals."""
    failure = failure_of(error, held.job)
    sets = {"error": failure, **terminal(held.job, Status.FAILED, now)}
    answer: Answer = yield ChangeRow(held.job.row_key, ours(held.fence), sets)
    job = answer.job
    if isinstance(answer, Changed) or (job and job.fence == held.fence and job.error and job.error.code == error.code):
        return Ending(Outcome.REJECTED, job)
    return (yield from _lost(held, job))


def release(held: Claim, cause: TransientError | None, now: float) -> Steps[Ending]:
    """Hand a job back in order, uncharged; every 20th release is charged, so none circles for ever."""
    charged = (held.job.releases + 1) % RELEASES_PER_CHARGE == 0
    hide_s = backoff_s(held.job.releases) if cause else 0
    return (
        yield from _hand_back(
            held,
            Ending(Outcome.RELEASED, hide_s=hide_s),
            {"cause": cause.code if cause else None, "not_before": now + hide_s},
            {"releases": 1, "attempts": 0 if charged else -1},
        )
    )


def charge(held: Claim, cause: str, now: float) -> Steps[Ending]:
    """Hand a job back after an error of its own: the attempt stays charged; the last one ends the job."""
    if held.job.attempts >= MAX_ATTEMPTS:
        error = AttemptsExhausted(last=cause)
        ending = yield from reject(held, error, now)
        return Ending(Outcome.EXHAUSTED if ending.outcome is Outcome.REJECTED else ending.outcome, ending.job)
    hide_s = backoff_s(held.job.attempts - 1)
    ending = Ending(Outcome.CHARGED, hide_s=hide_s)
    return (yield from _hand_back(held, ending, {"cause": cause, "not_before": now + hide_s}, {}))


def fail_unclaimed(job: Job, error: JobError, now: float) -> Steps[bool]:
    """Fail a job without a claim; its event is pending in the same write, and a worker that has it is refused."""
    sets = {"error": failure_of(error, job), **terminal(job, Status.FAILED, now)}
    guard: Guard = ((Where("status", "=", job.status.value), Where("sequence", "=", job.sequence)),)
    answer: Answer = yield ChangeRow(job.row_key, guard, sets)
    return isinstance(answer, Changed)


def backoff_s(times: int) -> int:
    """30 s, doubled each time, at most 15 min."""
    return min(LONGEST_HIDE_S, BACKOFF_S << min(times, 10))


def terminal(job: Job, status: Status, now: float) -> dict[str, Any]:
    """The fields that every terminal write sets: the end, and the event that must be told of it."""
    sequence = job.sequence + 1
    entry = {"type": f"job.{status.value}", "id": event_id(job.id, sequence), "state": "pending", "at": now}
    return {
        "status": status.value,
        "stage": None,
        "progress": None,
        "lease_until": 0.0,
        "completed_at": now,
        "next_check_at": now + OUTBOX_CHECK_S,
        "sequence": sequence,
        f"outbox.{sequence}": entry,
    }


def as_seen(job: Job) -> Guard:
    """The row stands where `job` shows it: no other step has been taken, and no tombstone set, since it was read."""
    stone = Where("tombstone.reason", "=", job.tombstone.reason) if job.tombstone else Where("tombstone", "absent")
    return ((Where("status", "=", job.status.value), Where("sequence", "=", job.sequence), stone),)


def failure_of(error: CallscribeError, job: Job) -> dict[str, Any]:
    """`error` as the job tells it; the facts `stage` and `last` of the error win over those of the row."""
    cause = error.facts.get("last") or job.cause
    stage = error.facts.get("stage") or job.stage
    failure = Failure(
        code=error.code,
        message=error.message,
        retryable=error.retryable,
        stage=str(stage) if stage else None,
        attempt=job.attempts,
        cause=str(cause) if cause else None,
    )
    return failure.model_dump(mode="json", exclude_none=True)


def ours(fence: int) -> Guard:
    """The row is being worked on under this claim: what every write of a worker is conditioned on."""
    return ((Where("fence", "=", fence), Where("status", "=", Status.PROCESSING.value)),)


def _hand_back(held: Claim, ending: Ending, sets: Mapping[str, Any], adds: Mapping[str, int]) -> Steps[Ending]:
    idle = {
        "status": Status.QUEUED.value,
        "stage": None,
        "progress": None,
        "lease_owner": None,
        "lease_until": 0.0,
        "next_check_at": float(sets["not_before"]) + HANDOVER_CHECK_S,
    }
    answer: Answer = yield ChangeRow(held.job.row_key, ours(held.fence), {**idle, **sets}, adds)
    if isinstance(answer, Changed):
        return Ending(ending.outcome, answer.job, ending.hide_s)
    return (yield from _lost(held, answer.job))


def _lost(held: Claim, job: Job | None) -> Steps[Ending]:
    """Leave a job that is no longer ours; what may have been stored goes only if the job was erased.

    Without a tombstone another claim, or a retry, may have adopted it already.
    """
    if job is not None and is_erased(job):
        yield DeleteVersions(held.job.transcript_key)
        yield DeleteVersions(held.job.listening_prefix)
        yield DeleteVersions(held.job.work_prefix)
    return Ending(Outcome.LOST, job)
