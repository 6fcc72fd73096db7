"""Lists: what they can be asked for, and a page of jobs."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from api.contract.jobs import JobView
from api.contract.reading.fields import instant_from
from api.contract.reading.queries import Query
from shared.job import Frozen

MAX_PAGE = 100
Instant = Annotated[datetime, BeforeValidator(instant_from)]
StatusName = Literal["awaiting_upload", "queued", "processing", "completed", "failed", "canceled"]


class PageQuery(Query):
    """Which page of a list."""

    limit: int = Field(20, ge=1, le=MAX_PAGE, description="the most entries to answer with")
    cursor: str | None = Field(None, max_length=1_024, description="`next_cursor` of the page before")


class JobListQuery(PageQuery):
    """Which jobs: a job must fulfil all that is given; newest first."""

    status: tuple[StatusName, ...] = Field((), max_length=6, description="may be repeated: any of these")
    lane: Literal["interactive", "batch"] | None = Field(None, description="the lane")
    reference: str | None = Field(None, min_length=1, max_length=128, description="exactly this reference")
    tag: str | None = Field(None, min_length=1, max_length=64, description="has this tag")
    batch_id: str | None = Field(None, max_length=64, description="the jobs of one batch")
    language: str | None = Field(None, max_length=16, description="the language that was heard")
    needs_review: bool | None = Field(None, description="completed with such a quality")
    created_after: Instant | None = Field(None, description="not born before this instant")
    created_before: Instant | None = Field(None, description="born before this instant")


class JobList(Frozen):
    """A page of jobs; it may be short, also empty, while `has_more` is true."""

    object: Literal["list"] = "list"
    has_more: bool
    next_cursor: str | None
    data: tuple[JobView, ...]
