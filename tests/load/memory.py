"""How the memory of a process grows with the jobs that it has done: samples, and the slope of a line through them."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression
from typing import Self

EVERY_S = 2.0
PAGE_KB = 1_024


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: seconds since the start, jobs that had ended, resident megabytes of each process by name."""

    at_s: float
    ended: int
    resident_mb: dict[str, float]


@dataclass(slots=True)
class Sampler:
    """Looks at processes every two seconds, in a thread of its own."""

    pids: Callable[[], dict[str, int]]
    ended: Callable[[], int]
    now: Callable[[], float]
    samples: list[Sample] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread = field(init=False)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        began_s = self.now()
        while not self._stop.wait(EVERY_S):
            families = {
                name: sum(resident_mb(one) for one in (pid, *children(pid))) for name, pid in self.pids().items()
            }
            self.samples.append(Sample(self.now() - began_s, self.ended(), families))


def slope_mb_per_1000(samples: Sequence[Sample], process: str, after: int) -> float:
    """Megabytes that `process` grows by in a thousand jobs, by least squares, once `after` jobs have warmed it up.

    0 for a run that is too short to tell.
    """
    warm = [(one.ended / 1_000, one.resident_mb[process]) for one in samples if one.ended >= after]
    if len({ended for ended, _ in warm}) < 2:
        return 0.0
    return linear_regression(*zip(*warm, strict=True)).slope


def resident_mb(pid: int) -> float:
    """Resident set of a process; 0 for one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / PAGE_KB for line in lines if line.startswith("VmRSS:")), 0.0)


def children(pid: int) -> list[int]:
    """All processes under `pid`."""
    try:
        direct = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return [below for one in direct for below in (one, *children(one))]
