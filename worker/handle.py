"""One receipt, from its claim to its deleted message, as a straight line.

`begin` wins the job or learns what the receipt comes to; `finish_claim` does the work and settles.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from shared.errors.jobs import DeadlinePassed
from shared.errors.root import CallscribeError
from shared.errors.transient import Draining, LeaseLost, TransientError
from shared.event import instant
from shared.job import Claim, Job, Outcome, Receipt, Stage, Status
from shared.observe import Observer
from shared.protocol.announcing import settle
from shared.protocol.claiming import Terms, claim
from shared.protocol.drive import World, drive
from shared.protocol.working import Ending, charge, finish, reject, release
from worker.lease import Leases
from worker.speech.progress import Progress
from worker.storing import Archive, Stored
from worker.transcribe import Order, Transcriber


@dataclass(frozen=True, slots=True)
class Parts:
    """What a worker works with, put together once at its start."""

    world: World
    archive: Archive
    transcriber: Transcriber
    leases: Leases
    observer: Observer
    now: Callable[[], float]
    lease_s: int
    base_url: str
    worker_version: str


def begin(receipt: Receipt, parts: Parts, *, alone: bool) -> Claim | Ending:
    """Win the job of `receipt`; a refusal is an ending that still has to be settled."""
    terms = Terms(owner=uuid.uuid4().hex, now=parts.now(), lease_s=parts.lease_s, alone=alone)
    claimed = drive(claim(receipt, terms), parts.world)
    if isinstance(claimed, Claim):
        parts.observer.tell("job_claimed", job_id=claimed.job.id, fence=claimed.fence, attempt=claimed.job.attempts)
    return claimed


def finish_claim(held: Claim, progress: Progress, parts: Parts) -> Ending:
    """Work on a held job until it ends, one way or another."""
    try:
        stored = _stored(held.job, progress, parts)
        return drive(finish(held, stored.result, stored.facts, parts.now()), parts.world)
    except LeaseLost:
        return Ending(Outcome.LOST, held.job)
    except TransientError as error:
        return _hand_back(held, error, parts)
    except CallscribeError as error:
        error.facts.setdefault("stage", progress.standing.stage)
        parts.observer.tell("job_failed", job_id=held.job.id, code=error.code, stage=progress.standing.stage)
        return drive(reject(held, error, parts.now()), parts.world)
    except Exception as error:  # noqa: BLE001 - whatever nobody named is charged to this job alone
        parts.observer.tell_crash(error, job_id=held.job.id, stage=progress.standing.stage)
        return drive(charge(held, "internal_error", parts.now()), parts.world)


def settle_receipt(ending: Ending, receipt: Receipt, parts: Parts) -> Outcome:
    """Tell what must be told and do to the message what the ending asks for."""
    outcome = drive(settle(ending, receipt, parts.base_url), parts.world)
    parts.observer.tell(
        "receipt_settled",
        job_id=receipt.job_id,
        lane=receipt.lane.value,
        receive_count=receipt.receive_count,
        outcome=outcome.value,
    )
    return outcome


def _stored(job: Job, progress: Progress, parts: Parts) -> Stored:
    """The one transcript of `job`: adopted if an earlier attempt stored it, else made now.

    Raises:
        DeadlinePassed: the job was not started in time; one that was may finish.
    """
    if job.fence == 1 and job.deadline_at is not None and parts.now() > job.deadline_at:
        raise DeadlinePassed(stage=Status.QUEUED.value)
    progress.enter(Stage.DOWNLOADING)
    adopted = parts.archive.adopt(job)
    if adopted:
        parts.observer.tell("job_adopted", job_id=job.id)
        return adopted
    with parts.archive.fetch(job) as audio:
        order = Order(
            job_id=job.id,
            revision=job.revision,
            reference=job.reference,
            options=job.options,
            options_sha256=job.params_hash,
            attempt=job.attempts,
            created_at=instant(parts.now()),
            worker_version=parts.worker_version,
            lane=job.lane,
        )
        transcribed = parts.transcriber.transcribe(audio, order, progress)
    progress.enter(Stage.STORING)
    return parts.archive.put_transcript(job, transcribed)


def _hand_back(held: Claim, error: TransientError, parts: Parts) -> Ending:
    parts.observer.tell("job_handed_back", job_id=held.job.id, cause=error.code)
    if error.charged:
        return drive(charge(held, error.code, parts.now()), parts.world)
    cause = None if isinstance(error, Draining) else error
    return drive(release(held, cause, parts.now()), parts.world)
