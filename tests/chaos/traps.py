"""What happens to a process when its victim passes a point: it is killed, frozen, or something else befalls the job.

The victim is the job that a process takes up while it holds so many neighbours; those stand still at their gate, so
that they are held when it happens.
"""

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from chaos.journal import Journal
from chaos.points import Point

from shared.job import Receipt
from worker.speech.progress import Progress

LONGEST_WAIT_S = 600.0
LOOK_S = 0.02


@dataclass(slots=True)
class Trap:
    """Springs once, at `point`, when the victim is there; `point` None never springs.

    Attributes:
        point: where.
        neighbours: jobs that are held besides.
        spring: what it does to the process; by default it ends at once.
        go: the file that all who are to die wait for, so that the first death is not over before the last; None for
            nobody waits.
        victim: the job, if it is known beforehand: then nobody waits for anybody.
    """

    journal: Journal
    point: Point | None = None
    neighbours: int = 0
    spring: Callable[[str], None] | None = None
    victim: str | None = None
    go: Path | None = None
    held: Callable[[], list[str]] = list
    is_sprung: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _gates: bool = field(init=False)

    def __post_init__(self) -> None:
        self._gates = self.point is not None and self.victim is None

    def received(self, receipt: Receipt) -> None:
        """A message has come; one that came before belongs to a job that somebody else was killed over."""
        if self.point is Point.RECEIVED and receipt.receive_count == 1 and self._has_neighbours:
            self.victim = receipt.job_id
            self.passed(Point.RECEIVED, receipt.job_id)

    def passed(self, point: Point, job_id: str) -> None:
        """A job has passed a point: who is claimed while all neighbours are held is the victim."""
        if point is Point.CLAIMED and self.victim is None and self._has_neighbours:
            self.victim = job_id
        if not self.waits_for(point, job_id):
            return
        with self._lock:
            if not self.is_sprung.is_set():
                self._spring(job_id)

    def waits_for(self, point: Point, job_id: str) -> bool:
        """Whether that job is awaited at that point."""
        return point is self.point and job_id == self.victim

    def gate(self, job_id: str, progress: Progress) -> None:
        """Hold a neighbour until it is over; the victim too, if its point is the heartbeat.

        Raises:
            TransientError: the job was abandoned meanwhile.
        """
        waits = self._gates and (job_id != self.victim or self.point is Point.BEATEN)
        for _ in range(int(LONGEST_WAIT_S * 10) if waits else 0):
            if self.is_sprung.is_set() or progress.abandon.wait(0.1):
                break
        progress.check()

    @property
    def _has_neighbours(self) -> bool:
        return self.point is not None and len(self.held()) >= self.neighbours

    def _spring(self, job_id: str) -> None:
        self._await_go(job_id)
        held = sorted({*self.held(), job_id})
        self.journal.note("sprung", job_id, point=self.point, held=held)
        self.is_sprung.set()
        (self.spring or kill)(job_id)

    def _await_go(self, job_id: str) -> None:
        self.journal.note("arrived", job_id, point=self.point)
        never = threading.Event()
        while self.go and not self.go.exists():
            never.wait(LOOK_S)


@dataclass(slots=True)
class Countdown:
    """A trap for processes that hold nothing: springs when the n-th job passes the point."""

    journal: Journal
    point: Point
    after: int
    _passed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def passed(self, point: Point, job_id: str) -> None:
        """A job has passed a point."""
        with self._lock:
            self._passed += point is self.point
            if point is self.point and self._passed == self.after:
                self.journal.note("sprung", job_id, point=self.point, held=[job_id])
                kill(job_id)


def kill(_job_id: str) -> None:
    """End this process now, with everything it holds."""
    os.kill(os.getpid(), signal.SIGKILL)


def freeze(_job_id: str) -> None:
    """Stop this process, all threads of it, until somebody wakes it."""
    os.kill(os.getpid(), signal.SIGSTOP)
