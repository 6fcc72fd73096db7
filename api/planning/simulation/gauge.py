"""The metrics of a lane as its alarms see them, under the names that they have in CloudWatch."""

from math import ceil, inf
from typing import Final

from api.planning.scaling import Machine
from api.planning.simulation.maths import Values
from api.planning.simulation.queueing import Queue
from api.planning.simulation.service import Service
from shared.capacity.summing import READY_S

MOST_LOOKED_AT: Final = 64
"""Queued calls whose slack is computed a minute; a long queue is looked at in even steps."""


class Gauge:
    """Reads the queue and the service; `due_at_s`: one deadline for all calls, else each has `goal_s`."""

    def __init__(self, queue: Queue, service: Service, due_at_s: float | None, goal_s: float) -> None:
        self.queue, self.service, self.due_at_s, self.goal_s = queue, service, due_at_s, goal_s

    def values(self, now: float) -> Values:
        """What is published at `now`; a service without tasks publishes no count of them and no R."""
        queue, running = self.queue, self.service.running
        visible = queue.come(now) - queue.taken
        in_flight = sum(worker.free_at > now for worker in queue.workers)
        oldest = now - queue.at_s[queue.taken] if visible else 0.0
        return {
            "QueuedAudioSeconds": queue.waiting_s(now) + queue.held_s(now),
            "QueuedJobs": visible + in_flight,
            "OldestJobAgeSeconds": oldest,
            "DeadlineSlackSeconds": self._slack_s(now) if visible else None,
            "RunningTaskCount": running or None,
            "DesiredTaskCount": self.service.desired or None,
            "MeasuredR": effective_r(queue.machine, queue) if running else None,
            "ApproximateNumberOfMessagesVisible": visible,
            "ApproximateNumberOfMessagesNotVisible": in_flight,
        }

    def _slack_s(self, now: float) -> float:
        queue = self.queue
        first, last = queue.taken, queue.come(now) - 1
        rate = effective_r(queue.machine, queue) * max(1, len(queue.workers))
        ahead_s = queue.held_s(now) - queue.audio_until[first]
        step = ceil((last - first + 1) / MOST_LOOKED_AT)
        least = inf
        for index in (*range(first, last, step), last):
            due_s = queue.at_s[index] + self.goal_s if self.due_at_s is None else self.due_at_s
            least = min(least, due_s - (queue.audio_until[index] + ahead_s) / rate)
        return least - now - READY_S


def effective_r(machine: Machine, queue: Queue) -> float:
    """R with the overhead of each job in it, as a worker measures it over calls like these."""
    return queue.audio_until[-1] / queue.work_until[-1] if queue.audio_s else machine.r
