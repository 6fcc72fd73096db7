"""Who may use the CPU now: the jobs of a worker prepare their calls side by side, a slice of work at a time.

A call asks for a turn for every slice and says how much of it is left. Who has least left is next: calls are finished
one after the other, so the engine gets the first of them soon, and a short one that arrives later is not kept waiting.
Every second since a job began counts as ten of call less, so a long one has its turn too.
"""

import heapq
import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from shared.job import Lane
from worker.speech.progress import Progress

WAIT_WORTH = 10.0  # chosen: seconds of call that a second of waiting counts for
_ORDER = (Lane.INTERACTIVE, Lane.BATCH)


class Turns:
    """Lets `permits` threads work at once: the interactive lane first, in a lane the lowest rank, then who came first.

    A permit that comes back is handed to whoever is next in line; nobody who has just arrived can take it.
    """

    def __init__(self, permits: int) -> None:
        """Let so many threads in, one or more.

        Raises:
            ValueError: nobody could ever have a turn.
        """
        if permits < 1:
            raise ValueError(permits)
        self._free = permits
        self._lock = threading.Lock()
        self._lines: dict[Lane, list[tuple[float, int, threading.Event]]] = {lane: [] for lane in _ORDER}
        self._number = itertools.count()

    @property
    def waiting(self) -> int:
        """How many threads stand in line."""
        with self._lock:
            return sum(len(line) for line in self._lines.values())

    @contextmanager
    def turn(self, lane: Lane, rank: float = 0.0) -> Iterator[None]:
        """Wait for a permit, and give it back whatever happens within."""
        called = self._line_up(lane, rank)
        called.wait()
        try:
            yield
        finally:
            self._hand_on()

    def _line_up(self, lane: Lane, rank: float) -> threading.Event:
        called = threading.Event()
        with self._lock:
            # A permit is free only while nobody waits, so taking it passes nobody by.
            if self._free:
                self._free -= 1
                called.set()
            else:
                heapq.heappush(self._lines[lane], (rank, next(self._number), called))
        return called

    def _hand_on(self) -> None:
        with self._lock:
            line = next((self._lines[lane] for lane in _ORDER if self._lines[lane]), None)
            if line is None:
                self._free += 1
            else:
                heapq.heappop(line)[-1].set()


@dataclass(frozen=True, slots=True)
class Pace:
    """How a job does its work on the CPU: step by step, each in its turn, and not at all once it is abandoned.

    `begun_s` is a monotonic second.
    """

    turns: Turns
    lane: Lane
    progress: Progress
    begun_s: float = field(default_factory=time.monotonic)

    @contextmanager
    def step(self, rest_s: float = 0.0) -> Iterator[None]:
        """Do a slice of work, a tenth of a second or so.

        Args:
            rest_s: seconds of the call that are to be worked through before the engine gets anything of it.

        Raises:
            TransientError: the job was abandoned; no turn was taken.
        """
        self.progress.check()
        with self.turns.turn(self.lane, rest_s + WAIT_WORTH * self.begun_s):
            yield
