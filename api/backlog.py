"""What waits, counted from the table's rows; one count serves every process until it is too old.

It is counted anew and never kept by adding and subtracting: a counter drifts, and nobody notices.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf, nextafter
from typing import Final

from api.contract.jobs import QueueView
from api.parts import Parts
from shared.capacity import Backlog, LaneBacklog, LiveJob, WorkerSign, backlog_of
from shared.errors.transient import TransientError
from shared.event import instant
from shared.job import DAY_S, DUE, JOB_SK, SHARDS, TERMINAL, WORKERS_PK, Job, Key, Lane, Row, Status
from shared.protocol.drive import World
from shared.protocol.intents import FindRows, Found, FoundRow, Guard, PutRow, ReadRow, Where

FRESH_S: Final = 5.0
"""An estimate may be so old."""
COSTS_SHARE: Final = 5
"""A count lasts so many times as long as it took, at least: or all would count, and nothing else."""
BRISK_S: Final = 0.5
"""No count is asked for more often, however near a tenant is to its limit."""
JOBS_A_S: Final = 400
"""An estimate may be a second older for so many jobs: above 24,000 the count of every minute serves all."""
FOUND_AT_ONCE: Final = 4_000
"""Rows of the index in the megabyte that one answer holds."""
LONGEST_SHARD: Final = 250
"""Answers that are asked for at most: a million jobs."""
LIVE: Guard = tuple((Where("status", "=", status.value),) for status in Status if status not in TERMINAL)


@dataclass
class Memory:
    """The count that this process saw last, and of which world."""

    world: World | None = None
    backlog: Backlog | None = None


_SEEN = Memory()


def read(parts: Parts, max_age_s: float = FRESH_S) -> Backlog:
    """The backlog as it was at most `max_age_s` ago; whoever finds it older counts anew, for all.

    Raises:
        StorageUnavailable: the table is out of reach.
    """
    return _read(parts, lambda _: max_age_s)


def estimate(parts: Parts) -> Backlog:
    """The backlog for an estimate: a long one may be older, for counting it takes longer.

    Raises:
        StorageUnavailable: the table is out of reach.
    """
    return _read(parts, _lasts_s)


def live_jobs(tenant: str, limit: int, parts: Parts) -> int:
    """How many jobs of `tenant` have not ended; no staler than the time in which it could fill up to `limit`.

    Raises:
        StorageUnavailable: the table is out of reach.
    """

    def lasts_s(backlog: Backlog) -> float:
        left = limit - backlog.live_by_tenant.get(tenant, 0)
        return max(min(left / parts.settings.submits_per_s, _lasts_s(backlog)), BRISK_S)

    return _read(parts, lasts_s).live_by_tenant.get(tenant, 0)


def count(parts: Parts) -> Backlog:
    """Count, and keep the count where all processes find it.

    Raises:
        StorageUnavailable: the table is out of reach.
    """
    now = parts.now()
    backlog = backlog_of(_live(parts.world, now), workers(parts), now)
    backlog = backlog.model_copy(update={"took_s": parts.now() - now})
    parts.world.perform(PutRow(Key.of_backlog(), backlog.model_dump(mode="json", exclude_none=True)))
    _remember(parts.world, backlog)
    return backlog


def workers(parts: Parts) -> tuple[WorkerSign, ...]:
    """The signs of life of the workers that live.

    Raises:
        StorageUnavailable: the table is out of reach.
    """
    found: Found = parts.world.perform(FindRows(None, WORKERS_PK, limit=1_000))
    signs = (WorkerSign.model_validate(one.row) for one in found.rows)
    return tuple(sign for sign in signs if sign.is_alive(parts.now()))


def place_of(job: Job, parts: Parts) -> QueueView | None:
    """What stands before a queued job, and when it will start and end, as far as that can be told.

    None where it is not queued, or the table does not answer: an estimate is no reason to refuse a job.
    """
    if job.status is not Status.QUEUED or job.queued_at is None:
        return None
    try:
        backlog = estimate(parts)
    except TransientError:
        return None
    lane, now = backlog.lanes[job.lane], parts.now()
    ahead_s = still_ahead_s(lane, lane.ahead_of(job.audio_s, job.queued_at), now - backlog.at)
    return QueueView(
        audio_s_ahead=round(ahead_s, 1),
        estimated_start_at=moment(lane.start_in(ahead_s), now),
        estimated_completion_at=moment(lane.end_in(ahead_s, job.audio_s), now),
    )


def still_ahead_s(lane: LaneBacklog, ahead_s: float, age_s: float) -> float:
    """What is left of `ahead_s` when its workers have gone on for `age_s`."""
    return max(0.0, ahead_s - (lane.rate or 0.0) * max(0.0, age_s))


def moment(in_s: float | None, now: float) -> str | None:
    """When that will be, as the contract writes it."""
    return None if in_s is None else instant(now + in_s)


def _lasts_s(backlog: Backlog) -> float:
    return max(FRESH_S, sum(backlog.live_by_tenant.values()) / JOBS_A_S)


def _read(parts: Parts, lasts_s: Callable[[Backlog], float]) -> Backlog:
    for look in (_remembered, _stored):
        backlog = look(parts.world)
        # A clock that goes before ours must not make a count last for ever.
        if backlog and abs(parts.now() - backlog.at) <= max(lasts_s(backlog), COSTS_SHARE * backlog.took_s):
            _remember(parts.world, backlog)
            return backlog
    return count(parts)


def _remembered(world: World) -> Backlog | None:
    return _SEEN.backlog if _SEEN.world is world else None


def _stored(world: World) -> Backlog | None:
    row = world.perform(ReadRow(Key.of_backlog()))
    return Backlog.model_validate(row) if row else None


def _remember(world: World, backlog: Backlog) -> None:
    _SEEN.world, _SEEN.backlog = world, backlog


def _live(world: World, now: float) -> Iterator[LiveJob]:
    """Each job that has not ended, once, also where it moves on while it is counted."""
    found: dict[Key, FoundRow] = {}
    for shard in range(SHARDS):
        found.update((one.key, one) for one in _due(world, str(shard), now))
    return (_live_job(one.row) for one in found.values())


def _live_job(row: Row) -> LiveJob:
    return LiveJob(
        id=row["id"],
        tenant=row["tenant"],
        status=Status(row["status"]),
        lane=Lane(row["lane"]),
        audio_s=row.get("audio_s", 0.0),
        queued_at=row.get("queued_at"),
        deadline_at=row.get("deadline_at"),
    )


def _due(world: World, shard: str, now: float) -> Iterator[FoundRow]:
    """The live jobs of a shard: they are looked at again within a day, ended ones mostly later."""
    low: float | None = None
    for _ in range(LONGEST_SHARD):
        find = FindRows(DUE, shard, low=low, high=now + DAY_S, limit=FOUND_AT_ONCE, guard=LIVE)
        found: Found = world.perform(find)
        yield from (one for one in found.rows if one.key.sk == JOB_SK)
        if found.last is None:
            return
        last = float(found.last)
        # Where more rows have one moment than an answer holds, the rest of them is passed over.
        low = last if low is None or last > low else nextafter(last, inf)
