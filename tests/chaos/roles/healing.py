"""The reconciler and the consumer of dead letters, in processes that may die."""

import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chaos.journal import Journal
from chaos.place import Place
from chaos.points import Point
from chaos.traps import Countdown
from chaos.watched import Noting, Watched

from api.functions import reconcile
from api.parts import Parts


@dataclass(frozen=True, slots=True)
class Healing:
    """How a reconciler of the harness differs.

    Attributes:
        point: where the process dies; None for never.
        after: how many jobs have passed there when it does.
        ahead_s: how far its clock goes ahead, so that minutes need not be waited for.
        speed: how much faster its clock goes.
        every_s: seconds between two runs; 0 for one run alone.
    """

    point: Point | None = None
    after: int = 1
    ahead_s: float = 0.0
    speed: float = 1.0
    every_s: float = 4.0


class Harmless:
    """A trap that never springs."""

    def passed(self, _point: Point, _job_id: str) -> None:
        """Let it pass."""


def heal(place: Place, journal: Journal, how: Healing) -> None:
    """Reconcile until SIGTERM, or once."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    trap: Any = Countdown(journal, how.point, how.after) if how.point else Harmless()
    watched = Watched(place.world(), "R", journal, trap)
    parts = parts_of(place, watched, journal, clock(how.ahead_s, how.speed))
    reconcile.reconcile(parts)
    while how.every_s and not stop.wait(how.every_s):
        reconcile.reconcile(parts)
    sys.exit(0)


def parts_of(place: Place, world: Any, journal: Journal, now: Callable[[], float]) -> Parts:
    """What the functions need, on a world that is watched."""
    sender: Any = None
    return Parts(world, world.store, place.settings(), now, threading.Event().wait, Noting(journal), sender)


def clock(ahead_s: float, speed: float = 1.0) -> Callable[[], float]:
    """Epoch seconds that go ahead, or faster from now on."""
    began = time.time()  # noqa: TID251 - real processes
    return lambda: began + ahead_s + (time.time() - began) * speed  # noqa: TID251 - real processes
