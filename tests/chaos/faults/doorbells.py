"""Doorbells that lie: doubled, purged, poisonous, dead."""

import signal
import time

from chaos.checks.verdict import Expected, Verdict
from chaos.points import Point
from chaos.roles.burying import Burying, bury
from chaos.roles.healing import Healing, heal
from chaos.roles.working import Working
from chaos.seeding import queued, ring
from chaos.wave import Wave

from shared.job import MAX_ATTEMPTS, Status

AMONG = 20
AHEAD_S = 6.0
POISON_S = 400.0
"""The message of a job that has died thrice hides for minutes; the reconciler rings for it before."""
HOURS_A_MINUTE = 60.0
HEALED_S = 300.0
"""What a purge may cost, by the reconciler's clock."""


def poison(wave: Wave) -> Verdict:
    """One call of 21 kills whoever decodes it: it fails after three claims, the others complete."""
    jobs = queued(wave.place, AMONG + 1)
    bad = jobs[AMONG // 2]
    wave.expect(jobs, Expected())
    wave.expect([bad], Expected(("failed",), MAX_ATTEMPTS, 0, "attempts_exhausted"))
    how = Working(Point.DECODED, 5, ahead_s=AHEAD_S, poison=bad.id)
    wave.family.start(heal, wave.place, wave.journal, Healing())
    is_quiet = wave.supervise(how, 2, POISON_S)
    claims = sum(note.job_id == bad.id for note in wave.journal.notes("claimed"))
    return wave.verdict(
        "" if is_quiet else "it never became quiet",
        f"claimed {claims} times, not {MAX_ATTEMPTS}" if claims != MAX_ATTEMPTS else "",
    )


def doubled(wave: Wave) -> Verdict:
    """Every doorbell comes twice: every call is heard once all the same."""
    jobs = queued(wave.place, AMONG)
    ring(wave.place, jobs)
    wave.expect(jobs, Expected(attempts=1))
    wave.heal()
    return wave.verdict("" if wave.await_quiet() else "it never became quiet")


def purged(wave: Wave) -> Verdict:
    """All doorbells are lost: the reconciler, whose clock goes sixty times faster here, finds every job."""
    jobs = queued(wave.place, AMONG)
    wave.expect(jobs, Expected(attempts=1))
    wave.place.clients.sqs.purge_queue(QueueUrl=wave.place.url("interactive"))
    began = time.monotonic()
    wave.heal(Healing(speed=HOURS_A_MINUTE, every_s=1.0))
    is_quiet = wave.await_quiet()
    took_s = (time.monotonic() - began) * HOURS_A_MINUTE
    verdict = wave.verdict("" if is_quiet else "it never became quiet")
    verdict.measured.append(f"healed in {took_s:.0f} s of the reconciler's clock, its start and the calls included")
    return verdict


def dead_letters(wave: Wave) -> Verdict:
    """The consumer of dead letters is killed before and after the write that ends a job: the job ends once."""
    abandoned = {"status": Status.PROCESSING, "fence": MAX_ATTEMPTS, "attempts": MAX_ATTEMPTS, "lease_until": 1.0}
    # An earlier look has doubted the lease: else each consumer would be killed over a doubt, and not over an end.
    abandoned |= {"doubted_until": 1.0, "doubted_at": 1.0}
    jobs = queued(wave.place, 6, rung=False, **abandoned)
    wave.expect(jobs, Expected(("failed",), MAX_ATTEMPTS, 0, "attempts_exhausted"))
    ring(wave.place, jobs, "dlq")
    for how in (Burying("before"), Burying("after"), Burying("told"), Burying(None)):
        wave.family.start(bury, wave.place, wave.journal, how)
        wave.family.await_end(30.0)
    is_quiet = wave.await_quiet()
    died = sum(code == -signal.SIGKILL for code in wave.family.ended)
    verdict = wave.verdict("" if is_quiet else "it never became quiet", "" if died == 3 else f"{died} of 3 died")
    verdict.kills = died
    return verdict
