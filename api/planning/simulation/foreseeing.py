"""A policy that knows every call before it comes: what no real policy can be better than by much.

It starts workers as late as the goal allows, and ends one when waiting for the next calls would cost more than a new
start. It decides by the minute like the others, so it is a mark to measure against and not a proved bound.
"""

from bisect import bisect_right
from math import ceil

from api.planning.scaling import LaneScaling, Machine
from api.planning.simulation.maths import Values
from api.planning.simulation.queueing import Queue

STEPS = 48


class Foresight:
    """Wants just enough workers for every call to be taken within the goal."""

    def __init__(self, queue: Queue, scaling: LaneScaling, machine: Machine, period_s: float) -> None:
        self.queue, self.machine, self.period_s = queue, machine, period_s
        self.goal_s = scaling.goal_s - period_s / 4

    def wanted(self, _values: Values, workers: int, now: float) -> int | None:
        """As in `Watch`, whatever the metrics say."""
        needed = self._needed(workers, now)
        if needed > workers:
            return needed if workers or self._must_start(needed, now) else None
        is_idle = any(worker.free_at <= now for worker in self.queue.workers)
        if is_idle and self._idle_s(workers, now) > self.machine.boot_s:
            return workers - 1
        return None

    def _needed(self, workers: int, now: float) -> int:
        """Workers that get every call taken in time, those that are started now included."""
        queue, ready_at = self.queue, now + self.period_s + self.machine.boot_s
        first, last = queue.taken, bisect_right(queue.at_s, ready_at)
        if first >= last:
            return 0
        done_s = workers * (ready_at - now)
        needed = 0 if workers else 1
        for index in (*range(first, last, max(1, (last - first) // STEPS)), last - 1):
            work_s = queue.work_until[index] - queue.work_until[first] - done_s
            left_s = queue.at_s[index] + self.goal_s - ready_at
            if work_s > 0:
                needed = max(needed, ceil(work_s / left_s) if left_s > self.period_s else 1 + workers)
        return needed

    def _must_start(self, needed: int, now: float) -> bool:
        """Whether the first call is due, or a later start would take more workers than the load is worth."""
        queue, machine = self.queue, self.machine
        if queue.at_s[queue.taken] + self.goal_s <= now + 2 * self.period_s + machine.boot_s:
            return True
        return needed > ceil(self._load_s(now) / self.goal_s)

    def _idle_s(self, workers: int, now: float) -> float:
        """Seconds for which workers would have nothing to do until a new start were due."""
        return self.goal_s * workers - self._load_s(now)

    def _load_s(self, now: float) -> float:
        """Seconds of work that is there or comes within a goal from now."""
        queue = self.queue
        return queue.work_until[bisect_right(queue.at_s, now + self.goal_s)] - queue.work_until[queue.taken]
