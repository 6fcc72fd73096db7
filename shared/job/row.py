"""The row of a job: the truth about it. Moments are UTC epoch seconds; what is None is absent from the table."""

import hashlib
from typing import Any, Literal

from pydantic import Field

from shared.job.keys import JOB_PK, JOB_SK, Key
from shared.job.options import Frozen, Options, Retention
from shared.job.states import Lane, Stage, Status

Row = dict[str, Any]


class Audio(Frozen):
    """Where the recording lies, what was declared of it, what is pinned, and what decoding found."""

    source: Literal["upload", "multipart", "s3"]
    bucket: str
    key: str
    size_bytes: int | None = None
    sha256: str | None = None
    version_id: str | None = None
    etag: str | None = None
    removed_at: float | None = None
    duration_s: float | None = None
    sample_rate_hz: int | None = None
    channels: int | None = None
    codec: str | None = None


class Progress(Frozen):
    """Speech seconds of all legs, done and in all."""

    percent: float
    speech_s_done: float
    speech_s_total: float


class Quality(Frozen):
    """How far the transcript can be trusted."""

    mean_confidence: float | None = None
    low_confidence_ratio: float | None = None
    coverage: float | None = None
    needs_review: bool


class Result(Frozen):
    """Where the transcript lies and what the job tells of it."""

    bucket: str
    key: str
    etag: str
    sha256: str
    language: str | None = None
    language_confidence: float | None = None
    duration_s: float
    quality: Quality
    warnings: tuple[str, ...]
    model: str | None = None
    decode_s: float
    engine_s: float


class Failure(Frozen):
    """Why a job failed, in the words of the contract."""

    code: str
    message: str
    retryable: bool
    stage: str | None = None
    attempt: int
    cause: str | None = None


class OutboxEntry(Frozen):
    """An event that must be told, or was."""

    type: Literal["job.completed", "job.failed", "job.canceled", "job.erased"]
    id: str
    state: Literal["pending", "published"]
    at: float


class Tombstone(Frozen):
    """Why a terminal job no longer shows what it held."""

    reason: Literal["erased", "transcript_expired"]
    at: float
    erasure_id: str | None = None


class Indexed(Frozen):
    """By what a row is found beside its own key: the fields of the table's indexes."""

    listed_in: str | None = None
    called: str | None = None
    subject_hmac: str | None = None
    belongs_to: str | None = None
    check_shard: str | None = None
    next_check_at: float | None = None
    expires_at: float | None = None


class Job(Indexed):
    """One row: every fact of one job. Fields that are None are absent from the table."""

    tenant: str
    id: str
    status: Status = Status.AWAITING_UPLOAD
    stage: Stage | None = None
    progress: Progress | None = None
    lane: Lane = Lane.INTERACTIVE
    reference: str | None = None
    metadata: dict[str, str] = Field(default={})
    tags: tuple[str, ...] = ()
    batch_id: str | None = None
    revision: int = 1
    revision_of: str | None = None
    options: Options = Options()
    params_hash: str
    audio: Audio
    audio_s: float = 0.0
    retention: Retention = Retention()
    fence: int = 0
    attempts: int = 0
    releases: int = 0
    lease_owner: str | None = None
    lease_until: float = 0.0
    doubted_until: float | None = None
    doubted_at: float | None = None
    not_before: float = 0.0
    result: Result | None = None
    listening_removed_at: float | None = None
    error: Failure | None = None
    cause: str | None = None
    checkpoint: str | None = None
    sequence: int = 0
    outbox: dict[str, OutboxEntry] = Field(default={})
    rung_at: float | None = None
    rings: int = 0
    tombstone: Tombstone | None = None
    traceparent: str | None = None
    created_at: float
    queued_at: float | None = None
    started_at: float | None = None
    first_started_at: float | None = None
    completed_at: float | None = None
    deadline_at: float | None = None

    @property
    def row_key(self) -> Key:
        """Where this row lies in the table."""
        return Key(JOB_PK.format(self.tenant, self.id), JOB_SK)

    @property
    def trace(self) -> str:
        """Where the job stands in a trace, as W3C writes it: as it was born with, else as follows from its id.

        So a job of a batch, and one whose row was made anew, has one trace for all its claims too.
        """
        digits = hashlib.sha256(self.id.encode()).hexdigest()
        return self.traceparent or f"00-{digits[:32]}-{digits[32:48]}-01"

    @property
    def transcript_key(self) -> str:
        """Where the one transcript of this revision lies."""
        return f"transcripts/{self.tenant}/{self.id}/r{self.revision}.json"

    @property
    def listening_prefix(self) -> str:
        """Where what a page draws and plays of this job lies."""
        return f"listening/{self.tenant}/{self.id}/"

    @property
    def listening_key(self) -> str:
        """What the peaks (`.json`) and the derivative (`.webm`) of this revision are called, without the ending."""
        return f"{self.listening_prefix}r{self.revision}"

    @property
    def work_prefix(self) -> str:
        """Where the checkpoints of this job lie."""
        return f"work/{self.tenant}/{self.id}/"

    @property
    def request_key(self) -> str:
        """Where the request lies, for a rebuild of the table from S3."""
        return f"requests/{self.tenant}/{self.id}.json"
