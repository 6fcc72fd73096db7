"""Who may use the CPU now: the jobs of a worker prepare their calls side by side, a slice of work at a time.

A long call asks for a turn for every slice and goes to the end of the line each time, so a short one that
arrives later is not kept waiting.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from shared.job import Lane
from worker.speech.progress import Progress

_ORDER = (Lane.INTERACTIVE, Lane.BATCH)


class Turns:
    """Lets `permits` threads work at once: first come, first served in a lane, the interactive lane first.

    A permit that comes back is handed to who has waited longest; nobody who has just arrived can take it.
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
        self._lines: dict[Lane, deque[threading.Event]] = {lane: deque() for lane in _ORDER}

    @property
    def waiting(self) -> int:
        """How many threads stand in line."""
        with self._lock:
            return sum(len(line) for line in self._lines.values())

    @contextmanager
    def turn(self, lane: Lane) -> Iterator[None]:
        """Wait for a permit, and give it back whatever happens within."""
        called = self._line_up(lane)
        called.wait()
        try:
            yield
        finally:
            self._hand_on()

    def _line_up(self, lane: Lane) -> threading.Event:
        called = threading.Event()
        with self._lock:
            # A permit is free only while nobody waits, so taking it passes nobody by.
            if self._free:
                self._free -= 1
                called.set()
            else:
                self._lines[lane].append(called)
        return called

    def _hand_on(self) -> None:
        with self._lock:
            line = next((self._lines[lane] for lane in _ORDER if self._lines[lane]), None)
            if line is None:
                self._free += 1
            else:
                line.popleft().set()


@dataclass(frozen=True, slots=True)
class Pace:
    """How a job does its work on the CPU: step by step, each in its turn, and not at all once it is abandoned."""

    turns: Turns
    lane: Lane
    progress: Progress

    @contextmanager
    def step(self) -> Iterator[None]:
        """Do a slice of work, a tenth of a second or so.

        Raises:
            TransientError: the job was abandoned; no turn was taken.
        """
        self.progress.check()
        with self.turns.turn(self.lane):
            yield
