"""A job, one call on its way to its transcript: its `states`, its `row`, its `keys`, and the `claim` on it."""

from shared.job.claim import Claim, Receipt
from shared.job.keys import Key, audio_key
from shared.job.row import (
    Audio,
    ChannelOptions,
    Failure,
    Frozen,
    Job,
    Options,
    OutboxEntry,
    Progress,
    Quality,
    Result,
    Retention,
    Row,
    Tombstone,
)
from shared.job.states import MAX_ATTEMPTS, MOVES, TERMINAL, Lane, Outcome, Stage, Status

__all__ = [
    "MAX_ATTEMPTS",
    "MOVES",
    "TERMINAL",
    "Audio",
    "ChannelOptions",
    "Claim",
    "Failure",
    "Frozen",
    "Job",
    "Key",
    "Lane",
    "Options",
    "OutboxEntry",
    "Outcome",
    "Progress",
    "Quality",
    "Receipt",
    "Result",
    "Retention",
    "Row",
    "Stage",
    "Status",
    "Tombstone",
    "audio_key",
]
