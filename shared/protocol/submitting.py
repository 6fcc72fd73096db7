"""Submit and queue: how a job is born, once, and how its doorbell is rung."""

import json
from dataclasses import dataclass
from typing import Any

from shared.capacity import estimated_audio_s
from shared.erasure import is_erased
from shared.errors.jobs import UploadMismatch
from shared.errors.requests import UploadMissing
from shared.job import Audio, Job, Key, Row, Status, called, shard_of
from shared.protocol.creating import Birth, IdempotencyKey, create
from shared.protocol.intents import (
    Answer,
    Changed,
    ChangeRow,
    DeleteVersions,
    Guard,
    HeadObject,
    ObjectFacts,
    PutObject,
    ReadRow,
    Ring,
    Steps,
    Where,
)
from shared.protocol.working import fail_unclaimed

UPLOAD_CHECK_S = 120
"""After so long without a word of the audio, the reconciler looks for it."""
RING_CHECK_S = 60
"""After so long without a ring, the reconciler rings."""
KEPT = {
    *("lane", "reference", "subject_hmac", "metadata", "tags", "options", "audio", "audio_s", "retention"),
    *("batch_id", "revision", "revision_of", "created_at", "queued_at", "deadline_at"),
}
"""What a rebuild of the table knows of a job that has no transcript yet; all of it goes when the job is erased."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """The job that answers a submission, and whether an earlier one made it."""

    job: Job
    replayed: bool


def submit(job: Job, idempotency: IdempotencyKey | None) -> Steps[Submitted]:
    """Write the row and its idempotency item in one transaction, or find the job that an equal request made.

    Raises:
        IdempotencyKeyReused: the key came with another request.
        StorageUnavailable: the table refused the rows and shows no reason.
    """
    waiting = job.model_copy(update={**found_by(job), "next_check_at": job.created_at + UPLOAD_CHECK_S})
    rows = ((job.row_key, waiting.model_dump(mode="json", exclude_none=True)),)
    made = yield from create(Birth(job.id, rows, job.created_at), idempotency)
    if made == job.id:
        return Submitted(waiting, replayed=False)
    row: Row | None = yield ReadRow(Key.of_job(job.tenant, made))
    return Submitted(Job.model_validate(row), replayed=True)


def found_by(job: Job) -> dict[str, Any]:
    """The fields by which the table's indexes find `job`."""
    return {
        "listed_in": job.tenant,
        "called": called(job.tenant, job.reference) if job.reference else None,
        "belongs_to": job.batch_id,
        "check_shard": shard_of(job.id),
    }


def queue(job: Job, now: float) -> Steps[Job]:
    """Pin the audio that is there, make the row `queued`, ring. A job that is past it is left as it is.

    Raises:
        UploadMissing: no object is there.
        UploadMismatch: the object is not what was declared; the job has failed of it.
    """
    if job.status is not Status.AWAITING_UPLOAD:
        return job
    facts: ObjectFacts | None = yield HeadObject(job.audio.bucket, job.audio.key, job.audio.version_id)
    if facts is None:
        raise UploadMissing
    if not as_declared(job.audio, facts):
        error = UploadMismatch(stage="uploading")
        yield from fail_unclaimed(job, error, now)
        raise error
    kept = job.model_copy(update={"audio": _pinned(job.audio, facts), "queued_at": now})
    yield PutObject(job.request_key, request_of(kept), {"job": job.id, "tenant": job.tenant})
    return (yield from _pin_and_ring(job, facts, now))


def ring(job: Job, now: float) -> Steps[None]:
    """Send the doorbell of a queued job and note it."""
    yield Ring(job.lane, job.tenant, job.id, job.trace)
    earlier: Guard = ((Where("rung_at", "absent"),), (Where("rung_at", "<", now),))
    yield ChangeRow(job.row_key, earlier, {"rung_at": now}, {"rings": 1})


def as_declared(audio: Audio, facts: ObjectFacts) -> bool:
    """Whether the object is what the submission said of it."""
    size_differs = audio.size_bytes is not None and audio.size_bytes != facts.size_bytes
    both_hashed = audio.sha256 is not None and facts.sha256 is not None
    return not size_differs and not (both_hashed and audio.sha256 != facts.sha256)


def request_of(job: Job) -> bytes:
    """What is kept of the request beside the audio, for a rebuild of the table."""
    return json.dumps(job.model_dump(mode="json", include=KEPT, exclude_none=True), sort_keys=True).encode()


def _pinned(audio: Audio, facts: ObjectFacts) -> Audio:
    pins = {"size_bytes": facts.size_bytes, "etag": facts.etag, "version_id": facts.version_id}
    return audio.model_copy(update=pins)


def _pin_and_ring(job: Job, facts: ObjectFacts, now: float) -> Steps[Job]:
    pinned = {
        "status": Status.QUEUED.value,
        "queued_at": now,
        "next_check_at": now + RING_CHECK_S,
        "audio_s": job.audio.duration_s or job.audio_s or estimated_audio_s(facts.size_bytes),
        "audio.size_bytes": facts.size_bytes,
        "audio.etag": facts.etag,
        "audio.version_id": facts.version_id,
    }
    key = job.row_key
    answer: Answer = yield ChangeRow(key, ((Where("status", "=", Status.AWAITING_UPLOAD.value),),), pinned)
    queued = answer.job
    if queued is None:
        raise UploadMissing
    if is_erased(queued):
        # The erasure went by while the request was being kept: it must not stay behind.
        yield DeleteVersions(job.request_key)
    if isinstance(answer, Changed) or (queued.status is Status.QUEUED and queued.rung_at is None):
        yield from ring(queued, now)
    return queued
