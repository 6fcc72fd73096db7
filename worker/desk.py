"""The desk of one held job: its call is transcribed here, and everything else is asked of AWS."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Protocol

from shared.errors.root import CallscribeError
from shared.event import instant
from shared.job import Audio, Claim, Stage
from shared.observe import Observer
from shared.protocol.attending import Claimant, keep, resume
from shared.protocol.drive import World, drive
from shared.protocol.intents import Intent, Rest, Tell, Transcribe, Transcribed
from shared.telemetry import FactName
from shared.tracing import OFF, Tracing, span
from worker.lease import Leases
from worker.speech.progress import Progress
from worker.transcribe import Order, Transcriber


class Fetches(Protocol):
    """What brings the audio in: `shared.aws.store.Store`."""

    @property
    def bucket(self) -> str:
        """Where our objects lie."""
        ...

    def fetch(self, audio: Audio) -> BinaryIO:
        """Bring the pinned audio into a file."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What a worker works with, put together once at its start."""

    world: World
    store: Fetches
    transcriber: Transcriber
    leases: Leases
    observer: Observer
    now: Callable[[], float]
    lease_s: int
    base_url: str
    worker_version: str
    tracing: Tracing = OFF

    @property
    def claimant(self) -> Claimant:
        """As whom this worker claims."""
        return Claimant(self.now, self.lease_s, lambda: uuid.uuid4().hex)


@dataclass(slots=True)
class JobShelf:
    """Where the checkpoints of one held job lie; the next one is `number` + 1."""

    held: Claim
    parts: Parts
    number: int = 0

    def last(self) -> bytes | None:
        """Read the newest one; None if none was kept, or it is gone."""
        return drive(resume(self.held.job), self.parts.world)

    def keep(self, body: bytes) -> None:
        """Keep another one, and let the row point to it.

        Raises:
            LeaseLost: the job is no longer ours.
            StorageUnavailable: it could not be kept now.
        """
        self.number += 1
        self.held = replace(self.held, job=drive(keep(self.held, self.number, body), self.parts.world))

    def tell(self, name: FactName, **fields: Any) -> None:
        """Tell a fact of this job."""
        self.parts.observer.tell(name, job_id=self.held.job.id, fence=self.held.fence, **fields)


@dataclass(frozen=True, slots=True)
class Desk:
    """The world in which a held job goes its line."""

    held: Claim
    progress: Progress
    parts: Parts
    shelf: JobShelf

    def perform(self, intent: Intent[Any]) -> Any:
        """Answer one intent of the line."""
        match intent:
            case Transcribe():
                return self._transcribe()
            case Tell(name, fields):
                return self.parts.observer.tell(name, **fields)
            case Rest(seconds):
                return not self.progress.abandon.wait(seconds)
            case _:
                return self.parts.world.perform(intent)

    def _transcribe(self) -> Transcribed:
        """Fetch and hear the call; an error says at which stage it came."""
        try:
            self.progress.enter(Stage.DOWNLOADING)
            with span("fetch"):
                audio = self.parts.store.fetch(self.held.job.audio)
            with audio:
                made = self.parts.transcriber.transcribe(audio, self._order(), self.progress)
            self.progress.enter(Stage.STORING)
        except CallscribeError as error:
            error.facts.setdefault("stage", self.progress.standing.stage)
            raise
        return made

    def _order(self) -> Order:
        job = self.held.job
        return Order(
            job_id=job.id,
            revision=job.revision,
            reference=job.reference,
            options=job.options,
            options_sha256=job.params_hash,
            attempt=job.attempts,
            created_at=instant(self.parts.now()),
            worker_version=self.parts.worker_version,
            lane=job.lane,
            shelf=self.shelf,
        )
