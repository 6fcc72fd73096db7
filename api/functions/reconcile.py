"""Every minute: whatever is due is looked at, healed where it is stuck, and put off where it is well."""

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

from api.batches.slicing import go_on
from api.parts import Parts, serving
from shared.errors.root import CallscribeError
from shared.job import DUE, JOB_SK, SHARDS, Job, Key, Lane
from shared.protocol import delivering, erasing
from shared.protocol.drive import drive
from shared.protocol.intents import FindRows, Found, FoundRow, ReadRow
from shared.protocol.reconciling import LaneNews, lane_news, look

BUDGET_S = 45.0
"""The function is given 55 s; what is left then waits a minute."""
AT_ONCE = 8
"""Rows that are looked at side by side: the time goes into waiting for the table."""
RUNG = ("never_rung", "purged", "overtaken", "abandoned", "upload_found")
"""What `look` says where it has rung."""
PAGE = 100
MOST_PAGES = 1_000
Kind = Literal["job", "batch", "erasure", "delivery"]


def handler(_event: dict[str, Any], _context: Any) -> dict[str, int]:
    """Heal for a while; how many rows were found, by what became of them."""
    with serving() as parts:
        return reconcile(parts)


def reconcile(parts: Parts) -> dict[str, int]:
    """Look at everything that is due, until nothing is or the time is up.

    Returns:
        How many rows there were, by what was done.
    """
    until = parts.now() + BUDGET_S
    news = {lane: drive(lane_news(lane, parts.now()), parts.world) for lane in Lane}
    run = Run(parts, news, until)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="reconcile") as pool:
        for page in _due(parts, until):
            run.done.update(pool.map(run.heal, page))
    run.tell()
    return dict(run.done)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the reconciler."""

    parts: Parts
    news: Mapping[Lane, LaneNews]
    until: float
    done: Counter[str] = field(default_factory=Counter)
    outbox_ages_s: list[float] = field(default_factory=lambda: [0.0])
    """How long each event waited that is not published; 0 where none did."""
    lateness_s: list[float] = field(default_factory=lambda: [0.0])
    """How late each delivery is that was due; 0 where none was."""

    def tell(self) -> None:
        """Say what the run came to, also where it was nothing: its silence is an alarm."""
        self.parts.observer.tell(
            "reconciled",
            found=self.done.total(),
            kind=", ".join(f"{kind} {number}" for kind, number in self.done.items()),
            rung=sum(self.done[word] for word in RUNG),
            outbox_oldest_s=round(max(self.outbox_ages_s), 1),
            delivery_oldest_due_s=round(max(self.lateness_s), 1),
        )

    def heal(self, found: FoundRow) -> str:
        """Do what one row needs; what cannot be done now is told, and looked at again in the next run."""
        try:
            return self._heal(found.key)
        except CallscribeError as error:
            self.parts.observer.tell("reconcile_failed", kind=kind_of(found.key), code=error.code)
        except Exception as error:  # noqa: BLE001 - one row that nobody can read holds up no other
            self.parts.observer.tell_crash(error, kind=kind_of(found.key))
        return "failed"

    def _heal(self, key: Key) -> str:
        now, world, base_url = self.parts.now(), self.parts.world, self.parts.settings.base_url
        match kind_of(key):
            case "job":
                return self._look(key)
            case "batch":
                go_on(key, self.parts, self.until - now)
            case "erasure":
                drive(erasing.advance(key, now, base_url), world)
            case "delivery":
                self.lateness_s.append(drive(delivering.ring_due(key, now), world))
        return kind_of(key)

    def _look(self, key: Key) -> str:
        """The index lags, so the row itself is read."""
        row = self.parts.world.perform(ReadRow(key))
        if row is None:
            return "gone"
        job = Job.model_validate(row)
        if job.next_check_at is None or job.next_check_at > self.parts.now():
            return "moved"
        now = self.parts.now()
        self.outbox_ages_s.extend(now - one.at for one in job.outbox.values() if one.state == "pending")
        done = drive(look(job, self.news[job.lane], self.parts.now(), self.parts.settings.base_url), self.parts.world)
        if done == "retention":
            self.parts.observer.tell("retention_removed", job_id=job.id, tenant=job.tenant)
        return done


def kind_of(key: Key) -> Kind:
    """What lies at `key`: a job, a batch, an erasure or a delivery."""
    if key.sk == JOB_SK:
        return "job"
    if key.pk.endswith("#BATCHES"):
        return "batch"
    return "erasure" if key.pk.endswith("#ERASURES") else "delivery"


def _due(parts: Parts, until: float) -> Iterator[list[FoundRow]]:
    """Pages of what is due now, shard by shard; each row once, also if it could not be put off."""
    began, seen = parts.now(), set[Key]()
    for shard in range(SHARDS):
        low: float | str | None = None
        for _ in range(MOST_PAGES):
            if parts.now() >= until:
                return
            found: Found = parts.world.perform(FindRows(DUE, str(shard), low=low, high=began, limit=PAGE))
            fresh = [row for row in found.rows if row.key not in seen]
            seen.update(row.key for row in fresh)
            yield fresh
            if found.last is None or (low == found.last and not fresh):
                break
            low = found.last
