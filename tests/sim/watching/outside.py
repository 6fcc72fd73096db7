"""What leaves the table is looked at too: objects, events, deleted messages, work that is done."""

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sim.running import Thread
from sim.services.bucket import Version
from sim.services.queues import Message
from sim.watching.breach import require
from sim.watching.rows import Rows

from shared.job import Job, Key, Row

if TYPE_CHECKING:
    from shared.protocol.intents import Publish


class Outside:
    """Judges every effect that is no row, by the rows."""

    def __init__(self, rows: Rows, table: dict[Key, Row]) -> None:
        self.told: dict[tuple[str, int], list[str]] = defaultdict(list)
        self.created: dict[str, str] = {}
        """By the caller's key, the job that it made."""
        self._rows = rows
        self._table = table

    def wrote(self, key: str, held: Version | None, _made: Version) -> None:
        """An object was written: a transcript only where none stands."""
        require(held is None or not key.startswith("transcripts/"), "I2", f"{key} was written over")

    def removed(self, prefix: str, gone: int) -> None:
        """Objects were deleted: a transcript only where its row bears a tombstone, audio only where the row says so."""
        if not gone:
            return
        kind, tenant, job_id = prefix.removesuffix(".json").split("/")[:3]
        row = self._table.get(Key.of_job(tenant, job_id), {})
        if kind == "work":
            # Whoever saw the job ended tidies up, also if it was taken again meanwhile: that run begins anew.
            self._rows.past[job_id].kept_parts = 0
            self._rows.past[job_id].kept_before.clear()
        if kind == "transcripts":
            require("tombstone" in row, "I2", f"{prefix} was deleted although nobody asked for it")
        elif kind == "audio":
            require("removed_at" in row.get("audio", {}), "I1", f"{prefix} was deleted although nobody asked for it")

    def published(self, intent: "Publish") -> None:
        """An event was told: only after the row says so."""
        event = json.loads(intent.body)
        job_id, sequence = event["data"]["job_id"], event["sequence"]
        row = self._table[Key.of_job(intent.attributes["tenant"], job_id)]
        entry = row["outbox"].get(str(sequence))
        require(entry is not None, "I4", f"event {sequence} of {job_id} was told before the row says so")
        known = self._rows.past[job_id].event_ids[str(sequence)]
        require(event["id"] == known, "I4", f"event {sequence} of {job_id} was told under another id")
        require(event["type"] == entry["type"], "I4", f"{entry['type']} was told as {event['type']}")
        self.told[job_id, sequence].append(event["id"])

    def deleted(self, message: Message, received_at: float, by: Thread) -> None:
        """A message went: only when its job had ended since it was received, and all was told that was known then.

        Whoever adds an event later tells it, or the reconciler does.
        """
        past = self._rows.past.get(message.job_id)
        require(past is not None, "I5", "the doorbell of an unknown job was deleted")
        assert past is not None
        row = self._table[Key.of_job(message.tenant, message.job_id)]
        pending = [
            number
            for number, entry in row["outbox"].items()
            if entry["state"] == "pending"
            and (past.pending_since[number] < received_at or past.pending_by[number] is by)
        ]
        require(not pending, "I5", f"a message was deleted while event {pending} was pending")
        has_ended = row["status"] in ("completed", "failed", "canceled") or past.ended_until >= received_at
        require(has_ended, "I5", f"a message was deleted while its job was {row['status']}")

    def begins(self, claim: Any, done_parts: int) -> None:
        """The engine begins to work for `claim`, `done_parts` of it taken from a checkpoint."""
        past = self._rows.past[claim.job.id]
        require(not past.stored_before[claim.fence], "rework", "the engine did again what had been stored")
        kept = past.kept_before.get(claim.fence, 0)
        require(done_parts >= kept, "rework", f"resumed at part {done_parts} of {kept} kept")

    def answered(self, key: str, job: Job) -> None:
        """A submission was answered."""
        known = self.created.setdefault(key, job.id)
        require(known == job.id, "one job a key", f"{key} made {known} and {job.id}")
