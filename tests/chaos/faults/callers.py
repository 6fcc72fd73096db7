"""Callers who change their minds while a worker is at the job, exactly at each of its steps."""

from collections.abc import Callable
from functools import partial

from chaos.checks.verdict import Expected, Verdict
from chaos.journal import Journal
from chaos.place import Place
from chaos.points import Point
from chaos.roles.healing import clock, parts_of
from chaos.roles.working import Working, work
from chaos.seeding import queued
from chaos.watched import Watched
from chaos.wave import Wave

from api.access.principal import Principal
from api.contract.reading.bodies import Incoming
from api.jobs import control, erasures
from shared.errors.requests import Erased, StateConflict

NOTHING = Incoming("", b"", None)
POINTS = tuple(point for point in Point if point.role == "W")
STRIKES_S = 60.0


class Idle:
    """A trap for nobody."""

    def passed(self, _point: Point, _job_id: str) -> None:
        """Let it pass."""


def changed_minds(wave: Wave, does: tuple[str, ...]) -> Verdict:
    """At each step of a worker its job is canceled, retried or erased: what the caller was told holds for good."""
    wave.expect(queued(wave.place, len(POINTS)), Expected(heard=None))
    for point in POINTS:
        strike = partial(_strike, wave.place, wave.journal, does)
        wave.family.start(work, wave.place, wave.journal, Working(point, 0, spring=strike))
    wave.noted("struck", len(POINTS), STRIKES_S)
    wave.supervise(Working(neighbours=5), 2)
    is_quiet = wave.await_quiet()
    for job_id, told in _told(wave).items():
        wave.expected[job_id] = Expected((told,) if told else ("completed",), heard=None)
    breaches = _unlike(wave, does)
    return wave.verdict("" if is_quiet else "it never became quiet", *breaches)


def _strike(place: Place, journal: Journal, does: tuple[str, ...], job_id: str) -> None:
    """Do to the job what its caller asked for, by the API's own use cases, in the worker's own thread."""
    parts = parts_of(place, Watched(place.world(), "S", journal, Idle()), journal, clock(0.0))
    acts: dict[str, Callable[..., object]] = {
        "cancel": control.cancel,
        "retry": control.retry,
        "erase": erasures.erase_job,
    }
    for name in does:
        try:
            acts[name](job_id, NOTHING, Principal(place.tenant, frozenset(), "chaos"), parts)
            answer = "taken"
        except (StateConflict, Erased) as error:
            answer = error.code
        journal.note("asked", job_id, act=name, answer=answer)
    journal.note("struck", job_id)


def _told(wave: Wave) -> dict[str, str]:
    """How each job must stand by what its caller was told; empty where nothing that was asked was taken."""
    standing = dict.fromkeys(wave.jobs, "")
    for note in wave.journal.notes("asked"):
        if note.said["answer"] == "taken" and note.said["act"] != "erase":
            standing[note.job_id] = {"cancel": "canceled", "retry": "completed"}[note.said["act"]]
    erased = {note.job_id for note in wave.journal.notes("asked") if note.said["act"] == "erase"}
    rows = wave.rows()
    return {job_id: rows[job_id].status.value if job_id in erased else told for job_id, told in standing.items()}


def _unlike(wave: Wave, does: tuple[str, ...]) -> list[str]:
    """Erased jobs without a tombstone."""
    bare = [row.id for row in wave.rows().values() if row.tombstone is None] if "erase" in does else []
    return [f"{job_id} was erased and bears no tombstone" for job_id in bare]
