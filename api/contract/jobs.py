"""The job as the API shows it: every field always there, null while it is not known."""

from typing import Literal

from pydantic import Field

from api.contract.reading.queries import Query
from shared.event import instant
from shared.job import (
    Failure,
    Frozen,
    Job,
    Options,
    Progress,
    Quality,
    Status,
    audio_expires_at,
    transcript_expires_at,
)

MAX_WAIT_S = 20
Format = Literal["json", "txt", "srt", "vtt"]


class JobQuery(Query):
    """How long to wait for a change of status."""

    wait: int = Field(0, ge=0, le=MAX_WAIT_S, description="seconds to wait for a change of status")


class TranscriptQuery(Query):
    """Which form of the transcript; without it `Accept` decides, and without that it is JSON."""

    format: Format | None = Field(None, description="json, txt, srt or vtt; wins over Accept")


class UploadView(Frozen):
    """Where to PUT the audio, with exactly these headers, until `expires_at`."""

    method: Literal["PUT"] = "PUT"
    url: str
    headers: dict[str, str]
    expires_at: str


class AudioView(Frozen):
    """What is known of the recording."""

    source: Literal["upload", "multipart", "s3"]
    size_bytes: int | None = Field(serialization_alias="bytes")
    sha256: str | None
    duration: float | None
    sample_rate_hz: int | None
    channels: int | None
    codec: str | None


class QueueView(Frozen):
    """What stands before a queued job."""

    audio_s_ahead: float
    estimated_start_at: str | None
    estimated_completion_at: str | None


class QualityView(Quality):
    """How far the transcript can be trusted."""


class TimingView(Frozen):
    """Seconds spent waiting, in work, decoding and in the engine."""

    queued_s: float | None
    processing_s: float | None
    decode_s: float | None
    engine_s: float | None


class ExpiryView(Frozen):
    """When retention removes audio and transcript; null until the job has ended."""

    audio_at: str | None
    transcript_at: str | None


class LinkView(Frozen):
    """Paths of the job, of its transcript, and of what plays and draws it."""

    self: str
    transcript: str
    audio: str
    peaks: str


class JobView(Frozen):
    """One call on its way to its transcript."""

    object: Literal["job"] = "job"
    id: str
    status: Literal["awaiting_upload", "queued", "processing", "completed", "failed", "canceled"]
    stage: Literal["downloading", "decoding", "transcribing", "storing"] | None
    lane: Literal["interactive", "batch"]
    reference: str | None
    metadata: dict[str, str]
    tags: tuple[str, ...]
    batch_id: str | None
    revision: int
    revision_of: str | None
    attempt: int
    audio: AudioView
    options: Options
    upload: UploadView | None
    queue: QueueView | None
    progress: Progress | None
    language: str | None
    language_confidence: float | None
    quality: QualityView | None
    warnings: tuple[str, ...]
    error: Failure | None
    timing: TimingView
    created_at: str
    queued_at: str | None
    started_at: str | None
    completed_at: str | None
    deadline_at: str | None
    expires: ExpiryView
    links: LinkView


def view_of(job: Job, upload: UploadView | None = None, queue: QueueView | None = None) -> JobView:
    """Show `job` to its tenant; `upload` is given only to who may write it, `queue` only while it is queued."""
    result = job.result if job.status is Status.COMPLETED else None
    own = f"/v1/jobs/{job.id}"
    shown = {name: getattr(job, name) for name in JobView.model_fields if name in Job.model_fields}
    moments = ("created_at", "queued_at", "started_at", "completed_at", "deadline_at")
    return JobView.model_validate(
        {
            **shown,
            **{name: _instant(getattr(job, name)) for name in moments},
            "attempt": job.attempts,
            "audio": _audio(job),
            "upload": upload,
            "queue": queue,
            "language": result and result.language,
            "language_confidence": result and result.language_confidence,
            "quality": result and result.quality.model_dump(),
            "warnings": result.warnings if result else (),
            "timing": _timing(job),
            "expires": _expiry(job),
            "links": LinkView(self=own, transcript=f"{own}/transcript", audio=f"{own}/audio", peaks=f"{own}/peaks"),
        }
    )


def _instant(moment: float | None) -> str | None:
    return None if moment is None else instant(moment)


def _audio(job: Job) -> AudioView:
    """What is known of the recording, without the place where it lies."""
    audio = job.audio
    return AudioView(
        source=audio.source,
        size_bytes=audio.size_bytes,
        sha256=audio.sha256,
        duration=None if audio.duration_s is None else round(audio.duration_s, 3),
        sample_rate_hz=audio.sample_rate_hz,
        channels=audio.channels,
        codec=audio.codec,
    )


def _timing(job: Job) -> TimingView:
    """Seconds of each part of the way; null until its end is known."""
    return TimingView(
        queued_s=_between(job.queued_at, job.started_at),
        processing_s=_between(job.started_at, job.completed_at),
        decode_s=job.result and job.result.decode_s,
        engine_s=job.result and job.result.engine_s,
    )


def _between(start: float | None, end: float | None) -> float | None:
    """Seconds from `start` to `end`, never negative: clocks of two machines may disagree."""
    return None if start is None or end is None else round(max(0.0, end - start), 3)


def _expiry(job: Job) -> ExpiryView:
    """Count from the terminal moment; a referenced object is not ours to remove, a failed job has no transcript."""
    return ExpiryView(audio_at=_instant(audio_expires_at(job)), transcript_at=_instant(transcript_expires_at(job)))
