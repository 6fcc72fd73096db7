"""What an audit may find: each kind of breach, the invariant that it breaks, and what is to be done about it.

I1 every accepted job ends. I2 one transcript, never changed. I3 an end is an end. I4 each end is told, under one id.
I5 no message goes before its end is told. I8 a transcript is served only of a completed job. I9 what is erased is gone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

WAKE = "set check_shard and next_check_at in its row: the reconciler does the rest"
RECONCILER = "see that the reconciler runs every minute"
BY_HAND = "no command writes this: compare the row with the log of the job, and tell who maintains the service"
ONE_TRANSCRIPT = "compare both versions, keep the one whose etag is in the row, and find out who wrote the other"
LOST = "restore the object's earlier version; without one, `callscribe batch` transcribes the call again"
DELETE = "delete all versions under the prefixes of the job"

KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "nothing_due": ("I1", WAKE),
        "overlooked": ("I1", RECONCILER),
        "never_rung": ("I1", f"{RECONCILER}; it rings 600 times a minute and lane"),
        "lease_over": ("I1", "start workers: none takes the job over"),
        "past_limit": ("I1", RECONCILER),
        "unreadable": ("I1", f"nothing can be done with such a row; {BY_HAND}"),
        "no_row": ("I1", "`callscribe admin rebuild` brings it back if the table was lost; else delete its objects"),
        "promised": ("I1", "`callscribe admin rebuild`, then submit again what it does not bring back"),
        "jobs_missing": ("I1", "`callscribe admin rebuild`, then submit again what it does not bring back"),
        "ended_early": ("I1", "count its jobs with `callscribe list --batch`: some have not ended"),
        "no_result": ("I2", BY_HAND),
        "transcript_missing": ("I2", LOST),
        "transcript_differs": ("I2", ONE_TRANSCRIPT),
        "transcript_twice": ("I2", ONE_TRANSCRIPT),
        "stone_on_live": ("I3", BY_HAND),
        "lease_kept": ("I3", BY_HAND),
        "end_unlike": ("I3", BY_HAND),
        "event_id": ("I4", BY_HAND),
        "sequence_gap": ("I4", BY_HAND),
        "no_event": ("I4", BY_HAND),
        "untold": ("I4", f"{RECONCILER}, and that it may publish to the topic"),
        "never_told": ("I5", WAKE),
        "served": ("I8", "remove `result` from its row"),
        "never_expires": ("I9", WAKE),
        "retention_overdue": ("I9", RECONCILER),
        "not_scrubbed": ("I9", "`callscribe delete` it again; if it stays, remove the named fields from its row"),
        "stone_kept": ("I9", "delete the row; see that the table's time to live is on, by `expires_at`"),
        "objects_left": ("I9", DELETE),
        "recording_left": ("I9", "delete all versions of the recording, and of what lies in listening/ of the job"),
        "revision_hidden": ("I9", "write the revision's item beside the first job: an erasure would miss it"),
    }
)


@dataclass(frozen=True, slots=True)
class Breach:
    """One invariant that does not hold of one thing: a job, or a batch, by its id."""

    kind: str
    tenant: str
    id: str
    told: str

    @property
    def invariant(self) -> str:
        """Which of them is broken."""
        return KINDS[self.kind][0]

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return KINDS[self.kind][1]
