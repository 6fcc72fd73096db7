"""A batch, many calls submitted together: its row, what it was asked for, and the event that tells its end."""

import hashlib
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field
from ulid import ULID

from shared.event import BatchData, Event, instant
from shared.ids import event_id
from shared.job import TOMBSTONE_S, Frozen, Job, Key, Lane, Options, Retention, Status

COUNTED = ("queued", "processing", "completed", "failed", "canceled")
"""By what the jobs of a batch are counted; one that waits for its audio is counted as queued."""


class BatchStatus(StrEnum):
    """Where a batch stands: jobs are being made, are on their way, have all ended, or were called off."""

    PREPARING = "preparing"
    RUNNING = "running"
    COMPLETED = "completed"
    CANCELED = "canceled"


class Pin(Frozen):
    """The object that a new call lies in, as it was when the batch was accepted."""

    bucket: str
    key: str
    version_id: str | None = None
    etag: str
    size_bytes: int


class Item(Frozen):
    """One call that was named: `pin` for a new one, `job_id` for one that is to be transcribed again."""

    index: int
    pin: Pin | None = None
    job_id: str | None = None
    reference: str | None = None
    subject_hmac: str | None = None


class Items(Frozen):
    """All calls that were named and are good: the object beside the row."""

    items: tuple[Item, ...]


class Choice(Frozen):
    """By what finished calls are chosen; None is not asked about. Moments are epoch seconds."""

    status: str = "completed"
    created_after: float | None = None
    created_before: float | None = None
    lane: str | None = None
    reference: str | None = None
    tag: str | None = None
    batch_id: str | None = None
    language: str | None = None
    needs_review: bool | None = None
    model: str | None = None
    model_not: str | None = None


class Rejection(Frozen):
    """An item that cannot become a job."""

    index: int
    code: str


class Told(Frozen):
    """The event of the batch's end."""

    id: str
    state: Literal["pending", "published"]
    at: float


class JobBatch(Frozen):
    """One row. `position` is how far jobs were made: a count of items, or an id in the tenant's list of jobs.

    `made` counts the jobs made, `slices` the commits of the making; `slice_until` keeps a slice for one process.
    `choice` is there until all jobs are made, `reference` until the batch rests; a year later the row goes.
    """

    tenant: str
    id: str
    status: BatchStatus = BatchStatus.PREPARING
    lane: Lane = Lane.BATCH
    reference: str | None = None
    choice: Choice | None = None
    items: int = 0
    overlay: dict[str, Any] = Field(default_factory=dict)
    retention: Retention = Retention()
    rejected: tuple[Rejection, ...] = ()
    skipped: dict[str, int] = Field(default_factory=dict)
    position: str | int | None = None
    made: int = 0
    slices: int = 0
    slice_until: float | None = None
    counts: dict[str, int] | None = None
    event: Told | None = None
    created_at: float
    prepared_at: float | None = None
    completed_at: float | None = None
    deadline_at: float | None = None
    check_shard: str | None = None
    next_check_at: float | None = None
    expires_at: int | None = None

    @property
    def row_key(self) -> Key:
        """Where this row lies in the table."""
        return Key.of_batch(self.tenant, self.id)

    @property
    def items_key(self) -> str:
        """Where the items lie, while jobs are made of them."""
        return f"requests/{self.tenant}/{self.id}.json"


def resting(now: float) -> dict[str, Any]:
    """The changes by which a batch rests: nobody looks at it, it keeps its name and its counts, and goes in a year."""
    return {"choice": None, "check_shard": None, "next_check_at": None, "expires_at": int(now) + TOMBSTONE_S}


def item_job_id(batch: JobBatch, index: int) -> str:
    """The one id of the job of item `index`: made twice it is made once.

    Every job is born in the millisecond of its batch, so that whoever looks for what there was at a moment finds all
    of them or none; the two bytes behind it keep the order of the items.
    """
    birth = ULID.from_timestamp(batch.created_at).bytes[:6] + index.to_bytes(2, "big")
    return f"job_{ULID.from_bytes(birth + hashlib.sha256(f'{batch.id}/{index}'.encode()).digest()[:8])}"


def overlaid(options: Options, overlay: dict[str, Any]) -> Options:
    """`options` with everything replaced that `overlay` names."""
    return Options.model_validate({**options.model_dump(mode="json"), **overlay})


def counted_as(status: str) -> str:
    """The name under which a job of that status is counted."""
    return Status.QUEUED.value if status == Status.AWAITING_UPLOAD.value else status


def pending_event(batch_id: str, now: float) -> Told:
    """The event that must be told of the end: one id, however often it is told."""
    return Told(id=event_id(batch_id, 1), state="pending", at=now)


def event_of_batch(batch: JobBatch) -> Event:
    """The event of the end of `batch`."""
    assert batch.event is not None, "a completed batch has its event"
    data = BatchData(batch_id=batch.id, reference=batch.reference, counts=batch.counts or {})
    return Event(id=batch.event.id, type="batch.completed", created_at=instant(batch.event.at), sequence=1, data=data)


def attributes_of_batch(batch: JobBatch) -> dict[str, str]:
    """The SNS message attributes that subscribers filter by; absent where the batch has no value."""
    values = {"type": "batch.completed", "tenant": batch.tenant, "batch_id": batch.id, "reference": batch.reference}
    return {name: value for name, value in values.items() if value}


def is_own_job(job_id: str, tenant: str, key: Key) -> bool:
    """Whether a row found under `key` is that job of `tenant`: an index may hold rows of others."""
    return key == Key.of_job(tenant, job_id)


def first_of(job: Job) -> str:
    """The id by which the call of `job` is known: that of its first job."""
    return job.revision_of or job.id
