"""Instances of one purchase type under a capacity provider: how they are started, and how the empty ones end."""

from dataclasses import dataclass, field
from math import inf
from random import Random
from typing import Any

from simpy import Environment

from api.planning.scaling import Provider, Setting
from api.planning.simulation.queueing import Queue, Worker

LAST_CALL_S = 120.0
"""Between the notice that a Spot instance is taken away and its end; a call in work is finished in it."""


@dataclass(slots=True, eq=False)
class Task:
    """One wish for a worker: first without a place, then loading on an instance, then working."""

    pool: "Pool"
    instance: "Instance | None" = None
    worker: Worker | None = None


@dataclass(slots=True, eq=False)
class Instance:
    """A machine that is paid for from `launched_at` to `ended_at`."""

    launched_at: float
    up_at: float = inf
    ended_at: float = inf
    task: Task | None = None
    empty_since: float = inf

    @property
    def is_empty(self) -> bool:
        """Up, and without a task."""
        return self.task is None and self.empty_since < inf


@dataclass(slots=True)
class Pool:
    """All instances that one provider has started, the ended ones included."""

    env: Environment
    queue: Queue
    setting: Setting
    provider: Provider
    random: Random | None = None
    launched: list[Instance] = field(default_factory=list)
    alive: list[Instance] = field(default_factory=list)
    unplaced: list[Task] = field(default_factory=list)
    rests_until: float = -inf
    spare_since: float = inf

    def place(self, task: Task) -> None:
        """Give a task an empty instance, or let it wait for one."""
        instance = next((one for one in self.alive if one.is_empty), None)
        if instance is None:
            self.unplaced.append(task)
        else:
            self._take(instance, task)

    def release(self, task: Task, now: float) -> None:
        """Take a task off its instance, which stays and is empty."""
        if task in self.unplaced:
            self.unplaced.remove(task)
        if task.worker in self.queue.workers:
            self.queue.workers.remove(task.worker)
        if task.instance is not None:
            task.instance.task, task.instance.empty_since = None, now

    def balance(self, now: float) -> None:
        """Start instances for tasks without one; end those that have been empty for long enough."""
        self._start_missing(now)
        self._end_spare(now)

    def billed_s(self, until: float) -> float:
        """Seconds that are paid for."""
        return sum(min(one.ended_at, until) - one.launched_at for one in self.launched)

    def _start_missing(self, now: float) -> None:
        provider = self.provider
        booting = sum(one.up_at == inf for one in self.alive)
        missing = len(self.unplaced) - booting
        if missing <= 0 or now < self.rests_until:
            return
        count = min(max(missing, provider.step_least), provider.step_most) if self.alive else provider.from_zero
        for _ in range(min(count, provider.most - len(self.alive))):
            self.env.process(self._boot(now))
        self.rests_until = now + provider.warm_up_s

    def _end_spare(self, now: float) -> None:
        empty, provider = [one for one in self.alive if one.is_empty], self.provider
        self.spare_since = min(self.spare_since, now) if empty else inf
        is_over = now - self.spare_since >= provider.tail_s
        empty_s = inf if provider.empty_s is None else provider.empty_s
        for instance in empty:
            if is_over or now - instance.empty_since >= empty_s:
                self.end(instance, now)
        if is_over:
            self.spare_since = inf

    def end(self, instance: Instance, now: float) -> None:
        """Stop paying for an instance."""
        instance.ended_at = now
        self.alive.remove(instance)

    def _boot(self, now: float) -> Any:
        instance = Instance(now)
        self.launched.append(instance)
        self.alive.append(instance)
        if self.random is not None and self.setting.interruptions_per_hour:
            self.env.process(self._interrupt(instance, self.random))
        machine = self.setting.machine
        yield self.env.timeout(machine.boot_s - machine.load_s)
        if instance.ended_at <= self.env.now:
            return
        instance.up_at = self.env.now
        if self.unplaced:
            self._take(instance, self.unplaced.pop(0))
        else:
            instance.empty_since = self.env.now

    def _take(self, instance: Instance, task: Task) -> None:
        instance.task, instance.empty_since, task.instance = task, inf, instance
        self.env.process(self._load(instance, task))

    def _load(self, instance: Instance, task: Task) -> Any:
        yield self.env.timeout(self.setting.machine.load_s)
        if instance.task is task and instance.ended_at > self.env.now:
            self.queue.serve(self.env.now)
            task.worker = Worker(self.env.now)
            self.queue.workers.append(task.worker)

    def _interrupt(self, instance: Instance, random: Random) -> Any:
        yield self.env.timeout(random.expovariate(self.setting.interruptions_per_hour / 3_600))
        if instance.ended_at < inf:
            return
        self.queue.serve(self.env.now)
        task = instance.task
        self.alive.remove(instance)
        instance.ended_at = self.env.now + LAST_CALL_S
        if task is not None:
            self.release(task, self.env.now)
            task.instance = task.worker = None
            self.place(task)
