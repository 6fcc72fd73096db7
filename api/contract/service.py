"""What this deployment offers and how busy it is: models, queue, health."""

from typing import Literal

from pydantic import Field

from shared.job import Frozen


class ModelView(Frozen):
    """A model that `options.model` may name; figures are null until they are measured here."""

    name: str
    sha256: str | None
    languages: tuple[str, ...]
    compute_type: str | None
    wer: dict[str, float] | None = Field(description="share of words wrong, by language")
    rtf: float | None = Field(description="seconds of work a second of call")


class ModelList(Frozen):
    """The models of this deployment."""

    object: Literal["list"] = "list"
    data: tuple[ModelView, ...]


class LaneView(Frozen):
    """What waits in one lane; a job sent now starts behind it."""

    jobs: int = Field(description="jobs that are queued")
    audio_s: float = Field(description="seconds of calls that are queued")
    processing: int = Field(description="jobs that a worker holds")
    oldest_age_s: float | None = Field(description="how long the oldest of them has been queued")
    estimated_start_at: str | None = Field(description="when a job sent now would start; null until a rate is known")


class QueueStatus(Frozen):
    """Both lanes, and who works."""

    object: Literal["queue"] = "queue"
    lanes: dict[Literal["interactive", "batch"], LaneView]
    workers: int = Field(description="workers that gave a sign of life within a minute")
    as_of: str


class Health(Frozen):
    """The table answered a read."""

    status: Literal["ok"] = "ok"
