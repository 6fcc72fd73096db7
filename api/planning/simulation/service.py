"""The service of a lane: tasks over two pools, and what a minute of scaling does to them."""

from math import inf
from random import Random

from simpy import Environment

from api.planning.scaling import LaneScaling, Setting
from api.planning.simulation.pools import Pool, Task
from api.planning.simulation.queueing import Queue


class Service:
    """Tasks that are wished for, and the pools that carry them."""

    def __init__(self, env: Environment, queue: Queue, scaling: LaneScaling, setting: Setting, random: Random) -> None:
        self.queue, self.scaling = queue, scaling
        self.on_demand = Pool(env, queue, setting, setting.on_demand)
        self.spot = Pool(env, queue, setting, setting.spot, random)
        self.tasks: list[Task] = []
        self.desired = 0

    @property
    def running(self) -> int:
        """Tasks whose container runs, those that still load their model included."""
        return sum(task.instance is not None for task in self.tasks)

    @property
    def instances(self) -> int:
        """Instances that are paid for."""
        return len(self.on_demand.alive) + len(self.spot.alive)

    def fit(self, now: float) -> None:
        """Start or stop tasks until there are as many as desired; a task that holds a call is never stopped."""
        for _ in range(self.desired - len(self.tasks)):
            task = Task(self._next_pool())
            self.tasks.append(task)
            task.pool.place(task)
        for task in self._stoppable(now)[: max(0, len(self.tasks) - self.desired)]:
            self._stop(task, now)
        if self.scaling.idle_s is not None:
            self._stop_idle(self.scaling.idle_s, now)
        self.on_demand.balance(now)
        self.spot.balance(now)

    def _stop_idle(self, idle_s: float, now: float) -> None:
        for task in self._stoppable(now):
            worker = task.worker
            if worker is not None and now - worker.free_at >= idle_s and self.desired > self.scaling.least:
                self.desired -= 1
                self._stop(task, now)

    def _stop(self, task: Task, now: float) -> None:
        self.tasks.remove(task)
        task.pool.release(task, now)

    def _stoppable(self, now: float) -> list[Task]:
        """The youngest first, and of those first the ones that nobody has begun to load."""
        idle = [task for task in reversed(self.tasks) if task.worker is None or task.worker.free_at <= now]
        return sorted(idle, key=lambda task: (task.instance is not None, task.worker is not None))

    def _next_pool(self) -> Pool:
        """The purchase type that is furthest below its share."""
        share = self.scaling.share
        on_demand = sum(task.pool is self.on_demand for task in self.tasks)
        if on_demand < share.base:
            return self.on_demand
        above, spot = on_demand - share.base, len(self.tasks) - on_demand
        if _fill(above, share.on_demand) < _fill(spot, share.spot):
            return self.on_demand
        return self.spot


def _fill(tasks: int, weight: int) -> float:
    return (tasks + 1) / weight if weight else inf
