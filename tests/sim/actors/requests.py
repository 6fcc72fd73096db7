"""Requests as the API serves them: each use case as one line of protocol steps."""

from typing import Any

from sim.actors.workers import BASE_URL
from sim.running import Process, Script

from shared.erasure import is_erased
from shared.errors.jobs import UploadMismatch
from shared.errors.requests import Erased, NotFound, UploadMissing
from shared.errors.transient import EventsUnavailable
from shared.job import Job, Key, Row, Status, audio_key
from shared.protocol import controlling, erasing
from shared.protocol.announcing import announce
from shared.protocol.creating import IdempotencyKey
from shared.protocol.intents import DeleteVersions, PutObject, ReadRow
from shared.protocol.submitting import queue, submit


def accept(job: Job, known_by: IdempotencyKey, audio: bytes | None, process: Process) -> Script:
    """POST /v1/jobs: the row, and with audio at hand the queue."""
    submitted = yield from submit(job, known_by)
    made = submitted.job
    if is_erased(made):
        raise Erased
    if audio is None or made.status is not Status.AWAITING_UPLOAD:
        return made
    yield PutObject(made.audio.key, audio, {"job": made.id, "tenant": made.tenant})
    try:
        return (yield from _arrived(made, process))
    except UploadMissing:
        return made


def complete(tenant: str, job_id: str, process: Process) -> Script:
    """POST …/upload/complete: the client says that its audio is there."""
    job = yield from _job(tenant, job_id)
    return (yield from _arrived(job, process))


def arrived(tenant: str, job_id: str, process: Process) -> Script:
    """The store says that an object has come."""
    try:
        yield from _arrived((yield from _job(tenant, job_id)), process)
    except Erased:
        yield DeleteVersions(audio_key(tenant, job_id))


def cancel(tenant: str, job_id: str, process: Process) -> Script:
    """POST …/cancel."""
    job = yield from _job(tenant, job_id)
    canceled = yield from controlling.cancel(job, process.now())
    return (yield from _told(canceled))


def retry(tenant: str, job_id: str, process: Process) -> Script:
    """POST …/retry."""
    job = yield from _job(tenant, job_id)
    yield from _told(job)
    return (yield from controlling.retry(job, process.now()))


def erase(tenant: str, job_id: str, process: Process) -> Script:
    """DELETE: the receipt of the erasure."""
    row: Row | None = yield ReadRow(Key.of_job(tenant, job_id))
    if row is None:
        raise NotFound
    return (yield from erasing.erase(Job.model_validate(row), process.now(), BASE_URL))


def _job(tenant: str, job_id: str) -> Script:
    row: Row | None = yield ReadRow(Key.of_job(tenant, job_id))
    if row is None:
        raise NotFound
    job = Job.model_validate(row)
    if is_erased(job):
        raise Erased
    return job


def _arrived(job: Job, process: Process) -> Script:
    try:
        return (yield from queue(job, process.now()))
    except UploadMismatch:
        return (yield from _told((yield from _job(job.tenant, job.id))))


def _told(job: Job) -> Script:
    try:
        return (yield from announce(job, BASE_URL))
    except EventsUnavailable:
        return job


def outcome_of(script: Script, box: list[Any]) -> Script:
    """Leave in `box` what a request came to, if it comes to anything."""
    box.append((yield from script))
