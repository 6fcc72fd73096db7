"""From live jobs and signs of life to a backlog."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import ceil
from typing import Final

from shared.capacity.backlog import Backlog, LaneBacklog, LiveJob
from shared.capacity.workers import WorkerSign
from shared.job import Lane, Status

MOST_POINTS: Final = 64
READY_S: Final = 300.0
"""From an alarm to a worker that polls: a minute of alarm, four of boot and load."""
ASSUMED_RATE: Final = 60.0
"""Seconds of calls that a worker hears a second, until one has been measured."""


def backlog_of(jobs: Iterable[LiveJob], workers: Iterable[WorkerSign], now: float) -> Backlog:
    """Sum up what was found: live jobs, and the signs of life of workers, of which the old ones are left out."""
    counted, alive = tuple(jobs), tuple(worker for worker in workers if worker.is_alive(now))
    lanes = {lane: _lane(lane, counted, alive, now) for lane in Lane}
    return Backlog(at=now, lanes=lanes, workers=len(alive), live_by_tenant=Counter(job.tenant for job in counted))


def _lane(lane: Lane, jobs: Sequence[LiveJob], workers: Sequence[WorkerSign], now: float) -> LaneBacklog:
    own = [worker for worker in workers if lane in worker.lanes]
    queued = _queued(lane, jobs)
    held = _held(lane, jobs, own, now)
    first_s = _first_s(lane, jobs, own)
    ahead_s = first_s + sum(held.values())
    mine = [job for job in jobs if job.id in held and job.lane is lane]
    known = [worker.rate for worker in own if worker.rate]
    rate = sum(known) / len(known) * len(own) if known else None
    lengths_s = [*held.values(), *(job.audio_s for job in queued)]
    return LaneBacklog(
        queued=len(queued),
        queued_audio_s=sum(job.audio_s for job in queued),
        processing=len(mine),
        processing_s=sum(held[job.id] for job in mine),
        ahead_s=ahead_s,
        oldest_queued_at=queued[0].queued_at if queued else None,
        deadline_slack_s=_slack_s(queued, ahead_s, rate or ASSUMED_RATE * max(1, len(own)), now),
        points=_points(queued),
        workers=len(own),
        rate=rate,
        room_s=_room_s(lane, own, lengths_s),
    )


def _room_s(lane: Lane, workers: Sequence[WorkerSign], lengths_s: Sequence[float]) -> float:
    """Seconds that all hold while one has room again: each of the others has gone half a call beyond its own."""
    if not workers:
        return 0.0
    over_s = sum(lengths_s) / len(lengths_s) / 2 if lengths_s else 0.0
    return sum(worker.room_in(lane, lengths_s) for worker in workers) + over_s * (len(workers) - 1)


def _queued(lane: Lane, jobs: Sequence[LiveJob]) -> list[LiveJob]:
    waiting = (job for job in jobs if job.status is Status.QUEUED and job.lane is lane)
    return sorted(waiting, key=lambda job: job.queued_at or 0.0)


def _held(lane: Lane, jobs: Sequence[LiveJob], workers: Sequence[WorkerSign], now: float) -> dict[str, float]:
    """Seconds still to be heard of each call that these workers hold, and of the lane's calls that nobody tells of.

    What they have heard since they told is taken off: first the calls that have ended, then evenly from the others.
    """
    told = {job_id: left_s for worker in workers for job_id, left_s in worker.held.items()}
    running = (job for job in jobs if job.status is Status.PROCESSING and (job.lane is lane or job.id in told))
    left = {job.id: told.get(job.id, job.audio_s) for job in running}
    ended_s = sum(left_s for job_id, left_s in told.items() if job_id not in left)
    heard_s = sum((worker.rate or 0.0) * (now - worker.at) for worker in workers) - ended_s
    total_s = sum(left.values())
    share = max(0.0, 1 - max(0.0, heard_s) / total_s) if total_s else 0.0
    return {job_id: left_s * share for job_id, left_s in left.items()}


def _first_s(lane: Lane, jobs: Sequence[LiveJob], workers: Sequence[WorkerSign]) -> float:
    """Queued seconds of live calls that workers of the batch lane hear before its own."""
    if lane is Lane.INTERACTIVE or not any(Lane.INTERACTIVE in worker.lanes for worker in workers):
        return 0.0
    return sum(job.audio_s for job in _queued(Lane.INTERACTIVE, jobs))


def _points(queued: Sequence[LiveJob]) -> tuple[tuple[float, float], ...]:
    """Seconds queued until a moment, for evenly chosen jobs, the first and the last among them."""
    until = dict(zip((job.queued_at or 0.0 for job in queued), accumulate(job.audio_s for job in queued), strict=True))
    points = tuple(until.items())
    step = max(1, ceil((len(points) - 1) / (MOST_POINTS - 1)))
    return (*points[:-1:step], *points[-1:])


def _slack_s(queued: Sequence[LiveJob], ahead_s: float, rate: float, now: float) -> float | None:
    """The least time by which a job with a deadline could start too early, were workers called for now."""
    slacks, before_s = [], ahead_s
    for job in queued:
        if job.deadline_at is not None:
            slacks.append(job.deadline_at - now - READY_S - before_s / rate)
        before_s += job.audio_s
    return min(slacks, default=None)
