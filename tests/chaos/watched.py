"""The world of a forked process: it carries everything out, notes what matters, and tells the trap where the job is."""

import json
from dataclasses import dataclass
from typing import Any, Protocol

from chaos.journal import Journal
from chaos.points import Point, Role, job_of, passed_by, sets_of

from shared.aws.doorbell import Doorbell
from shared.aws.events import Events
from shared.aws.ledger import Ledger
from shared.aws.store import Store
from shared.aws.world import AwsWorld
from shared.job import Job, Key, Lane, Receipt
from shared.observe import Observer
from shared.protocol.intents import ChangeRow, Delete, Intent, Publish, PutObject

TERMINAL = ("completed", "failed", "canceled")
FACTS = ("job_adopted", "lease_lost", "crashed", "job_handed_back", "heartbeat_failed", "poll_failed", "job_failed")


class Told(Protocol):
    """Whoever wants to know where a job is."""

    def passed(self, point: Point, job_id: str) -> None:
        """A job has passed a point."""


@dataclass(frozen=True, slots=True)
class Watched:
    """Stands before an `AwsWorld`."""

    world: AwsWorld
    role: Role
    journal: Journal
    trap: Told

    def perform(self, intent: Intent[Any]) -> Any:
        """Answer one intent; what an event or a deleted message says is held against the row before."""
        self._note_before(intent)
        answer = self.world.perform(intent)
        self._note_after(intent, answer)
        passed = passed_by(intent, answer, self.role)
        if passed:
            self.trap.passed(passed.point, passed.job_id)
        return answer

    @property
    def store(self) -> Store:
        return self.world.store

    @property
    def ledger(self) -> Ledger:
        return self.world.ledger

    @property
    def events(self) -> Events:
        return self.world.events

    @property
    def doorbell(self) -> Doorbell:
        return self.world.doorbell

    def _note_before(self, intent: Intent[Any]) -> None:
        match intent:
            case Publish(body=body):
                event = json.loads(body)
                self.journal.note("publishing", job_of(intent), event=event["id"], sequence=event["sequence"])
            case ChangeRow(sets={"status": status, "sequence": sequence}) if status in TERMINAL:
                # Whoever reads the row may publish before this process has noted that its write was done.
                self.journal.note("ending", job_of(intent), sequence=sequence)
            case Delete(receipt=receipt):
                self._note_deletion(receipt)

    def _note_deletion(self, receipt: Receipt) -> None:
        row = self.ledger.read(Key.of_job(receipt.tenant, receipt.job_id))
        job = Job.model_validate(row) if row else None
        told = job is not None and all(entry.state == "published" for entry in job.outbox.values())
        # A job that was tried again between the end of its receipt and this deletion has a doorbell of its own.
        has_ended = job is not None and (job.status.is_terminal or job.sequence > 0)
        self.journal.note("deleting", receipt.job_id, may=has_ended and told)

    def _note_after(self, intent: Intent[Any], answer: Any) -> None:
        sets = sets_of(intent, answer)
        if "fence" in sets:
            self.journal.note("claimed", job_of(intent), fence=answer.job.fence, attempts=answer.job.attempts)
        if sets.get("status") in TERMINAL:
            self.journal.note("ended", job_of(intent), status=sets["status"], sequence=sets["sequence"])
        if isinstance(intent, PutObject) and intent.key.startswith("transcripts/"):
            self.journal.note("stored", job_of(intent), etag=answer)
        if isinstance(intent, ChangeRow) and sets.get("status") == "queued" and "releases" in sets:
            self.journal.note("released", job_of(intent))


@dataclass(frozen=True, slots=True)
class WatchedBell:
    """Stands before a `Doorbell`."""

    bell: Doorbell
    journal: Journal
    trap: Any

    def receive(self, lane: Lane, wait_s: int, hidden_s: int) -> Receipt | None:
        """Receive one message; the trap learns of it before anybody acts on it."""
        receipt = self.bell.receive(lane, wait_s, hidden_s)
        if receipt:
            self.trap.received(receipt)
        return receipt


class Noting(Observer):
    """Writes the facts that verdicts need into the journal, and nothing anywhere else."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, as_fields=False)

    def tell(self, name: Any, **fields: Any) -> None:
        if name in FACTS:
            said = {field: str(value) for field, value in fields.items() if field != "job_id" and value is not None}
            self.logger.note(name, str(fields.get("job_id") or ""), **said)
