"""What waits in each lane, and what that means for a job: how much is heard before it, when it starts and ends."""

from bisect import bisect_right
from dataclasses import dataclass

from shared.job import Frozen, Lane, Status


@dataclass(frozen=True, slots=True)
class LiveJob:
    """What counting knows of a job that has not ended."""

    id: str
    tenant: str
    status: Status
    lane: Lane = Lane.INTERACTIVE
    audio_s: float = 0.0
    queued_at: float | None = None
    deadline_at: float | None = None


class LaneBacklog(Frozen):
    """What waits in a lane and who works for it.

    `queued_audio_s`, `processing_s`: seconds of its calls still to be heard, of queued jobs and of held ones.
    `ahead_s`: seconds that its workers hear before its first queued job, the other lane's included.
    `points`: moments of queueing, each with the seconds queued until then; at most 64.
    `rate`, `room_s`: of all its workers. `deadline_slack_s`: how long the tightest deadline lets a start wait.
    """

    queued: int = 0
    queued_audio_s: float = 0.0
    processing: int = 0
    processing_s: float = 0.0
    ahead_s: float = 0.0
    oldest_queued_at: float | None = None
    deadline_slack_s: float | None = None
    points: tuple[tuple[float, float], ...] = ()
    workers: int = 0
    rate: float | None = None
    room_s: float = 0.0

    def ahead_of(self, audio_s: float, queued_at: float) -> float:
        """Seconds that are heard before a job of `audio_s` that was queued then; between two points a straight line."""
        after = bisect_right(self.points, (queued_at, float("inf")))
        if after == 0:
            return self.ahead_s
        (at, until_s), later = self.points[after - 1], self.points[after : after + 1]
        for later_at, later_s in later:
            until_s += (later_s - until_s) * (queued_at - at) / (later_at - at)
        is_counted = bool(later) or at == queued_at
        return self.ahead_s + max(0.0, until_s - audio_s if is_counted else until_s)

    def start_in(self, ahead_s: float) -> float | None:
        """Seconds until a job with so much before it is taken; None while nobody can tell."""
        over_s = ahead_s - self.room_s
        if over_s <= 0 and self.workers:
            return 0.0
        return over_s / self.rate if self.rate else None

    def end_in(self, ahead_s: float, audio_s: float) -> float | None:
        """Seconds until a job of `audio_s` with so much before it ends: one worker hears it; None as above."""
        return (ahead_s + audio_s * self.workers) / self.rate if self.rate else None


class Backlog(Frozen):
    """What all lanes hold at `at`, counted in `took_s`; `live_by_tenant` counts jobs that have not ended."""

    at: float
    took_s: float = 0.0
    lanes: dict[Lane, LaneBacklog]
    workers: int = 0
    live_by_tenant: dict[str, int]
