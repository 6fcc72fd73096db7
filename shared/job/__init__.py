"""A job, one call on its way to its transcript: `states`, `row`, `options`, `keys`, and the `claim` on it."""

from shared.job.claim import Claim, Receipt
from shared.job.expiry import (
    DAY_S,
    TOMBSTONE_S,
    audio_expires_at,
    listening_expires_at,
    next_expiry_at,
    record_expires_at,
    transcript_expires_at,
)
from shared.job.indexes import BELONGING, CALLED, DUE, INDEXES, LISTED, SHARDS, SUBJECT, Index, called, shard_of
from shared.job.keys import JOB_SK, REVISION_SK, WORKERS_PK, Key, audio_key
from shared.job.options import ChannelOptions, Frozen, Options, Retention
from shared.job.row import (
    Audio,
    Failure,
    Job,
    OutboxEntry,
    Progress,
    Quality,
    Result,
    Row,
    Tombstone,
)
from shared.job.states import MAX_ATTEMPTS, MOVES, TERMINAL, Lane, Outcome, Stage, Status

__all__ = [
    "BELONGING",
    "CALLED",
    "DAY_S",
    "DUE",
    "INDEXES",
    "JOB_SK",
    "LISTED",
    "MAX_ATTEMPTS",
    "MOVES",
    "REVISION_SK",
    "SHARDS",
    "SUBJECT",
    "TERMINAL",
    "TOMBSTONE_S",
    "WORKERS_PK",
    "Audio",
    "ChannelOptions",
    "Claim",
    "Failure",
    "Frozen",
    "Index",
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
    "audio_expires_at",
    "audio_key",
    "called",
    "listening_expires_at",
    "next_expiry_at",
    "record_expires_at",
    "shard_of",
    "transcript_expires_at",
]
