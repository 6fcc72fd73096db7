"""Many calls at once: named one by one, or chosen among finished ones."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from api.contract.codes import WarningCode
from api.contract.listing import Instant, PageQuery
from api.contract.reading.fields import deadline_from
from api.contract.submission import ChannelWish, Language, Model, Request, RetentionWish, Tag, s3_address
from shared.job import Frozen, Lane

MAX_ITEMS = 1_000


class BatchItem(Request):
    """One call: an object in an allowed bucket, or a job of yours that is to be transcribed again."""

    s3_uri: Annotated[str, AfterValidator(s3_address)] | None = None
    job_id: str | None = Field(None, max_length=64)
    reference: str | None = Field(None, max_length=128, description="of a new call; a revision keeps its own")
    subject_ref: str | None = Field(None, max_length=128)

    @model_validator(mode="after")
    def _exactly_one(self) -> "BatchItem":
        if (self.s3_uri is None) == (self.job_id is None):
            raise PydanticCustomError("not_allowed", "Give exactly one of 's3_uri' and 'job_id'.")
        if self.job_id is not None and (self.reference is not None or self.subject_ref is not None):
            raise PydanticCustomError("not_allowed", "A call of yours keeps its own 'reference' and 'subject_ref'.")
        return self


class Selector(Request):
    """Which finished calls: a job must fulfil all that is given."""

    status: Literal["completed", "failed", "canceled"] = "completed"
    created_after: Instant | None = None
    created_before: Instant | None = None
    lane: Literal["interactive", "batch"] | None = None
    reference: str | None = Field(None, max_length=128)
    tag: Tag | None = None
    batch_id: str | None = Field(None, max_length=64)
    language: str | None = Field(None, max_length=16)
    needs_review: bool | None = None
    model: str | None = Field(None, max_length=128, description="was transcribed with this model")
    model_not: str | None = Field(None, max_length=128, description="was transcribed with another model")


class OptionsOverlay(Request):
    """What is to be different from the options that a call had; null stays as it was."""

    model: Model | None = None
    language: Language | None = None
    language_candidates: tuple[Language, ...] | None = Field(None, min_length=1, max_length=16)
    channels: ChannelWish | None = None
    word_timestamps: bool | None = None
    fail_on: tuple[WarningCode, ...] | None = Field(None, max_length=32)


class BatchRequest(Request):
    """Items or a selector; with `dry_run` nothing is made and the answer says what would be."""

    items: tuple[BatchItem, ...] | None = Field(None, min_length=1, max_length=MAX_ITEMS)
    selector: Selector | None = None
    reference: str | None = Field(None, max_length=128)
    lane: Literal["interactive", "batch"] = Lane.BATCH.value
    options: OptionsOverlay = OptionsOverlay()
    retention: RetentionWish = RetentionWish()
    deadline_at: Annotated[datetime, BeforeValidator(deadline_from)] | None = None
    dry_run: bool = False

    @model_validator(mode="after")
    def _exactly_one(self) -> "BatchRequest":
        if (self.items is None) == (self.selector is None):
            raise PydanticCustomError("not_allowed", "Give exactly one of 'items' and 'selector'.")
        return self


class BatchPreview(Frozen):
    """What a batch would do."""

    object: Literal["batch_preview"] = "batch_preview"
    matched: int
    skipped: dict[str, int] = Field(description="how many are left out, by reason")
    jobs: int
    audio_s: float
    estimate: None = None


class Rejected(Frozen):
    """An item that cannot become a job."""

    index: int
    code: str


class BatchCounts(Frozen):
    """The jobs of a batch, by status."""

    total: int
    queued: int
    processing: int
    completed: int
    failed: int
    canceled: int


class BatchView(Frozen):
    """A batch; its jobs are read by `GET /v1/jobs?batch_id=`."""

    object: Literal["batch"] = "batch"
    id: str
    status: Literal["preparing", "running", "completed", "canceled"]
    lane: Literal["interactive", "batch"]
    reference: str | None
    rejected: tuple[Rejected, ...]
    skipped: dict[str, int]
    counts: BatchCounts
    created_at: str
    completed_at: str | None
    deadline_at: str | None


class BatchQuery(PageQuery):
    """Which batches; newest first."""

    status: Literal["preparing", "running", "completed", "canceled"] | None = Field(None, description="only these")


class BatchList(Frozen):
    """A page of batches."""

    object: Literal["list"] = "list"
    has_more: bool
    next_cursor: str | None
    data: tuple[BatchView, ...]
