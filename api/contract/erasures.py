"""Erasure: who or what is to be forgotten, and the receipt."""

from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from api.contract.submission import Request
from shared.job import Frozen


class ErasureRequest(Request):
    """Exactly one of the three: every job that it names is erased, with its revisions."""

    subject_ref: str | None = Field(None, min_length=1, max_length=128, description="all calls of one person")
    reference: str | None = Field(None, min_length=1, max_length=128, description="all calls of one reference")
    batch_id: str | None = Field(None, min_length=1, max_length=64, description="all jobs of one batch")

    @model_validator(mode="after")
    def _exactly_one(self) -> "ErasureRequest":
        if sum(value is not None for value in (self.subject_ref, self.reference, self.batch_id)) != 1:
            raise PydanticCustomError("not_allowed", "Give exactly one of 'subject_ref', 'reference' and 'batch_id'.")
        return self


class ErasureView(Frozen):
    """The receipt of an erasure; it names what was removed, never what it held."""

    object: Literal["erasure"] = "erasure"
    id: str
    status: Literal["running", "completed"]
    jobs: int = Field(description="jobs that were erased, revisions included")
    object_versions_deleted: int = Field(description="versions of audio, transcripts and requests that were deleted")
    created_at: str
    completed_at: str | None
    swept_at: tuple[str, ...] = Field(description="when the store was looked through again")
