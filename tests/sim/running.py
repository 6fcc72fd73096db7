"""One thread of Python runs every process of the world, one intent at a time, in the order of a simulated clock.

A step takes an intent's effect, gives the answer to the actor, and puts its next intent on the clock: between a
decision and its effect anything may happen.
"""

import heapq
import random
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

Script = Generator[Any, Any, Any]
PARKED = object()
"""The answer of an ask that is not answered yet: whoever parked the thread wakes it."""


class Timed:
    """An ask that says itself how long it takes: `takes_s`."""

    __slots__ = ()
    takes_s: float


@dataclass(eq=False, slots=True)
class Process:
    """What dies together: a worker, a request, a run of the reconciler. Its clock may be wrong."""

    name: str
    kind: str
    clock: "Clock"
    pace_s: float = 0.05
    skew_s: float = 0.0
    frozen_until: float = 0.0
    alive: bool = True
    disturbed: bool = False
    """Whether anything happened to it after which another may rightly take it for dead."""
    poisoned_by: str = ""
    """The job that killed it."""
    threads: list["Thread"] = field(default_factory=list)
    on_death: Callable[[], None] = lambda: None

    def now(self) -> float:
        return self.clock.t + self.skew_s


@dataclass(eq=False, slots=True)
class Thread:
    """One line of a process: its script, the intent that comes next, and what it holds of a job."""

    process: Process
    name: str
    steps: Script
    intent: Any = None
    answer: Any = None
    due: int = 0
    """The number under which the clock knows its next step: an earlier one counts no more."""
    claim: Any = None
    is_done: bool = False


class Clock:
    """Seconds of the epoch, and what is to happen when."""

    __slots__ = ("heap", "number", "t")

    def __init__(self, began_at: float) -> None:
        self.t = began_at
        self.heap: list[tuple[float, int, Any]] = []
        self.number = 0

    def at(self, moment: float, what: Any) -> int:
        """Put `what` on the clock; the number under which it stands there."""
        self.number += 1
        heapq.heappush(self.heap, (moment, self.number, what))
        return self.number


@dataclass(slots=True)
class Failed:
    """The intent ends in an exception."""

    error: BaseException


class Runner:
    """Carries out whatever is next; `carry_out` answers an intent of a thread."""

    def __init__(self, clock: Clock, chance: random.Random, carry_out: Callable[[Thread, Any], Any]) -> None:
        self.clock = clock
        self.steps = 0
        self._chance = chance.random
        self._carry_out = carry_out

    def spawn(self, process: Process, name: str, steps: Script, after_s: float = 0.0) -> Thread:
        thread = Thread(process, name, steps)
        process.threads.append(thread)
        self.put_off(thread, after_s)
        return thread

    def put_off(self, thread: Thread, seconds: float) -> None:
        """Let the next step of `thread` be taken so much later than now, whatever was said before."""
        thread.due = self.clock.at(self.clock.t + seconds, thread)

    def kill(self, process: Process) -> None:
        """Nothing of it goes on, not even what would tidy up."""
        if process.alive:
            process.alive = False
            process.on_death()

    def run(self, until: float, most_steps: int, after_each: Callable[[int], object]) -> None:
        """Carry out what is on the clock, until a moment or for so many steps."""
        clock = self.clock
        heap, pop, carry_out = clock.heap, heapq.heappop, self._carry_out
        while heap and self.steps < most_steps:
            moment, number, what = heap[0]
            if moment > until:
                return
            pop(heap)
            clock.t = max(clock.t, moment)
            if type(what) is not Thread:
                what()
                continue
            process = what.process
            if what.due != number or not process.alive or self._is_frozen(what):
                continue
            self.steps += 1
            answer = None if what.intent is None else carry_out(what, what.intent)
            if answer is not PARKED and process.alive:
                self._resume(what, answer)
            after_each(self.steps)

    def _is_frozen(self, thread: Thread) -> bool:
        """Whether its process stands still; then it goes on when that is over."""
        left_s = thread.process.frozen_until - self.clock.t
        if left_s > 0:
            self.put_off(thread, left_s + self._chance())
        return left_s > 0

    def _resume(self, thread: Thread, answer: Any) -> None:
        try:
            intent = thread.steps.throw(answer.error) if type(answer) is Failed else thread.steps.send(answer)
        except StopIteration:
            thread.is_done = True
            return
        thread.intent = intent
        clock = self.clock
        takes_s = intent.takes_s if isinstance(intent, Timed) else thread.process.pace_s * self._chance()
        clock.number = thread.due = clock.number + 1
        heapq.heappush(clock.heap, (clock.t + takes_s, thread.due, thread))
