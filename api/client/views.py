"""What a client reads of a job and of lists.

A newer server never breaks it: fields it does not know are carried along unread, so that they show up where an answer
is printed as JSON.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, PlainSerializer


def instant(moment: datetime) -> str:
    """A moment as the contract writes it: RFC 3339, UTC, milliseconds; one without a zone is taken as local time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Instant = Annotated[datetime, PlainSerializer(instant, when_used="json")]


class View(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True, extra="allow", protected_namespaces=())


V_co = TypeVar("V_co", bound=View, covariant=True)


class Page(View, Generic[V_co]):
    """Part of a list; it may be short, even empty, while `has_more` is true."""

    data: tuple[V_co, ...]
    has_more: bool = False
    next_cursor: str | None = None


class Upload(View):
    """Where the audio goes: a presigned request, to be sent exactly so."""

    method: str
    url: str
    headers: dict[str, str]


class Progress(View):
    """Speech seconds of all legs, done and in all."""

    percent: float


class Audio(View):
    """What is known of the recording; `duration` in seconds."""

    bytes: int | None = None
    duration: float | None = None
    channels: int | None = None
    codec: str | None = None
    sample_rate_hz: int | None = None


class JobError(View):
    """Why a job failed; `retryable`: the same call may succeed later."""

    code: str
    message: str
    retryable: bool = False


class Waiting(View):
    """What stands before a queued job; moments are null until a rate is known."""

    audio_s_ahead: float
    estimated_start_at: Instant | None = None
    estimated_completion_at: Instant | None = None


class Quality(View):
    """How far the transcript can be trusted; ratios from 0 to 1."""

    mean_confidence: float | None = None
    low_confidence_ratio: float | None = None
    coverage: float | None = None
    needs_review: bool = False


class Job(View):
    """A job as the API shows it; `is_replay` says that an equal request had made it before."""

    id: str
    status: str
    stage: str | None = None
    lane: str = "interactive"
    reference: str | None = None
    metadata: Mapping[str, str] = {}
    tags: tuple[str, ...] = ()
    batch_id: str | None = None
    revision: int = 1
    revision_of: str | None = None
    attempt: int = 0
    audio: Audio = Audio()
    upload: Upload | None = None
    queue: Waiting | None = None
    progress: Progress | None = None
    language: str | None = None
    language_confidence: float | None = None
    quality: Quality | None = None
    warnings: tuple[str, ...] = ()
    error: JobError | None = None
    created_at: Instant
    completed_at: Instant | None = None
    is_replay: bool = False

    @property
    def is_terminal(self) -> bool:
        """Whether nothing more will happen to it, unless somebody asks for a retry."""
        return self.status in ("completed", "failed", "canceled")


class Erasure(View):
    """The receipt of an erasure: how much was removed, never what."""

    id: str
    status: str
    jobs: int
    object_versions_deleted: int
    created_at: Instant
    completed_at: Instant | None = None
    swept_at: tuple[Instant, ...] = ()


class Event(View):
    """What a subscriber is told."""

    class Data(View):
        """The job it is about; an event of a batch or a test names none."""

        job_id: str | None = None
        batch_id: str | None = None
        status: str | None = None
        language: str | None = None
        duration: float | None = None
        reference: str | None = None

    id: str
    type: str
    data: Data
