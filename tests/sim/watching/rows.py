"""Every change of a job's row is looked at: did it go where it may, once, by whom it may?"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.running import Process, Thread
from sim.services.bucket import Bucket
from sim.watching.breach import require

from shared.job import MOVES, Job, Key, Row, Status

if TYPE_CHECKING:
    from sim.plan import CallPlan

SLOWEST_S = 3 * 3_600.0
"""So long after the healing a job may end: an hour for a third ring, one for a wrong clock, one for dead letters."""


@dataclass(slots=True)
class Past:
    """What has happened to one job."""

    plan: "CallPlan"
    holder: Process | None = None
    held_since: float = 0.0
    neighbour_deaths: int = 0
    charged_claims: int = 0
    runs: int = 1
    stored_before: dict[int, bool] = field(default_factory=dict)
    """By fence, whether the transcript stood there when the claim was won."""
    kept_before: dict[int, int] = field(default_factory=dict)
    """By fence, how many parts had been kept when the claim was won."""
    kept_parts: int = 0
    orphaned_at: float | None = None
    live_since: float = 0.0
    ended_until: float = -1.0
    """When the row last stopped being terminal; infinite while it is."""
    pending_since: dict[str, float] = field(default_factory=dict)
    pending_by: dict[str, Thread] = field(default_factory=dict)
    """By event, who took its sequence: a process may hold two receipts of one job, each with an event of its own."""
    event_ids: dict[str, str] = field(default_factory=dict)


class Rows:
    """The history of every job, and what must hold of it."""

    def __init__(self, bucket: Bucket, *, nobody_dies: bool) -> None:
        self.past: dict[str, Past] = {}
        self.recoveries_s: list[float] = []
        self.delays_s: list[float] = []
        self.healed_at: float | None = None
        self._bucket = bucket
        self._nobody_dies = nobody_dies

    def begin(self, job_id: str, plan: "CallPlan") -> None:
        self.past[job_id] = Past(plan)

    def changed(self, old: Row | None, new: Row, thread: Thread, now: float) -> None:
        """A row was written.

        Raises:
            Breach: it may not have been.
        """
        if old is None:
            require(new["status"] == "awaiting_upload", "I3", f"a job was born {new['status']}")
            return
        past = self.past[new["id"]]
        self._status(old, new, past)
        self._delay(old, new, past, now)
        self._sequence(old, new, past, now)
        self._ownership(old, new, past, thread)
        if new["fence"] != old["fence"]:
            self._claimed(old, new, past, thread, now)
        elif new["attempts"] != old["attempts"] or new["releases"] != old["releases"]:
            self._released(old, new, past)
        if new["status"] == "completed" and old["status"] != "completed":
            self._completed(new)
        if new["status"] == "failed" and old["status"] != "failed":
            self._failed(old, new, past, thread)

    def died(self, process: Process, claims: list[Any], rows: dict[Key, Row], now: float) -> None:
        """A worker died with `claims` in its hands."""
        for claim in claims:
            row = rows[claim.job.row_key]
            if row["fence"] != claim.fence or row["status"] != "processing":
                continue
            past = self.past[claim.job.id]
            past.orphaned_at = now
            if process.poisoned_by not in ("", claim.job.id):
                past.neighbour_deaths += 1
                seen = f"{claim.job.id} died {past.neighbour_deaths} times of its neighbours"
                require(past.neighbour_deaths < 2, "I7", seen)

    def _status(self, old: Row, new: Row, past: Past) -> None:
        before, after = Status(old["status"]), Status(new["status"])
        if before is after:
            return
        require(after in MOVES[before], "I3", f"{before} became {after}")
        if before.is_terminal:
            require("tombstone" not in old, "I3", f"{before} became {after} under a tombstone")
            require(new["attempts"] == 0, "I7", "a retry does not begin anew")
            past.charged_claims = past.neighbour_deaths = past.kept_parts = 0
            past.orphaned_at = None
            past.runs += 1

    def _delay(self, old: Row, new: Row, past: Past, now: float) -> None:
        if new["status"] == "queued" and old["status"] != "processing":
            past.live_since = now
        is_end = old["status"] in ("queued", "processing") and _is_terminal(new)
        if is_end and self.healed_at is not None:
            delay_s = now - max(self.healed_at, past.live_since)
            require(delay_s < SLOWEST_S, "recovery", f"{new['id']} ended {delay_s:.0f} s after the healing")
            self.delays_s.append(delay_s)

    def _sequence(self, old: Row, new: Row, past: Past, now: float) -> None:
        ended = _is_terminal(new) and not _is_terminal(old)
        erased = _is_erased(new) and not _is_erased(old)
        wanted = old["sequence"] + (1 if ended or erased else 0)
        require(new["sequence"] == wanted, "I4", f"sequence {old['sequence']} became {new['sequence']}")
        for number, entry in new["outbox"].items():
            known = past.event_ids.setdefault(number, entry["id"])
            require(known == entry["id"], "I4", f"event {number} changed its id")
            past.pending_since.setdefault(number, now)
        require(len(new["outbox"]) == new["sequence"], "I4", f"{len(new['outbox'])} events of {new['sequence']}")
        if _is_terminal(new):
            past.ended_until = float("inf")
        elif past.ended_until == float("inf"):
            past.ended_until = now

    def _ownership(self, old: Row, new: Row, past: Past, thread: Thread) -> None:
        past.pending_by.setdefault(str(new["sequence"]), thread)
        claim = thread.claim
        touched = any(old.get(name) != new.get(name) for name in ("status", "lease_until", "result", "checkpoint"))
        if claim is None or not touched or claim.job.id != new["id"]:
            return
        seen = f"claim {claim.fence} wrote to a row of claim {old['fence']} that is {old['status']}"
        require(old["fence"] == claim.fence and old["status"] == "processing", "I6", seen)

    def _claimed(self, old: Row, new: Row, past: Past, thread: Thread, now: float) -> None:
        require(new["fence"] == old["fence"] + 1 and new["status"] == "processing", "I6", f"fence {new['fence']}")
        require(new["attempts"] == old["attempts"] + 1 <= 3, "I7", f"attempt {new['attempts']}")
        if old["status"] == "processing" and not thread.process.disturbed:
            self._require_lost(past, f"claim {new['fence']} took over", now)
        if past.orphaned_at is not None:
            self.recoveries_s.append(now - past.orphaned_at)
            past.orphaned_at = None
        past.charged_claims += 1
        past.holder, past.held_since = thread.process, now
        past.kept_before[new["fence"]] = past.kept_parts
        past.stored_before[new["fence"]] = self._bucket.latest(Job.model_validate(new).transcript_key) is not None

    def _require_lost(self, past: Past, what: str, now: float) -> None:
        """A claim may be overtaken only if something happened to whoever held it."""
        holder = past.holder
        is_well = holder is not None and holder.alive and not holder.disturbed
        require(
            not is_well, "no work twice", f"{what} from a healthy worker that held it for {now - past.held_since:.0f} s"
        )

    def _released(self, old: Row, new: Row, past: Past) -> None:
        if _is_terminal(old):
            return
        step = new["attempts"] - old["attempts"]
        require(new["releases"] == old["releases"] + 1, "I7", f"attempts {old['attempts']} became {new['attempts']}")
        require(step == (0 if new["releases"] % 20 == 0 else -1), "I7", f"release {new['releases']} charged {step + 1}")
        past.charged_claims += step

    def _completed(self, new: Row) -> None:
        found = self._bucket.latest(Job.model_validate(new).transcript_key)
        require(found is not None, "I2", "completed without a transcript")
        assert found is not None
        require(
            found.etag == new["result"]["etag"], "I2", "the row names another transcript than the one that is there"
        )

    def _failed(self, old: Row, new: Row, past: Past, thread: Thread) -> None:
        code = new["error"]["code"]
        plan = past.plan
        may = {"erased", "upload_expired", "processing_timeout"}
        may |= {"deadline_passed"} if plan.deadline_after_s is not None else set()
        may |= {"upload_mismatch"} if not plan.is_as_declared else set()
        may |= {"unsupported_codec"} if plan.nature == "unreadable" else set()
        if code == "attempts_exhausted":
            require(old["attempts"] == 3 == past.charged_claims, "I7", f"exhausted after {past.charged_claims} claims")
            may |= {code}
            if plan.nature not in ("buggy", "engine", "poison"):
                require(not self._nobody_dies, "I1", "an outage in which nobody died used up all attempts")
                if old["status"] == "processing":
                    self._require_lost(past, "exhausted", past.held_since)
        if code == "upload_expired":
            require(new["completed_at"] - new["created_at"] > 80_000, "I1", "an upload expired early")
        require(code in may, "I1", f"a {plan.nature} job failed with {code}")


def _is_terminal(row: Row) -> bool:
    return row["status"] in ("completed", "failed", "canceled")


def _is_erased(row: Row) -> bool:
    return "tombstone" in row and row["tombstone"]["reason"] == "erased"
