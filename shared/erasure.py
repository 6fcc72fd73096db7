"""An erasure: its receipt as it lies in the table, and what it takes from a job.

The item that remembers a caller's Idempotency-Key stays until its day is over. It lies under the hash of a key that no
job knows, so that no erasure finds it, and holds two hashes, of that key and of the whole request, and an id: without
it a repeated request would make the erased job anew.
"""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from shared.job import DAY_S, TOMBSTONE_S, Frozen, Job, Key, Row, audio_key

SWEEPS_AFTER_S = (3_600, 13 * 3_600)
"""The store is looked through again so long after an erasure: no zombie holds a message for more than 12 h."""
RECEIPT_S = TOMBSTONE_S + 2 * DAY_S
"""A receipt outlives the tombstones that name it, sweeps included."""
MARKER_S = DAY_S
"""A batch has made its jobs long before; until the last sweep what it makes in spite of a marker is found anyway."""
STEP_CHECK_S = 60
"""An erasure whose process died is taken up again after so long."""

SCRUBBED: Mapping[str, None] = MappingProxyType(
    dict.fromkeys(
        (
            "reference",
            "metadata",
            "tags",
            "subject_hmac",
            "called",
            "listed_in",
            "result",
            "progress",
            "checkpoint",
            "traceparent",
        )
    )
)
"""What a job no longer holds once it is erased, or its retention is over: whatever a caller or a call said."""


class Scope(Frozen):
    """What is to be forgotten: the field by which its jobs are found, and its value."""

    kind: Literal["job_id", "subject_hmac", "called", "batch_id"]
    value: str


class Marker(Frozen):
    """What an erasure leaves for those who are about to make a job of the same scope: when it was asked for.

    The scope itself is not said: the marker lies under its hash.
    """

    at: float
    expires_at: int

    @staticmethod
    def key_of(tenant: str, scope: Scope) -> Key:
        """Where the marker of a scope lies; a later erasure of it has the same."""
        return Key(f"T#{tenant}#ERASED", hashlib.sha256(f"{tenant}/{scope.kind}/{scope.value}".encode()).hexdigest())


class Erasure(Frozen):
    """The receipt. The jobs themselves are listed beside it, a page a slice, so that it never outgrows its row.

    `looked_to` is where the search goes on, `sweeping` the page whose objects are looked for next; None: searching.
    `scope` is None once the last sweep is done: a receipt keeps nobody's pseudonym.
    """

    tenant: str
    id: str
    status: Literal["running", "completed"] = "running"
    scope: Scope | None = None
    jobs: int = 0
    object_versions_deleted: int = 0
    pages: int = 0
    looked_to: str | None = None
    sweeping: int | None = None
    swept_at: tuple[float, ...] = ()
    created_at: float
    completed_at: float | None = None
    check_shard: str | None = None
    next_check_at: float | None = None
    expires_at: int

    @property
    def row_key(self) -> Key:
        """Where the receipt lies."""
        return Key.of_erasure(self.tenant, self.id)

    @property
    def row(self) -> Row:
        """The receipt as the table keeps it."""
        return self.model_dump(mode="json", exclude_none=True)

    def page_key(self, number: int) -> Key:
        """Where the jobs of one slice are listed."""
        return Key.of_erasure(self.tenant, f"{self.id}#{number:06}")


def is_erased(job: Job) -> bool:
    """Whether `job` was erased: it is gone, whatever else its row still says."""
    return job.tombstone is not None and job.tombstone.reason == "erased"


def scrubbed(job: Job, now: float) -> dict[str, Any]:
    """The changes that leave of a row only ids, times and codes, and let the table forget it in a year."""
    # The name of a caller's object may itself be personal; the place of ours is made of ids.
    pins = {
        "audio.sha256": None,
        "audio.etag": None,
        "audio.version_id": None,
        "audio.removed_at": job.audio.removed_at or now,
        "listening_removed_at": job.listening_removed_at or now,
    }
    named = {"audio.key": ""} if job.audio.source == "s3" else {}
    coded = {"error.message": job.error.code} if job.error and job.status.is_terminal else {}
    return {**SCRUBBED, **pins, **named, **coded, "expires_at": int(now) + TOMBSTONE_S}


def kept_under(tenant: str, job_id: str) -> tuple[str, ...]:
    """The prefixes of all objects of one job; none of them is the beginning of another job's."""
    folders = (f"{kind}/{tenant}/{job_id}/" for kind in ("transcripts", "listening", "work"))
    return audio_key(tenant, job_id), f"requests/{tenant}/{job_id}.json", *folders
