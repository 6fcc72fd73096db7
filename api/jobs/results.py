"""Use cases: read a job, wait for it, read its transcript."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from api.access.principal import Principal
from api.backlog import place_of
from api.contract.jobs import Format, JobQuery, JobView, TranscriptQuery, view_of
from api.contract.reading.accept import preferred
from api.contract.reading.queries import Parameters, read_query
from api.formats import as_srt, as_txt, as_vtt
from api.parts import Parts
from shared.errors.requests import NoTranscript, NotReady, TranscriptExpired
from shared.job import Job, Status
from shared.transcript import Transcript

LOOK_EVERY_S = 0.5
LONGEST_RETRY_S = 60
JOB_AGE_PER_RETRY = 10

WRITERS: Mapping[Format, Callable[[Transcript], str]] = MappingProxyType({"txt": as_txt, "srt": as_srt, "vtt": as_vtt})


@dataclass(frozen=True, slots=True)
class Seen:
    """A job as it was read; `retry_after_s` is None once it has ended."""

    view: JobView
    etag: str
    retry_after_s: int | None


@dataclass(frozen=True, slots=True)
class Document:
    """A transcript in one of its forms."""

    format: Format
    text: str


def look(job_id: str, parameters: Parameters, principal: Principal, parts: Parts) -> Seen:
    """Read a job; with `wait`, as soon as its status changes or the time is up."""
    job = parts.job(principal.tenant, job_id)
    query = read_query(JobQuery, parameters)
    job = _wait(job, query.wait, parts)
    view = view_of(job, queue=place_of(job, parts))
    # An estimate that moves is no change of the job.
    etag = hashlib.sha256(view.model_dump_json(exclude={"queue"}).encode()).hexdigest()[:32]
    return Seen(view, f'"{etag}"', None if job.status.is_terminal else retry_after_s(job, parts.now()))


def transcript(job_id: str, parameters: Parameters, accept: str | None, principal: Principal, parts: Parts) -> Document:
    """Read the transcript in the form that `format` names, else the one that `accept` prefers.

    Raises:
        NotAcceptable: no form of it is accepted.
        NotReady: the job has not ended.
        NoTranscript: the job ended without one.
        TranscriptExpired: retention removed it.
    """
    job = parts.job(principal.tenant, job_id)
    form = read_query(TranscriptQuery, parameters).format or preferred(accept)
    _require_transcript(job, parts.now())
    assert job.result is not None, "a completed job has a result"
    stored = parts.store.read(job.result.key)
    if form == "json":
        return Document(form, stored.decode())
    return Document(form, WRITERS[form](Transcript.model_validate_json(stored)))


def _wait(job: Job, wait_s: int, parts: Parts) -> Job:
    """Look again and again until the status is another; each look is a strongly consistent read."""
    first = job.status
    for _ in range(int(wait_s / LOOK_EVERY_S)):
        if job.status is not first or job.status.is_terminal:
            break
        parts.pause(LOOK_EVERY_S)
        job = parts.job(job.tenant, job.id)
    return job


def retry_after_s(job: Job, now: float) -> int:
    """The longer a job has been on its way, the rarer it needs asking."""
    return min(LONGEST_RETRY_S, max(1, int((now - job.created_at) / JOB_AGE_PER_RETRY)))


def _require_transcript(job: Job, now: float) -> None:
    """Go on only where there is a transcript to read."""
    if job.tombstone is not None:
        raise TranscriptExpired
    match job.status:
        case Status.COMPLETED:
            return
        case Status.FAILED:
            raise NoTranscript(f"The job failed: {job.error.code if job.error else 'internal_error'}.")
        case Status.CANCELED:
            raise NoTranscript("The job was canceled.")
        case Status.AWAITING_UPLOAD | Status.QUEUED | Status.PROCESSING:
            raise NotReady(retry_after_s=retry_after_s(job, now))
