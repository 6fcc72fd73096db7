"""A worker as `callscribe-worker` puts it together, on a world that is watched, in a process that may die."""

import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from chaos.journal import Journal
from chaos.place import Place
from chaos.points import Point
from chaos.roles.scribe import NoEngine, Scribe
from chaos.traps import Trap
from chaos.watched import Noting, Watched, WatchedBell

from shared.aws.world import AwsWorld
from worker import __main__ as root
from worker.audio.decode import Decoder, open_decoder
from worker.intake import Intake
from worker.lease import Leases


@dataclass(frozen=True, slots=True)
class Working:
    """How a worker of the harness differs from one of the service.

    Attributes:
        point: where the process dies; None for never.
        neighbours: jobs that it holds besides when it does.
        spring: what happens there instead of a death.
        ahead_s: how far its clock goes ahead.
        engine_s: how long the engine's stand-in takes for a call.
        changed: settings that differ.
        beats: whether its heartbeat lives.
        go: the file that it waits for before it dies.
        poison: the job that kills the process each time at `point`, whatever else it holds.
        wedges_after_s: seconds until the engine hangs; None for never.
        file_bytes: the longest file that it may write, as if the disk were full; None for no limit.
    """

    point: Point | None = None
    neighbours: int = 0
    spring: Callable[[str], None] | None = None
    ahead_s: float = 0.0
    engine_s: float = 0.01
    changed: tuple[tuple[str, Any], ...] = ()
    beats: bool = True
    go: Path | None = None
    poison: str | None = None
    wedges_after_s: float | None = None
    file_bytes: int | None = None


def work(place: Place, journal: Journal, how: Working) -> None:
    """Be a worker until SIGTERM, or until the trap springs."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    changed = dict(how.changed)
    settings = place.settings(**{"jobs_at_once": how.neighbours + 1, **changed})
    trap = Trap(journal, how.point, how.neighbours, how.spring, how.poison, how.go)
    if how.file_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (how.file_bytes, how.file_bytes))
    watched = Watched(place.world(**changed), "W", journal, trap)
    engine: Any = NoEngine(wedges_at_s=None if how.wedges_after_s is None else time.monotonic() + how.wedges_after_s)
    intake = _composed(watched, engine, settings, how)
    trap.held = lambda: [held.claim.job.id for held in intake.parts.leases.held]
    journal.note("ready")
    root.run(intake, engine, settings, stop)
    sys.exit(0)


@cache
def decoder() -> Decoder:
    """The real one; its seal is proved once, before anybody is forked."""
    return open_decoder("preferred")


def _composed(watched: Watched, engine: Any, settings: Any, how: Working) -> Intake:
    """What the composition root builds, with the stand-in for the engine, and a clock of its own."""
    root.open_decoder = lambda _sandbox: decoder()
    tell = Noting(watched.journal)
    now = _clock(how.ahead_s)
    world: AwsWorld = watched  # type: ignore[assignment]  # it has all parts of one
    built = root.build(settings, world, engine, tell)
    scribe: Any = Scribe(decoder(), watched.journal, watched.trap, how.engine_s)  # type: ignore[arg-type]
    leases = (Leases if how.beats else Still)(watched, settings.lease_s, now, tell)
    parts = replace(built.parts, transcriber=scribe, leases=leases, now=now)
    return replace(built, bell=WatchedBell(watched.doorbell, watched.journal, watched.trap), parts=parts)


class Still(Leases):
    """Leases whose heartbeat is dead: nothing is renewed, and nobody notices."""

    def beat(self) -> None:
        """Do nothing."""


def _clock(ahead_s: float) -> Callable[[], float]:
    return lambda: time.time() + ahead_s  # noqa: TID251 - real processes
