"""The line of a won job, from its claim to its ending: adopted or made, stored once, committed once."""

from collections.abc import Callable

from shared.errors.jobs import DeadlinePassed
from shared.errors.root import CallscribeError
from shared.errors.transient import Draining, LeaseLost, TransientError
from shared.job import Claim, Job, Outcome, Status
from shared.protocol.attending.storing import Stored, adopt, store
from shared.protocol.intents import Steps, Tell, Transcribe, Transcribed
from shared.protocol.working import Ending, charge, finish, reject, release


def attend(held: Claim, bucket: str, now: Callable[[], float]) -> Steps[Ending]:
    """Work on a held job until it ends, one way or another.

    Args:
        held: the claim.
        bucket: where our objects lie.
        now: epoch seconds; the line lasts as long as the call takes.
    """
    try:
        stored = yield from _stored(held.job, bucket, now)
        return (yield from finish(held, stored.result, stored.facts, stored.at))
    except LeaseLost:
        return Ending(Outcome.LOST, held.job)
    except TransientError as error:
        return (yield from _hand_back(held, error, now()))
    except CallscribeError as error:
        yield Tell("job_failed", {"job_id": held.job.id, "code": error.code, "stage": error.facts.get("stage")})
        return (yield from reject(held, error, now()))


def _stored(job: Job, bucket: str, now: Callable[[], float]) -> Steps[Stored]:
    """The one transcript of `job`: adopted if an earlier attempt stored it, else made now.

    Raises:
        DeadlinePassed: the job was not started in time; one that was may finish.
    """
    if job.fence == 1 and job.deadline_at is not None and now() > job.deadline_at:
        raise DeadlinePassed(stage=Status.QUEUED.value)
    adopted = yield from adopt(job, bucket, now())
    if adopted:
        yield Tell("job_adopted", {"job_id": job.id})
        return adopted
    made: Transcribed = yield Transcribe()
    return (yield from store(job, made, bucket, now()))


def _hand_back(held: Claim, error: TransientError, now: float) -> Steps[Ending]:
    yield Tell("job_handed_back", {"job_id": held.job.id, "cause": error.code})
    if error.charged:
        return (yield from charge(held, error.code, now))
    return (yield from release(held, None if isinstance(error, Draining) else error, now))
