"""Where a job can stand and what a receipt can come to: two tables, never one."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

MAX_ATTEMPTS = 3


class Status(StrEnum):
    """Where a job stands; the chart in ARCHITECTURE.md is compared with `MOVES`."""

    AWAITING_UPLOAD = "awaiting_upload"
    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def is_terminal(self) -> bool:
        """Whether no worker moves the job from here."""
        return self in TERMINAL


TERMINAL = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELED})

MOVES: Mapping[Status | None, frozenset[Status]] = MappingProxyType(
    {
        None: frozenset({Status.AWAITING_UPLOAD}),
        Status.AWAITING_UPLOAD: frozenset({Status.QUEUED, Status.FAILED, Status.CANCELED}),
        Status.QUEUED: frozenset({Status.PROCESSING, Status.FAILED, Status.CANCELED}),
        Status.PROCESSING: frozenset(
            {Status.PROCESSING, Status.QUEUED, Status.COMPLETED, Status.FAILED, Status.CANCELED}
        ),
        Status.COMPLETED: frozenset(),
        Status.FAILED: frozenset({Status.QUEUED}),
        Status.CANCELED: frozenset({Status.QUEUED}),
    }
)


class Outcome(StrEnum):
    """What one receipt came to; one `match` turns it into what happens to the message."""

    COMPLETED = "completed"
    REJECTED = "rejected"
    EXHAUSTED = "exhausted"
    SETTLED = "settled"
    UNPUBLISHED = "unpublished"
    RELEASED = "released"
    CHARGED = "charged"
    LOST = "lost"
    HELD = "held"
    EARLY = "early"
    ALONE = "alone"
    UNKNOWN = "unknown"


class Lane(StrEnum):
    """Which queue: a night of re-transcription never delays a live call."""

    INTERACTIVE = "interactive"
    BATCH = "batch"


class Stage(StrEnum):
    """The finer view while processing."""

    DOWNLOADING = "downloading"
    DECODING = "decoding"
    TRANSCRIBING = "transcribing"
    STORING = "storing"
