"""One schedule: a world, its processes, what goes wrong for a while, and then peace until nothing is left to do."""

import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sim.actors.callers import Callers
from sim.actors.functions import Functions
from sim.actors.workers import Worker
from sim.faults import Faults
from sim.plan import Plan, plan_of
from sim.running import PARKED, Clock, Process, Runner
from sim.services.queues import TAME
from sim.trace import Trace
from sim.watching.breach import Breach, require
from sim.watching.end import judge
from sim.world import World

from shared.errors.root import CallscribeError
from shared.job import JOB_SK, Lane
from shared.protocol.intents import Ring

BEGAN_AT = 1_768_471_200.0
LONGEST_S = 4 * 86_400.0
"""Of healing: an upload that never comes is given up after a day, an erasure swept for the last time after 13 h."""
FAULTY_S = 6 * 3_600.0
MOST_STEPS = 20_000
BRISK_S = 0.05
"""How long a call to a service takes at most where nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a schedule; `rule` is empty if every promise held."""

    seed: int
    rule: str
    seen: str
    steps: int
    faults: Counter[str]
    ends: Counter[str]
    doubled_events: int
    recoveries_s: list[float]
    """From the death of a worker to the next claim of what it held."""
    delays_s: list[float]
    """From the healing, or from being queued after it, to the end of a job."""


class Schedule:
    """Everything of one seed."""

    def __init__(self, plan: Plan, trace: Trace | None = None) -> None:
        self.plan = plan
        self.trace = trace
        self.chance = random.Random(plan.seed ^ 0x5EED)
        self.clock = Clock(BEGAN_AT)
        self.is_faulty = True
        self.healed_at = 0.0
        self._processes: list[Process] = []
        self.faults = Faults(self, self.chance)
        self.world = World(self)
        self.runner = Runner(self.clock, self.chance, self.world.carry_out)
        self.functions = Functions(self)
        self.callers = Callers(self)
        self.workers: list[Worker] = []

    def run(self) -> Outcome:
        """Let it happen."""
        rule = seen = ""
        try:
            self._begin()
            self._pass_time()
            judge(self)
        except Breach as breach:
            rule, seen = breach.rule, breach.seen
        except (CallscribeError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
            rule, seen = "unforeseen", f"{type(error).__name__}: {error}"
        return self._outcome(rule, seen)

    def now(self) -> float:
        return self.clock.t

    @property
    def passed_s(self) -> float:
        """Since the schedule began."""
        return self.clock.t - BEGAN_AT

    def process(self, name: str, kind: str) -> Process:
        """A new process, as fast as the schedule lets it be."""
        pace_s = self.chance.choice(self.plan.paces_s) if self.is_faulty else BRISK_S
        process = Process(name, kind, self.clock, pace_s)
        self._processes.append(process)
        return process

    def hire(self) -> None:
        """Start a worker; one that is gone is replaced while anything goes on."""
        self.workers.append(Worker(self, len(self.workers)))

    def crash(self, process: Process) -> Any:
        """Kill a process, whatever it is doing."""
        self.note(process.name, "dies")
        self.runner.kill(process)
        return PARKED

    def tell_to_stop(self, process: Process) -> None:
        """SIGTERM; only workers listen."""
        for worker in self.workers:
            if worker.process is process:
                worker.drain()

    def freeze_heartbeat(self, process: Process, seconds: float) -> None:
        """Let the heartbeat of a worker stand still, and nothing else of it."""
        for worker in self.workers:
            if worker.process is process:
                self.runner.put_off(worker.heart, seconds)

    def note(self, who: str, what: str) -> None:
        if self.trace is not None:
            self.trace.note(self.passed_s, who, what)

    def _begin(self) -> None:
        for _ in range(self.plan.workers):
            self.hire()
        self.callers.begin()
        for number in range(self.plan.unknown_doorbells):
            next(iter(self.world.queues.values())).send(Ring(Lane.INTERACTIVE, "acme", f"job_unknown{number}"))

    def _pass_time(self) -> None:
        self.runner.run(BEGAN_AT + FAULTY_S, self.plan.faulty_steps, self.callers.strike)
        self.runner.run(self._heal() + LONGEST_S, MOST_STEPS, lambda _: None)
        require(self.runner.steps < MOST_STEPS, "at rest", "it does not come to rest")

    def _heal(self) -> float:
        """Nothing goes wrong from now on; what callers wanted to do they do now."""
        self.note("world", "heals")
        self.is_faulty = False
        self.healed_at = self.world.rows.healed_at = self.clock.t
        self.faults.heal()
        for queue in self.world.queues.values():
            queue.manners = TAME
        for process in self._processes:
            process.skew_s, process.pace_s = 0.0, BRISK_S
            process.frozen_until = min(process.frozen_until, self.clock.t + 1)
        self.callers.strike(1 << 60)
        return self.clock.t

    def _outcome(self, rule: str, seen: str) -> Outcome:
        rows = [row for key, row in self.world.table.rows.items() if key.sk == JOB_SK]
        ends = Counter(f"failed {row['error']['code']}" if row["status"] == "failed" else row["status"] for row in rows)
        return Outcome(
            seed=self.plan.seed,
            rule=rule,
            seen=seen,
            steps=self.runner.steps,
            faults=self.faults.count,
            ends=ends,
            doubled_events=sum(len(ids) - 1 for ids in self.world.outside.told.values() if ids),
            recoveries_s=self.world.rows.recoveries_s,
            delays_s=self.world.rows.delays_s,
        )


def run(seed: int) -> Outcome:
    """The schedule of `seed`, run to its end."""
    return Schedule(plan_of(seed)).run()
