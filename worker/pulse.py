"""What goes with a worker's heartbeat and needs no AWS: sign for the container, protection, figures. And its start."""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from shared.observe import Observer
from worker.gauges import Gauges
from worker.protection import Protection

ALIVE: Final = Path(tempfile.gettempdir()) / "callscribe-alive"
"""Its age is the container's health: touched at every beat, but not while the engine hangs."""
_STAT: Final = Path("/proc/self/stat")
_START_FIELD: Final = 19
"""Of the fields behind the command's name: when the process started, in ticks since the machine did."""


@dataclass(slots=True)
class Boot:
    """Times the parts of a start, each from the end of the one before it.

    Attributes:
        observer: learns of each.
        now_s: monotonic seconds.
        since_s: when the process started, on the same clock.
    """

    observer: Observer
    now_s: Callable[[], float]
    since_s: float
    _reached: set[str] = field(default_factory=set)

    def reach(self, phase: str) -> None:
        """Say that `phase` has ended, the first time that it does."""
        if phase in self._reached:
            return
        self._reached.add(phase)
        now_s = self.now_s()
        self.observer.tell("boot_phase", phase=phase, elapsed_s=round(now_s - self.since_s, 3))
        self.since_s = now_s


@dataclass(frozen=True, slots=True)
class Pulse:
    """Called by the heartbeat and at each edge between idle and busy; nothing of it may end either.

    Attributes:
        gauges: tells figures.
        protection: follows whether a job is held.
        boot: learns of the first claim.
        is_well: whether the engine works.
        alive: the file that is touched.
    """

    gauges: Gauges
    protection: Protection
    boot: Boot
    is_well: Callable[[], bool]
    alive: Path = ALIVE

    def beat(self) -> None:
        """Once a heartbeat, also where AWS is out of reach: a container is not ill of an outage."""
        for act in (self._touch, self.protection.follow, self.gauges.tell):
            self._try(act)

    def edge(self) -> None:
        """A first job has come, or the last has gone."""
        if self.protection.is_busy():
            self.boot.reach("first_claim")
        self._try(lambda: self.protection.follow(at_edge=True))

    def _touch(self) -> None:
        if self.is_well():
            self.alive.touch()

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - a heart that dies in silence would lose every job to come
            self.boot.observer.tell_crash(error)


def process_age_s(boottime_s: Callable[[], float]) -> float:
    """Seconds since this process started; 0 where the system does not say.

    Args:
        boottime_s: seconds since the machine started, suspended ones included.
    """
    with suppress(OSError, ValueError, IndexError):
        fields = _STAT.read_text().rpartition(")")[2].split()
        return max(0.0, boottime_s() - int(fields[_START_FIELD]) / os.sysconf("SC_CLK_TCK"))
    return 0.0
