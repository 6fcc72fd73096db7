"""What a client reads of the contract's answers: only the fields it shows, so that a newer server never breaks it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """A part of an answer; fields that are not named here are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Upload(View):
    """Where the audio goes: a presigned request, to be sent exactly so."""

    method: str
    url: str
    headers: dict[str, str]


class Progress(View):
    """Speech seconds of all legs, done and in all."""

    percent: float


class Audio(View):
    """What is known of the recording."""

    duration: float | None = None
    channels: int | None = None
    codec: str | None = None


class JobError(View):
    """Why a job failed."""

    code: str
    message: str
    retryable: bool = False


class Job(View):
    """A job as the API shows it."""

    id: str
    status: str
    stage: str | None = None
    reference: str | None = None
    language: str | None = None
    audio: Audio = Audio()
    upload: Upload | None = None
    progress: Progress | None = None
    warnings: tuple[str, ...] = ()
    error: JobError | None = None
    created_at: datetime
    completed_at: datetime | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in ("completed", "failed", "canceled")


class Utterance(View):
    """One party's turn; times in seconds of the call."""

    channel: int
    speaker: str | None
    start: float
    end: float
    text: str


class Channel(View):
    """One leg of the call."""

    index: int
    role: str | None


class Processing(View):
    """Which model wrote the text."""

    model: str


class Transcript(View):
    """The promised document, as far as a person reads it."""

    text: str
    language: str | None
    duration: float
    channels: tuple[Channel, ...]
    utterances: tuple[Utterance, ...]
    warnings: tuple[str, ...] = ()
    processing: Processing | None = None


class Event(View):
    """What a subscriber is told of a job."""

    class Data(View):
        """The job it is about."""

        job_id: str
        status: str
        language: str | None = None
        duration: float | None = None
        reference: str | None = None

    id: str
    type: str
    data: Data
