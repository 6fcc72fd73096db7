"""One wave: jobs, processes that die over them, fresh ones that heal, and the verdict."""

import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from chaos.checks.seen import Seen, look, rows_of
from chaos.checks.verdict import Expected, Verdict, judge, remainders
from chaos.journal import Journal
from chaos.place import Place, gone, made
from chaos.processes import Family, until
from chaos.roles.healing import Healing, heal
from chaos.roles.working import Working, work

from shared.aws.clients import Clients
from shared.job import Job
from shared.protocol.auditing import audit_objects, audit_rows
from shared.protocol.drive import drive

HEALERS = 2
HEALED_S = 150.0
LOOK_S = 0.7
RARELY_S = 12.0
"""Between two runs of a reconciler that has nothing to find: the doorbells come back by themselves."""
ARRIVED_S = 0.1


@dataclass(slots=True)
class Wave:
    """Where it happens, and who lives there now.

    Attributes:
        healers: workers that heal.
        ahead_s: how far the healers' clock goes ahead.
        patience: by how much limits of time are stretched.
    """

    place: Place
    journal: Journal
    family: Family
    healers: int = HEALERS
    ahead_s: float = 0.0
    patience: float = 1.0
    expected: dict[str, Expected] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)

    def expect(self, jobs: list[Job], wanted: Expected) -> None:
        """Take `jobs` in; how they must end may be said again later."""
        for job in jobs:
            self.jobs[job.id] = job
            self.expected[job.id] = wanted

    def heal(self, reconciling: Healing | None = None, working: Working | None = None) -> None:
        """Start fresh workers and a reconciler."""
        how = working or Working(neighbours=5, ahead_s=self.ahead_s)
        for _ in range(self.healers):
            self.family.start(work, self.place, self.journal, how)
        self.family.start(heal, self.place, self.journal, reconciling or Healing(every_s=RARELY_S))

    def await_quiet(self, besides: Collection[str] = (), within_s: float = HEALED_S) -> bool:
        """Wait until no message is left and every job has ended and been told, those of `besides` perhaps not."""
        return until(lambda: self._is_quiet(besides), within_s, LOOK_S)

    def supervise(self, how: Working, number: int, within_s: float = HEALED_S) -> bool:
        """Keep so many workers alive, whoever of them dies, until all is quiet."""

        def quiet() -> bool:
            self.family.reap()
            workers = sum(process.name == "work" for process in self.family.alive)
            for _ in range(number - workers):
                self.family.start(work, self.place, self.journal, how)
            return self._is_quiet()

        return until(quiet, within_s, LOOK_S)

    def arrived(self, number: int, within_s: float) -> None:
        """Wait until so many processes stand at their point, or until it is clear that they never will."""
        until(lambda: sum(1 for _ in self.journal.notes("arrived")) >= number, within_s, ARRIVED_S)

    def noted(self, what: str, number: int, within_s: float = 30.0) -> None:
        """Wait until something has been noted so often."""
        assert until(lambda: sum(1 for _ in self.journal.notes(what)) >= number, within_s * self.patience), (
            f"not {number} {what}"
        )

    def verdict(self, *breaches: str) -> Verdict:
        """One verdict over all jobs, with what else was found."""
        verdict = self.judged({"all": set(self.jobs)})["all"]
        verdict.breaches += [breach for breach in breaches if breach]
        return verdict

    def judged(self, groups: Mapping[str, set[str]]) -> dict[str, Verdict]:
        """A verdict for each group of jobs; what belongs to no job is held against all."""
        self.family.kill()
        seen = look(self.place, self.journal, self.jobs.values())
        audited = self._audited()
        verdicts = {}
        for name, job_ids in groups.items():
            verdict = judge({job_id: self.expected[job_id] for job_id in sorted(job_ids)}, seen)
            verdict.resumed_s = [] if self.ahead_s else resumed(seen, job_ids)
            verdict.breaches += remainders(self.expected, seen) + audited
            verdicts[name] = verdict
        return verdicts

    def _audited(self) -> list[str]:
        """What `callscribe admin audit` would find here."""
        world, now = self.place.world(), time.time()  # noqa: TID251 - real processes
        rows = drive(audit_rows(None, self.place.tenant, now), world)
        objects = drive(audit_objects(self.place.tenant, None, now), world)
        return [f"audit: {breach}" for breach in (*rows.breaches, *objects.breaches)]

    def _is_quiet(self, besides: Collection[str] = ()) -> bool:
        self.family.reap()
        if self.place.count("interactive"):
            return False
        return all(job_id in besides or is_over(row) for job_id, row in self.rows().items())

    def rows(self) -> Mapping[str, Job]:
        """All rows as they are now."""
        return rows_of(self.place, self.jobs.values())


@contextmanager
def wave(endpoint: str, clients: Clients, lease_s: int, ahead_s: float = 0.0) -> Iterator[Wave]:
    """A wave in a place of its own; its processes end with the block."""
    place = made(endpoint, clients, lease_s)
    with tempfile.TemporaryDirectory(prefix="callscribe-chaos-") as folder, Family() as family:
        yield Wave(place, Journal(Path(folder) / "journal"), family, ahead_s=ahead_s)
    gone(place)


def is_over(row: Job) -> bool:
    """Whether a job has ended and all is told."""
    return row.status.is_terminal and all(entry.state == "published" for entry in row.outbox.values())


def resumed(seen: Seen, job_ids: set[str]) -> list[float]:
    """Seconds from each death of a victim in `job_ids` until each job that was held then was claimed again."""
    found = []
    for death in (note for job_id in job_ids for note in seen.noted(job_id, "sprung")):
        for job_id in death.said["held"]:
            again = [note.at for note in seen.noted(job_id, "claimed") if note.at > death.at]
            found += [min(again) - death.at] if again else []
    return found
