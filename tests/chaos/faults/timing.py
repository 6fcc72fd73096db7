"""Kills at any moment, clocks that differ, and how long a job waits for its next worker at the settings of the service."""

import os
import random
import signal
import time
from dataclasses import replace

from chaos.checks.verdict import Expected, Verdict
from chaos.processes import until
from chaos.roles.working import Working, work
from chaos.seeding import queued, ring
from chaos.wave import Wave

from shared.protocol import claiming, deadletters, working

HOUR_S = 3_600.0
LEASE_S, HEARTBEAT_S = 60, 20.0
HELD = 100
WORKERS = 7
RESUMES_S = 70.0
MANY = 1_000
MEAN_S = 2.0
RANDOM_S = 60.0
RANDOM_JOBS = 60


def clocks(wave: Wave) -> Verdict:
    """Three workers whose clocks are an hour apart, over doorbells that come twice: extra work at most."""
    jobs = queued(wave.place, 12)
    ring(wave.place, jobs)
    wave.expect(jobs, Expected(heard=None))
    for ahead_s in (-HOUR_S, 0.0, HOUR_S):
        wave.family.start(work, wave.place, wave.journal, Working(neighbours=1, ahead_s=ahead_s, engine_s=0.5))
    return wave.verdict("" if wave.await_quiet() else "it never became quiet")


def at_random(wave: Wave) -> Verdict:
    """Workers are killed at any moment, every two seconds on average: no attempt limit here, and nothing is lost."""
    for module in (claiming, working, deadletters):
        module.MAX_ATTEMPTS = MANY  # type: ignore[attr-defined]  # this process and its forks alone
    chance = random.Random(1)
    wave.expect(queued(wave.place, RANDOM_JOBS), Expected(heard=None))
    how = Working(neighbours=3, ahead_s=6.0, engine_s=0.3)
    ends, kills, next_at = time.monotonic() + RANDOM_S, 0, 0.0

    def killing() -> bool:
        nonlocal kills, next_at
        wave.family.reap()
        for _ in range(2 - len(wave.family.alive)):
            wave.family.start(work, wave.place, wave.journal, how)
        if time.monotonic() > next_at:
            kills += next_at > 0
            next_at = time.monotonic() + chance.expovariate(1 / MEAN_S)
            os.kill(chance.choice(wave.family.alive).pid or 0, signal.SIGKILL)
        return time.monotonic() > ends

    until(killing, RANDOM_S + 1.0, 0.05)
    wave.ahead_s = 6.0
    wave.heal()
    verdict = wave.verdict("" if wave.await_quiet(within_s=300.0) else "it never became quiet")
    verdict.kills = kills
    return verdict


def recovery(wave: Wave) -> Verdict:
    """At lease 60 s and heartbeat 20 s, a hundred calls are in hand when their workers die: how soon they go on."""
    place = replace(wave.place, lease_s=LEASE_S)
    wave.place = place
    each = -(-HELD // WORKERS)
    jobs = queued(place, each * WORKERS)
    wave.expect(jobs, Expected(attempts=2))
    changed = (("heartbeat_s", HEARTBEAT_S),)
    for _ in range(WORKERS):
        how = Working(neighbours=each - 1, engine_s=600.0, changed=changed)
        wave.family.start(work, place, wave.journal, how)
    wave.noted("hearing", len(jobs), 60.0)
    moments = sorted(random.Random(1).uniform(0.0, HEARTBEAT_S) for _ in range(WORKERS))
    began = time.monotonic()
    for moment, process in zip(moments, list(wave.family.alive), strict=True):
        until(lambda moment=moment: time.monotonic() - began > moment, HEARTBEAT_S + 5.0)
        held = [note.job_id for note in wave.journal.notes("claimed") if note.pid == process.pid]
        wave.journal.note("sprung", held[0], point="any", held=held)
        process.kill()
    wave.healers = WORKERS
    wave.heal(working=Working(neighbours=each, changed=changed))
    is_quiet = wave.await_quiet(within_s=200.0)
    verdict = wave.verdict("" if is_quiet else "it never became quiet")
    late = [took_s for took_s in verdict.resumed_s if took_s > RESUMES_S]
    verdict.measured.append(f"{len(verdict.resumed_s)} held, {len(late)} of them later than {RESUMES_S:.0f} s")
    return verdict
