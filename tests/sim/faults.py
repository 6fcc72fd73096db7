"""What goes wrong at one intent: the rates come from the plan, the moment from the seed."""

import itertools
import random
from bisect import bisect
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.asks import Fetch
from sim.plan import FaultKind
from sim.running import PARKED, Failed, Process, Thread

from shared.errors.transient import EventsUnavailable, StorageUnavailable, TransientError
from shared.protocol.intents import (
    ChangeRow,
    CountMessages,
    CreateRows,
    Delete,
    DeleteVersions,
    FindRows,
    HeadObject,
    Hide,
    Publish,
    PutObject,
    PutRow,
    ReadObject,
    ReadRow,
    ReadRows,
    Ring,
)

if TYPE_CHECKING:
    from sim.schedule import Schedule

SERVICES: dict[type, str] = {
    **dict.fromkeys((ChangeRow, CreateRows, FindRows, PutRow, ReadRow, ReadRows), "table"),
    **dict.fromkeys((DeleteVersions, Fetch, HeadObject, PutObject, ReadObject), "bucket"),
    **dict.fromkeys((CountMessages, Delete, Hide, Ring), "queue"),
    Publish: "topic",
}
LONGEST_S = {"worker": 400.0, "request": 29.0, "run": 55.0}
"""So long may a process stand still: a function that takes longer is ended by its platform."""
HOUR_S = 3_600.0


class Faults:
    """Strikes some intents; `count` says how often each kind did."""

    def __init__(self, schedule: "Schedule", chance: random.Random) -> None:
        rates = schedule.plan.rates
        self.count: Counter[str] = Counter()
        self.total = sum(rates.values())
        self.out_until: dict[str, float] = {}
        self._kinds = list(rates)
        self._bounds = list(itertools.accumulate(rates.values()))
        self._chance = chance
        self._schedule = schedule
        self._deaf: dict[Process, int] = {}

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self.total = 0.0
        self.out_until.clear()
        self._deaf.clear()

    def answer(self, thread: Thread, intent: Any, act: Callable[[Any], Any]) -> Any:
        """Carry out `intent`, or what becomes of it."""
        if (self.out_until or self._deaf) and self._is_out(SERVICES[type(intent)], thread.process):
            thread.process.disturbed = True
            return _unavailable(intent)
        drawn = self._chance.random()
        if drawn >= self.total:
            return act(intent)
        kind = self._kinds[min(bisect(self._bounds, drawn), len(self._kinds) - 1)]
        return self._strike(kind, thread, intent, act)

    def _is_out(self, service: str, process: Process) -> bool:
        """Whether a service answers nobody, or not this process."""
        left = self._deaf.get(process, 0)
        if left:
            self._deaf[process] = left - 1
        return left > 0 or self.out_until.get(service, 0.0) > self._schedule.clock.t

    def _strike(self, kind: FaultKind, thread: Thread, intent: Any, act: Callable[[Any], Any]) -> Any:
        self.count[kind] += 1
        self._schedule.note(thread.process.name, f"!! {kind}")
        if kind in ("queue purged", "outage", "told to stop"):
            self._around(kind, thread.process)
            return act(intent)
        thread.process.disturbed = True
        if kind in ("crash before", "crash after", "call lost", "throttled"):
            return self._cut_off(kind, thread.process, intent, act)
        if kind in ("answer lost, asked again", "answer lost for good"):
            _quietly(act, intent)
            return self._ask_again(thread) if kind == "answer lost, asked again" else _unavailable(intent)
        return self._slow(kind, thread, intent, act)

    def _cut_off(self, kind: FaultKind, process: Process, intent: Any, act: Callable[[Any], Any]) -> Any:
        """The process ends, or hears nothing."""
        if kind == "crash after":
            _quietly(act, intent)
        if kind in ("crash before", "crash after"):
            return self._schedule.crash(process)
        if kind == "throttled":
            self._deaf[process] = self._chance.randrange(2, 12)
        return _unavailable(intent)

    def _ask_again(self, thread: Thread) -> Any:
        """The client of the service asks once more, and is answered as the world is then."""
        self._schedule.runner.put_off(thread, self._chance.choice((0.1, 5.0, 30.0)) * self._chance.random())
        return PARKED

    def _slow(self, kind: FaultKind, thread: Thread, intent: Any, act: Callable[[Any], Any]) -> Any:
        process, longest_s = thread.process, LONGEST_S[thread.process.kind]
        now = self._schedule.clock.t
        match kind:
            case "pause":
                process.frozen_until = now + min(longest_s, 15 + 45 * self._chance.random())
            case "pause beyond the lease":
                process.frozen_until = now + min(longest_s, 70 + 330 * self._chance.random())
            case "heartbeat frozen":
                self._schedule.freeze_heartbeat(process, 100 + 300 * self._chance.random())
            case "clock jump":
                process.skew_s = self._chance.choice((-HOUR_S, HOUR_S, 0.0, 600.0, -600.0))
        if process.frozen_until > now and self._chance.random() < 0.5:
            self._schedule.runner.put_off(thread, 0.0)
            return PARKED
        return act(intent)

    def _around(self, kind: FaultKind, process: Process) -> None:
        """It happens to the world, not to this intent."""
        if kind == "told to stop":
            self._schedule.tell_to_stop(process)
        elif kind == "queue purged":
            self._chance.choice(list(self._schedule.world.queues.values())).purge()
        else:
            service = self._chance.choice(("table", "bucket", "queue", "topic", "topic"))
            lasts_s = self._chance.choice((60.0, 600.0, HOUR_S)) * self._chance.random()
            self.out_until[service] = self._schedule.clock.t + lasts_s


def _unavailable(intent: Any) -> Failed:
    return Failed(EventsUnavailable() if isinstance(intent, Publish) else StorageUnavailable())


def _quietly(act: Callable[[Any], Any], intent: Any) -> None:
    try:
        act(intent)
    except TransientError:
        return
