"""The one JSON that SNS subscribers and webhooks receive: ids and a pointer, never the text."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from shared.job import Frozen, Job, OutboxEntry, Status

EventType = Literal["job.completed", "job.failed", "job.canceled", "job.erased", "batch.completed", "webhook.test"]


class EventError(Frozen):
    """Why the job failed: the code alone; the sentence is read from the job."""

    code: str
    retryable: bool


class JobData(Frozen):
    """What is told of a job; `transcript_*` are null where there is no transcript."""

    job_id: str
    status: str
    lane: str
    reference: str | None
    batch_id: str | None
    revision: int
    revision_of: str | None
    language: str | None
    duration: float | None
    needs_review: bool | None
    warnings: tuple[str, ...]
    error: EventError | None
    transcript_url: str | None
    transcript_s3_uri: str | None
    transcript_sha256: str | None


class ErasedData(Frozen):
    """What is told of an erased job: that it is gone, and where its receipt is."""

    job_id: str
    erasure_id: str


class BatchData(Frozen):
    """What is told of a batch whose jobs have all ended."""

    batch_id: str
    reference: str | None
    counts: Mapping[str, int]


class TestData(Frozen):
    """What a test event tells: which endpoint it was asked for."""

    webhook_id: str


class Event(Frozen):
    """`id` is the same each time the same fact is told; `sequence` orders the events of a job."""

    id: str
    type: EventType
    created_at: str
    sequence: int
    data: JobData | ErasedData | BatchData | TestData


def instant(moment: float) -> str:
    """Epoch seconds as RFC 3339 UTC with milliseconds."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event_of(job: Job, sequence: int, entry: OutboxEntry, base_url: str) -> Event:
    """The event of one outbox entry of `job`; `base_url` is where the API answers, without `/v1`."""
    data = _erased(job) if entry.type == "job.erased" else _told(job, entry.type, base_url)
    return Event(id=entry.id, type=entry.type, created_at=instant(entry.at), sequence=sequence, data=data)


def attributes_of(job: Job, event: Event) -> dict[str, str]:
    """The SNS message attributes that subscribers filter by; absent where the job has no value, or none to be sent."""
    shown = event.data if isinstance(event.data, JobData) else None
    review = shown.needs_review if shown else None
    values = {
        "type": event.type,
        "tenant": job.tenant,
        "status": shown.status if shown else job.status.value,
        "lane": job.lane.value,
        "language": shown.language if shown else None,
        "reference": job.reference,
        "batch_id": job.batch_id,
        "needs_review": None if review is None else str(review).lower(),
    }
    return {name: value for name, value in values.items() if value and _SENDABLE.fullmatch(value)}


_SENDABLE = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
"""The characters that SQS and SNS take (XML 1.0): a reference with another one must not keep its event back."""


def _erased(job: Job) -> ErasedData:
    assert job.tombstone is not None, "an erased job bears a tombstone"
    return ErasedData(job_id=job.id, erasure_id=job.tombstone.erasure_id or "")


def _told(job: Job, kind: EventType, base_url: str) -> JobData:
    """The status is that of the event: a job that was tried again since does not change what happened."""
    status = kind.removeprefix("job.")
    result = job.result if status == Status.COMPLETED.value else None
    return JobData(
        job_id=job.id,
        status=status,
        lane=job.lane.value,
        reference=job.reference,
        batch_id=job.batch_id,
        revision=job.revision,
        revision_of=job.revision_of,
        language=result.language if result else None,
        duration=result.duration_s if result else None,
        needs_review=result.quality.needs_review if result else None,
        warnings=result.warnings if result else (),
        error=EventError(code=job.error.code, retryable=job.error.retryable) if job.error else None,
        transcript_url=f"{base_url}/v1/jobs/{job.id}/transcript" if result else None,
        transcript_s3_uri=f"s3://{result.bucket}/{result.key}" if result else None,
        transcript_sha256=result.sha256 if result else None,
    )
