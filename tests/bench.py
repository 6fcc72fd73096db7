"""A worker without its model: the real intake, leases and protocol over a memory world."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from jobs import LEASE_S, NOW, receipt_of

from shared.observe import Observer
from shared.protocol.intents import Transcribed
from shared.transcript import Transcript
from worker.desk import Parts
from worker.intake import Intake
from worker.lease import Leases

EXAMPLE = Path(__file__).parent / "transcript" / "example.json"
FACTS = {"duration_s": 14.0, "sample_rate_hz": 8_000, "channels": 2, "codec": "pcm_mulaw"}


@dataclass
class Scribe:
    """A transcriber that writes the example of the contract, or does what `happens` says."""

    happens: list = field(default_factory=list)
    calls: int = 0

    def transcribe(self, audio, order, progress):
        self.calls += 1
        progress.enter("transcribing")
        progress.expect(10.0)
        progress.advance(4.0)
        for event in self.happens:
            event(progress) if callable(event) else _raise(event)
        progress.check()
        example = Transcript.model_validate_json(EXAMPLE.read_text())
        return Transcribed(example.model_copy(update={"job_id": order.job_id}), FACTS)


@dataclass
class Clock:
    now: float = NOW


class Silent(Observer):
    def __init__(self):
        super().__init__(None, as_fields=False)

    def tell(self, name, **fields):
        pass


def parts_of(world, leases, scribe, now) -> Parts:
    """What a worker has that tells nobody."""
    return Parts(
        world=world,
        store=world.store,
        transcriber=scribe,
        leases=leases,
        observer=Silent(),
        now=now,
        lease_s=LEASE_S,
        base_url="https://stt.example.com",
        worker_version="test",
    )


@dataclass
class Bench:
    world: object
    jobs: object
    scribe: Scribe = field(default_factory=Scribe)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self):
        self.leases = Leases(self.world, LEASE_S, lambda: self.clock.now, Silent())
        parts = parts_of(self.world, self.leases, self.scribe, lambda: self.clock.now)
        self.intake = Intake(None, parts, ThreadPoolExecutor(2), room=4, room_s=3_600, long_poll_s=0)

    def work(self, job, receive_count=1):
        return self.intake.work(receipt_of(job, receive_count))


def _raise(error):
    raise error
