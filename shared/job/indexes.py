"""The table's indexes, as data: what a row must carry to be found by something else than its own key.

The adapters, the local stack and the infrastructure read this one list.
"""

import zlib
from dataclasses import dataclass
from typing import Final, Literal

SHARDS: Final = 10
"""The `due` index is spread over so many hash keys that none of them grows hot."""


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index; a row without both of its keys is not in it."""

    name: str
    hash_field: str
    range_field: str
    range_type: Literal["S", "N"] = "S"
    carried: tuple[str, ...] = ()


LISTED = Index(
    "listed",
    "listed_in",
    "id",
    carried=(
        "status",
        "lane",
        "tags",
        "batch_id",
        "revision",
        "revision_of",
        "created_at",
        "completed_at",
        "options",
        "audio",
        "retention",
        "result",
    ),
)
"""The jobs of a tenant, by birth, with what a list filters by."""
CALLED = Index("called", "called", "id")
"""The jobs of one `reference`."""
SUBJECT = Index("subject", "subject_hmac", "id")
"""The jobs about one person, by pseudonym."""
BELONGING = Index("belonging", "belongs_to", "id", carried=("status",))
"""The jobs of a batch, the deliveries of a job."""
DUE = Index(
    "due",
    "check_shard",
    "next_check_at",
    "N",
    carried=("status", "lane", "tenant", "id", "audio_s", "queued_at", "deadline_at"),
)
"""Whatever still has to be looked at, by the moment of the next look."""

INDEXES: Final = (LISTED, CALLED, SUBJECT, BELONGING, DUE)


def shard_of(resource_id: str) -> str:
    """The shard of the `due` index in which a row of that id is looked for."""
    return str(zlib.crc32(resource_id.encode()) % SHARDS)


def called(tenant: str, reference: str) -> str:
    """The value by which the jobs of one reference of one tenant are found."""
    return f"{tenant}#{reference}"
