"""Ends that are no death: SIGTERM in the middle, a process that sleeps past its lease, a heart that stops."""

import os
import signal
import time

from chaos.checks.verdict import Expected, Verdict
from chaos.points import Point
from chaos.processes import until
from chaos.roles.working import Working, work
from chaos.seeding import queued, ring
from chaos.traps import freeze
from chaos.wave import Wave

from shared.job import Status

HANDED_OVER_S = 5.0
EXIT_S = 60.0
LONG_S = 120.0
NEIGHBOURS = 5
AHEAD_S = 6.0


def sigterm_over_jobs(wave: Wave) -> Verdict:
    """A worker with six calls in hand is told to stop: all are queued again, uncharged, and their messages visible."""
    jobs = queued(wave.place, NEIGHBOURS + 1)
    wave.expect(jobs, Expected(attempts=1))
    wave.family.start(work, wave.place, wave.journal, Working(neighbours=NEIGHBOURS, engine_s=LONG_S))
    wave.noted("hearing", len(jobs))
    began = _terminate(wave)
    is_back = until(lambda: _are_free(wave), 4 * HANDED_OVER_S * wave.patience)
    took_s = time.monotonic() - began
    charged = [row.id for row in wave.rows().values() if row.attempts or row.releases != 1]
    codes = wave.family.stop(EXIT_S * wave.patience)
    wave.heal()
    wave.await_quiet()
    verdict = wave.verdict(
        "" if is_back and took_s <= HANDED_OVER_S * wave.patience else f"handed over in {took_s:.1f} s",
        f"charged for being handed back: {charged}" if charged else "",
        f"exit codes {codes}" if codes != [0] else "",
    )
    verdict.measured.append(f"handed over in {took_s:.2f} s, exit in {time.monotonic() - began:.1f} s at most")
    return verdict


def sigterm_over_poll(wave: Wave) -> Verdict:
    """A worker is told to stop while its poll is open: what that poll still brings is somebody else's at once."""
    jobs = queued(wave.place, 1, rung=False, rung_at=time.time())  # noqa: TID251 - real processes
    wave.expect(jobs, Expected(attempts=1))
    wave.family.start(work, wave.place, wave.journal, Working(changed=(("long_poll_s", 3),)))
    wave.noted("ready", 1)
    _terminate(wave)
    ring(wave.place, jobs)
    began = time.monotonic()
    codes = wave.family.stop(EXIT_S * wave.patience)
    exit_s = time.monotonic() - began
    wave.heal()
    is_quiet = wave.await_quiet(within_s=30.0 * wave.patience)
    return wave.verdict(
        "" if is_quiet else "not taken over in 30 s",
        f"exit codes {codes} after {exit_s:.1f} s" if codes != [0] else "",
    )


def frozen(wave: Wave) -> Verdict:
    """Workers sleep past their leases, others do their work, then they wake: nothing that they write counts."""
    points = (Point.FETCHED, Point.DECODED, Point.STORED, Point.COMMITTED)
    wave.ahead_s = AHEAD_S
    wave.expect(queued(wave.place, 2 * len(points)), Expected(heard=None))
    for point in points:
        wave.family.start(work, wave.place, wave.journal, Working(point, 1, spring=freeze))
    wave.noted("sprung", len(points))
    sleeping = list(wave.family.alive)
    wave.heal()
    is_quiet = wave.await_quiet()
    for process in sleeping:
        os.kill(process.pid or 0, signal.SIGCONT)
    codes = wave.family.stop(EXIT_S * wave.patience)
    verdict = wave.verdict(
        "" if is_quiet else "it never became quiet", f"exit codes {codes}" if set(codes) != {0} else ""
    )
    lost = sum(1 for _ in wave.journal.notes("lease_lost"))
    verdict.measured.append(f"{len(points)} woke, {lost} leases found lost")
    return verdict


def heart_dead(wave: Wave) -> Verdict:
    """A worker whose heartbeat has died goes on over calls that others take: its commits are refused."""
    jobs = queued(wave.place, 3)
    wave.expect(jobs, Expected(heard=None, attempts=2))
    wave.family.start(work, wave.place, wave.journal, Working(neighbours=2, engine_s=9.0, beats=False))
    wave.noted("hearing", len(jobs))
    wave.ahead_s = AHEAD_S
    wave.heal()
    wave.noted("heard", 2 * len(jobs))
    is_quiet = wave.await_quiet()
    codes = wave.family.stop(EXIT_S * wave.patience)
    return wave.verdict("" if is_quiet else "it never became quiet", f"exit codes {codes}" if set(codes) != {0} else "")


def _terminate(wave: Wave) -> float:
    for process in wave.family.alive:
        process.terminate()
    return time.monotonic()


def _are_free(wave: Wave) -> bool:
    """Whether every job waits again and every message is there for the next who asks."""
    if any(row.status is not Status.QUEUED for row in wave.rows().values()):
        return False
    return wave.place.count("interactive", hidden=False) == len(wave.jobs)
