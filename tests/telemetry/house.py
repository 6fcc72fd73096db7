"""A whole service in one process: callers, functions and workers on one memory world that is watched, traced, heard."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench import Scribe
from benchmarks.engines.cost import Cost
from benchmarks.engines.models import modelled
from contract.caller import NOW, Caller, DeafSender
from fakes import MemoryWorld
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.functions import deliver
from api.parts import Parts as ApiParts
from shared.job import Key, Lane, Receipt
from shared.protocol.attending import Claimant
from shared.telemetry import FactName, Sample, is_told, samples_of
from shared.tracing.exporting import line_of, traced
from shared.watching import Watched
from worker.audio.decode import Decoder
from worker.audio.recording import Recording
from worker.audio.sandbox import Isolation
from worker.desk import Parts as WorkerParts
from worker.intake import Intake
from worker.lease import Leases
from worker.speech.engine import Engine
from worker.transcribe import Transcriber

LEASE_S = 60
BASE_URL = "https://stt.example.com"
CALLS = Path(__file__).parents[2] / "api" / "console" / "calls"
INSTANT = Cost("stub", a=0.5, b=0.5, full_rows=16, window_rate=1_000_000.0)
Fields = dict[str, Any]


@dataclass
class Ear:
    """Keeps every fact as an observer lets it pass."""

    facts: list[tuple[FactName, Fields]] = field(default_factory=list)

    def tell(self, name: FactName, **fields: Any) -> None:
        self.facts.append((name, {key: value for key, value in fields.items() if is_told(key, value)}))

    def tell_crash(self, error: BaseException, **fields: Any) -> None:
        self.tell("crashed", error_type=type(error).__name__, **fields)

    def told(self, name: FactName) -> list[Fields]:
        return [fields for one, fields in self.facts if one == name]

    @property
    def samples(self) -> list[Sample]:
        return [sample for name, fields in self.facts for sample in samples_of(name, fields)]


@dataclass
class Heard(Caller):
    """A caller whose parts are watched and traced."""

    house: "House" = None  # type: ignore[assignment]

    def parts(self) -> ApiParts:
        return self.house.parts()


@dataclass
class House:
    """One deployment; `spans` are what all its processes have told."""

    world: MemoryWorld = field(default_factory=MemoryWorld)
    ear: Ear = field(default_factory=Ear)
    exporter: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    clock: list[float] = field(default_factory=lambda: [NOW])
    sender: Any = field(default_factory=DeafSender)

    def __post_init__(self) -> None:
        self.tracing = traced(self.exporter, "test")
        self.caller = Heard(self.world, clock=self.clock, sender=self.sender, house=self)

    def parts(self) -> ApiParts:
        plain = Caller(self.world, clock=self.clock, sender=self.sender).parts()
        watched = Watched(self.world, self.ear, self.tracing)
        return replace(plain, world=watched, observer=self.ear, tracing=self.tracing)

    def worker(self, transcriber: Any = None) -> Intake:
        watched = Watched(self.world, self.ear, self.tracing)
        leases = Leases(watched, LEASE_S, lambda: self.clock[0], self.ear)
        parts = WorkerParts(
            world=watched,
            store=self.world.store,
            transcriber=transcriber or Scribe(),
            leases=leases,
            observer=self.ear,
            now=lambda: self.clock[0],
            lease_s=LEASE_S,
            base_url=BASE_URL,
            worker_version="test",
            tracing=self.tracing,
        )
        return Intake(None, parts, ThreadPoolExecutor(2), room=4, room_s=3_600, long_poll_s=0)

    @property
    def claimant(self) -> Claimant:
        return Claimant(lambda: self.clock[0], LEASE_S, lambda: uuid.uuid4().hex)

    def submitted(self, **headers: str) -> str:
        """A job whose audio is there and whose doorbell has rung."""
        job_id = self.caller.submit(**headers).json["id"]
        self.caller.upload(job_id)
        self.caller.post(f"/v1/jobs/{job_id}/upload/complete")
        return job_id

    def receipt(self, job_id: str, count: int = 1) -> Receipt:
        return Receipt("sales", job_id, Lane.INTERACTIVE, f"handle-{count}", count)

    def delivered(self) -> dict[str, Any]:
        """What has been published reaches the dispatcher."""
        records = [
            {"messageId": str(n), "body": one.body, "messageAttributes": {"tenant": {"stringValue": "sales"}}}
            for n, one in enumerate(self.world.published)
        ]
        return deliver.take({"Records": records}, self.parts())

    def endpoint(self) -> str:
        asked = {"url": "https://hooks.example.com/calls", "events": ["job.completed", "job.failed"]}
        return self.caller.post("/v1/webhooks", asked).json["id"]

    @property
    def spans(self) -> list[dict[str, Any]]:
        self.tracing.flush()
        ended: tuple[ReadableSpan, ...] = self.exporter.get_finished_spans()
        return sorted((line_of(span) for span in ended), key=lambda span: span["at"])

    def row(self, job_id: str) -> dict[str, Any]:
        return self.world.rows[Key.of_job("sales", job_id)]


class Played:
    """A decoder that reads a bundled German call, plain telephone WAV: no child is started for it."""

    def decode(self, _audio: Any) -> Recording:
        with (CALLS / "angebot-de.wav").open("rb") as audio:
            return Decoder(Isolation.LIMITS).decode(audio)


def listening() -> tuple[Engine, Transcriber]:
    """A started engine that answers at once, and who uses it."""
    model, _ = modelled(INSTANT)
    engine = Engine(model, 4)
    engine.start()
    return engine, Transcriber(Played(), engine)
