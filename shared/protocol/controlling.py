"""Cancel and retry: what a caller may still decide about a job."""

from collections.abc import Mapping
from typing import Any

from shared.erasure import is_erased
from shared.errors.jobs import AudioAccessDenied, AudioExpired
from shared.errors.requests import Erased, NotFound, StateConflict, UploadMissing
from shared.errors.transient import StorageUnavailable
from shared.job import Job, Status
from shared.protocol.intents import (
    Answer,
    Changed,
    ChangeRow,
    DeleteVersions,
    HeadObject,
    ObjectFacts,
    PutObject,
    Steps,
)
from shared.protocol.submitting import RING_CHECK_S, as_declared, request_of, ring
from shared.protocol.working import as_seen, terminal

TRIES = 10
"""A refused write is tried again on the row as it has become; each refusal is somebody else's step forward."""
RETRIED: Mapping[str, Any] = {
    "status": Status.QUEUED.value,
    "stage": None,
    "progress": None,
    "attempts": 0,
    "lease_owner": None,
    "lease_until": 0.0,
    "not_before": 0.0,
    "result": None,
    "listening_removed_at": None,
    "error": None,
    "cause": None,
    "started_at": None,
    "first_started_at": None,
    "completed_at": None,
    "rung_at": None,
}
"""`fence`, `sequence` and `releases` go on: a zombie of an earlier run stays fenced, each end has its own event."""


def cancel(job: Job, now: float) -> Steps[Job]:
    """End a job that has not ended, with its event pending; one that is canceled already is left as it is.

    Raises:
        StateConflict: it has ended otherwise.
        Erased: it was erased meanwhile.
        StorageUnavailable: the row changed at each look.
    """
    for _ in range(TRIES):
        _refuse_erased(job)
        if job.status is Status.CANCELED:
            return job
        if job.status.is_terminal:
            raise StateConflict(f"The job is {job.status.value}: only a job that has not ended can be canceled.")
        ended = {**terminal(job, Status.CANCELED, now), "lease_owner": None}
        answer: Answer = yield ChangeRow(job.row_key, as_seen(job), ended)
        if isinstance(answer, Changed):
            return answer.job
        job = _there(answer)
    raise StorageUnavailable


def retry(job: Job, now: float) -> Steps[Job]:
    """Queue a failed or canceled job again, as if it had just been submitted, and ring.

    A deadline that has passed is dropped: who asks again wants the transcript late rather than never.

    Raises:
        StateConflict: the job is live or completed, or its audio is not what was declared.
        UploadMissing: no audio ever came.
        AudioExpired: the audio is gone.
        Erased: the job was erased meanwhile.
    """
    _refuse_erased(job)
    _require_ended(job)
    pins = yield from _pins(job)
    missed = {"deadline_at": None} if job.deadline_at is not None and job.deadline_at <= now else {}
    queued = {**RETRIED, **pins, **missed, "queued_at": now, "next_check_at": now + RING_CHECK_S}
    answer: Answer = yield ChangeRow(job.row_key, as_seen(job), queued)
    found = _there(answer)
    if is_erased(found):
        # The erasure went by while the request was being kept: it must not stay behind.
        yield DeleteVersions(job.request_key)
    _refuse_erased(found)
    # After a lost response our own write is what refuses its repetition.
    is_ours = found.status is Status.QUEUED and found.queued_at == now and found.sequence == job.sequence
    if not isinstance(answer, Changed) and not is_ours:
        raise StateConflict(f"The job is {found.status.value}: somebody else was faster.")
    yield from ring(found, now)
    return found


def _there(answer: Answer) -> Job:
    """The row that `answer` shows."""
    job = answer.job
    if job is None:
        raise NotFound
    return job


def _refuse_erased(job: Job) -> None:
    if is_erased(job):
        raise Erased


def _require_ended(job: Job) -> None:
    if job.status not in (Status.FAILED, Status.CANCELED):
        raise StateConflict(f"The job is {job.status.value}: only a failed or canceled job can be tried again.")
    if job.audio.removed_at is not None or job.tombstone is not None:
        raise AudioExpired


def _pins(job: Job) -> Steps[dict[str, Any]]:
    """What is to be pinned of the audio: nothing where it was pinned before and is still there."""
    audio = job.audio
    try:
        facts: ObjectFacts | None = yield HeadObject(audio.bucket, audio.key, audio.version_id)
    except AudioAccessDenied:
        # Whether it is there cannot be told from here: the worker's attempt will say.
        return {}
    if audio.etag is not None:
        if facts is None or facts.etag != audio.etag:
            raise AudioExpired
        return {}
    if facts is None:
        raise UploadMissing
    if not as_declared(audio, facts):
        raise StateConflict("The uploaded audio is not what was declared. Submit the call again.")
    yield PutObject(job.request_key, request_of(job), {"job": job.id, "tenant": job.tenant})
    return {"audio.size_bytes": facts.size_bytes, "audio.etag": facts.etag, "audio.version_id": facts.version_id}
