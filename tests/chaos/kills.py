"""Kills at named points: so many processes die in one wave, each over a victim, with neighbours in its hands."""

from collections.abc import Sequence

from chaos.checks.verdict import Expected, Verdict
from chaos.points import REWORK_FREE, Point
from chaos.roles.healing import Healing, heal
from chaos.roles.submitting import Submitting, submit
from chaos.roles.working import Working, work
from chaos.seeding import queued
from chaos.wave import Wave

DIES_S = 60.0
GONE_S = 5.0
MINUTES_AHEAD_S = 125.0
"""A reconciler whose clock goes so far ahead finds what it would find after two minutes."""
DAY_AHEAD_S = 86_500.0
LOOKED_AT_ONCE = 8
"""Rows that a reconciler has in its hands at a time."""


def over_workers(wave: Wave, points: Sequence[Point], neighbours: int) -> dict[str, Verdict]:
    """Let one worker die at each of `points`, all side by side, heal, judge."""
    jobs = queued(wave.place, len(points) * (neighbours + 1))
    wave.expect(jobs, Expected(attempts=2))
    go = wave.journal.path.with_name("go")
    for point in points:
        wave.family.start(work, wave.place, wave.journal, Working(point, neighbours, engine_s=0.0, go=go))
    wave.arrived(len(points), DIES_S)
    go.touch()
    wave.family.await_end(GONE_S)
    groups: dict[str, set[str]] = {point: set() for point in points}
    for death in wave.journal.notes("sprung"):
        point = Point(death.said["point"])
        # What was heard is in the transcript alone: who dies before it is written has the call heard once more.
        wave.expected[death.job_id] = Expected(attempts=_charged(point), heard=2 if point is Point.SOUNDED else 1)
        groups[point] |= set(death.said["held"])
    wave.heal()
    verdicts = _judged(wave, groups, points)
    resumed = {note.job_id for note in wave.journal.notes("resumed")}
    kept = {note.job_id for note in wave.journal.notes("sprung") if note.said["point"] == Point.CHECKPOINTED}
    for job_id in sorted(kept - resumed):
        verdicts[Point.CHECKPOINTED].breaches.append(f"{job_id} was begun again in spite of its checkpoint")
    return verdicts


def over_submissions(wave: Wave, points: Sequence[Point], neighbours: int) -> dict[str, Verdict]:
    """Let one process die at each of `points` over a submission; every second client asks again, the others never."""
    wave.expect(queued(wave.place, neighbours), Expected(attempts=1))
    for number, point in enumerate(points):
        wave.family.start(submit, wave.place, wave.journal, Submitting(f"key-{number}", point))
    wave.family.await_end(DIES_S)
    for number in range(0, len(points), 2):
        wave.family.start(submit, wave.place, wave.journal, Submitting(f"key-{number}"))
    wave.family.await_end(DIES_S)
    groups = _submitted(wave, points)
    wave.heal(Healing(ahead_s=MINUTES_AHEAD_S))
    given_up = {job_id for job_id, wanted in wave.expected.items() if wanted.code}
    if wave.await_quiet(given_up) and given_up:
        for ahead_s in (DAY_AHEAD_S, DAY_AHEAD_S + MINUTES_AHEAD_S):
            wave.family.start(heal, wave.place, wave.journal, Healing(ahead_s=ahead_s, every_s=1.0))
    return _judged(wave, groups, points)


def over_rings(wave: Wave, points: Sequence[Point], neighbours: int) -> dict[str, Verdict]:
    """Let reconcilers die over jobs that were never rung."""
    jobs = queued(wave.place, len(points) * (neighbours + LOOKED_AT_ONCE), rung=False)
    wave.expect(jobs, Expected(attempts=1))
    return _over_reconciler(wave, points, neighbours, Healing(ahead_s=MINUTES_AHEAD_S))


def over_publishing(wave: Wave, points: Sequence[Point], neighbours: int) -> dict[str, Verdict]:
    """Let reconcilers die over jobs that have ended, and of which nobody has been told."""
    number = len(points) * (neighbours + LOOKED_AT_ONCE)
    jobs = queued(wave.place, number, rung=False, deadline_at=1.0, next_check_at=1.0)
    wave.expect(jobs, Expected(("failed",), attempts=0, heard=0, code="deadline_passed"))
    wave.family.start(heal, wave.place, wave.journal, Healing(every_s=0.0))
    wave.family.await_end(DIES_S)
    return _over_reconciler(wave, points, neighbours, Healing(ahead_s=MINUTES_AHEAD_S))


def _over_reconciler(wave: Wave, points: Sequence[Point], neighbours: int, healing: Healing) -> dict[str, Verdict]:
    for point in points:
        dying = Healing(point, neighbours + 1, healing.ahead_s, every_s=0.0)
        wave.family.start(heal, wave.place, wave.journal, dying)
        wave.family.await_end(DIES_S)
    wave.heal(healing)
    return _judged(wave, {point: set(wave.jobs) for point in points}, points)


def _judged(wave: Wave, groups: dict[str, set[str]], points: Sequence[Point]) -> dict[str, Verdict]:
    is_quiet = wave.await_quiet()
    verdicts = wave.judged(groups)
    for name, verdict in verdicts.items():
        if not is_quiet:
            verdict.breaches.append("it never became quiet")
        if verdict.kills < points.count(Point(name)):
            verdict.breaches.append(f"{verdict.kills} of {points.count(Point(name))} processes died")
    return verdicts


def _charged(point: Point) -> int:
    """Attempts that a victim costs: its death is charged only while it was at work."""
    return 1 if point is Point.RECEIVED or point in REWORK_FREE - {Point.STORED} else 2


def _submitted(wave: Wave, points: Sequence[Point]) -> dict[str, set[str]]:
    """The jobs of the victims. A call whose client is gone and whose audio never came ends a day later."""
    answered = {note.job_id for note in wave.journal.notes("accepted")}
    groups: dict[str, set[str]] = {point: set() for point in points}
    for death in wave.journal.notes("sprung"):
        point = Point(death.said["point"])
        groups[point].add(death.job_id)
        never_came = point is Point.SUBMITTED and death.job_id not in answered
        wanted = Expected(("failed",), 0, 0, "upload_expired") if never_came else Expected(attempts=1)
        wave.expect([wave.place.job(death.job_id)], wanted)
    return groups
