"""A whole life of a job over AWS's API: submitted, queued, claimed, heard, stored, committed, told, deleted.

Whoever fails on the way does what it does in production: a caller asks again with the same key, a message comes
again, a job that nobody rang for is rung for. Time is a number: each round is later than any lease.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fakes import BUCKET
from jobs import LEASE_S, NOW

from shared.errors.transient import TransientError
from shared.ids import new_id
from shared.job import Audio, Claim, Job, Lane, Status, audio_key
from shared.protocol.announcing import settle
from shared.protocol.attending import attend
from shared.protocol.claiming import Terms, claim
from shared.protocol.creating import IdempotencyKey
from shared.protocol.drive import drive
from shared.protocol.intents import Hide, Publish, Tell, Transcribe, Transcribed
from shared.protocol.submitting import queue, ring, submit
from shared.transcript import Transcript

EXAMPLE = Path(__file__).parents[1] / "transcript" / "example.json"
FACTS = {"duration_s": 14.0, "sample_rate_hz": 8_000, "channels": 2, "codec": "pcm_alaw"}
URL = "https://stt.example.com"
ROUND_S = 1_000.0
ROUNDS = 12


@dataclass
class Hearing:
    """A world with a worker in it: it hears every call, and hides a message for no time, because tests do not wait."""

    world: Any
    heard: int = 0
    published: list[str] = field(default_factory=list)

    def perform(self, intent: Any) -> Any:
        match intent:
            case Transcribe():
                self.heard += 1
                return Transcribed(Transcript.model_validate_json(EXAMPLE.read_text()), FACTS)
            case Tell():
                return None
            case Hide():
                return self.world.perform(Hide(intent.receipt, 0))
            case Publish():
                self.published.append(json.loads(intent.body)["id"])
        return self.world.perform(intent)


@dataclass
class Life:
    """One job, from its first request to its deleted message."""

    world: Any
    now: float = NOW
    hears: Callable[[float], object] = lambda _seconds: None
    """Told of every second that passes."""
    job: Job = field(init=False)
    hearing: Hearing = field(init=False)

    def __post_init__(self) -> None:
        job_id = new_id("job", self.now)
        audio = Audio(source="upload", bucket=BUCKET, key=audio_key("sales", job_id))
        self.job = Job(tenant="sales", id=job_id, params_hash="0" * 64, audio=audio, created_at=self.now)
        self.hearing = Hearing(self.world)
        self.world.store.put(BUCKET, audio.key, b"audio")

    @property
    def row(self) -> Job | None:
        found = self.world.row("sales", self.job.id)
        return Job.model_validate(found) if found else None

    def live(self) -> int:
        """Go through it, however often it takes; how many rounds it took."""
        self.until_done(self.submit)
        self.until_done(self.queue)
        return self.until_done(self.serve)

    def until_done(self, step: Callable[[], bool]) -> int:
        for number in range(1, ROUNDS + 1):
            self.now += ROUND_S
            self.hears(ROUND_S)
            try:
                if step():
                    return number
            except TransientError:
                continue
        raise AssertionError(f"not done after {ROUNDS} rounds")

    def submit(self) -> bool:
        """As a caller with an `Idempotency-Key`, who asks until it has an answer; each request makes an id of its own."""
        key = IdempotencyKey("sales", "POST /v1/jobs", self.job.id, "r" * 64)
        made = drive(submit(self.job, key), self.world).job
        return made.id == self.job.id

    def queue(self) -> bool:
        row = self.row
        assert row is not None
        drive(queue(row, self.now), self.world)
        return True

    def serve(self) -> bool:
        """One round of a worker and, where the queue is empty, of the reconciler; whether all is done."""
        row = self.row
        assert row is not None
        receipt = self.world.doorbell.receive(Lane.INTERACTIVE, 0, 0)
        if receipt is None:
            if row.status is Status.QUEUED:
                drive(ring(row, self.now), self.world)
            return row.status.is_terminal and not self.world.doorbell.count(Lane.INTERACTIVE)
        terms = Terms(new_id("evt", self.now), self.now, LEASE_S, alone=True)
        ending = drive(claim(receipt, terms), self.hearing)
        if isinstance(ending, Claim):
            ending = drive(attend(ending, BUCKET, lambda: self.now), self.hearing)
        drive(settle(ending, receipt, URL), self.hearing)
        return False
