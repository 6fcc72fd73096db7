"""The queue of a lane and the workers that empty it, first come first served."""

from bisect import bisect_right
from itertools import accumulate
from math import inf

from api.planning.demand import Calls
from api.planning.scaling import Machine


class Worker:
    """One that takes calls: `free_at` is when it can take the next."""

    __slots__ = ("free_at",)

    def __init__(self, now: float) -> None:
        self.free_at = now


class Queue:
    """Calls and the moments at which they were taken.

    Calls are handed out late, just before somebody looks or the workers change: between two such moments the outcome
    is fixed, and a day costs no event a call.
    """

    def __init__(self, calls: Calls, machine: Machine) -> None:
        self.at_s, self.audio_s, self.machine = calls.at_s, calls.audio_s, machine
        self.work_s = [machine.work_s(audio_s) for audio_s in calls.audio_s]
        self.audio_until = [0.0, *accumulate(calls.audio_s)]
        self.work_until = [0.0, *accumulate(self.work_s)]
        self.waits_s = [inf] * len(calls.at_s)
        self.workers: list[Worker] = []
        self.taken = 0

    def serve(self, now: float) -> None:
        """Hand out every call that somebody could take until now; the oldest idle worker takes it."""
        if not self.workers:
            return
        at_s, work_s = self.at_s, self.work_s
        for index in range(self.taken, len(at_s)):
            arrived = at_s[index]
            if arrived > now:
                return
            worker = self._first_for(arrived)
            start = max(arrived, worker.free_at)
            if start > now:
                return
            worker.free_at = start + work_s[index]
            self.waits_s[index] = start - arrived
            self.taken = index + 1

    def _first_for(self, arrived: float) -> Worker:
        """The oldest worker that is idle then, else the first that will be."""
        best = self.workers[0]
        for worker in self.workers:
            if worker.free_at <= arrived:
                return worker
            if worker.free_at < best.free_at:
                best = worker
        return best

    def come(self, now: float) -> int:
        """Calls that have come."""
        return bisect_right(self.at_s, now)

    def waiting_s(self, now: float) -> float:
        """Seconds of calls that nobody has taken."""
        return self.audio_until[self.come(now)] - self.audio_until[self.taken]

    def held_s(self, now: float) -> float:
        """Seconds of taken calls that are not heard yet."""
        return sum(worker.free_at - now for worker in self.workers if worker.free_at > now) * self.machine.r

    @property
    def busy_s(self) -> float:
        """Seconds that workers spend on the calls taken so far."""
        return self.work_until[self.taken]
