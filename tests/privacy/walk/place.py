"""A deployment in one process, with two tenants and a worker, all of whose outlets are watched."""

import dataclasses
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import FACTS
from contract.caller import NOW, Answer, Caller
from fakes import BUCKET
from jobs import LEASE_S, receipt_of
from privacy.canaries import Canaries
from privacy.sinks import Sinks
from privacy.walk.network import HOST, Network
from privacy.walk.voices import traces, voices
from privacy.walk.watched import SigningStore, Watched

from api.contract.routes import routes_at
from api.parts import Parts
from shared.job import Job, Lane, Outcome
from shared.protocol.intents import Listening, Transcribed
from shared.tracing import OFF, Tracing
from shared.transcript import Transcript
from shared.watching import Watched as Watching
from worker.desk import Parts as WorkerParts
from worker.intake import Intake
from worker.lease import Leases

EXAMPLE = Path(__file__).parents[2] / "transcript" / "example.json"
OWNER, STRANGER = "sales", "elsewhere"
UNKNOWN = "job_01KF0HJ080D3MN4P7ZWPEET9E2"


@dataclass
class Visitor(Caller):
    """A caller whose answers are poured out where they must hold nothing of others."""

    sinks: Sinks = field(default_factory=Sinks)
    voice: Any = None
    tracing: Tracing = OFF
    sink: str | None = None
    met: set[tuple[str, bool]] = field(default_factory=set)
    """Routes, and whether they answered well."""

    def parts(self) -> Parts:
        plain = super().parts()
        watched = Watching(plain.world, self.voice, self.tracing)
        return dataclasses.replace(plain, world=watched, observer=self.voice, tracing=self.tracing)

    def send(self, verb: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        answer = super().send(verb, url, body, headers)
        if route := routes_at(urlsplit(url).path).get(verb):
            self.met.add((route.name, answer.status < 400))
        if self.sink is not None:
            self.sinks.pour(self.sink, f"{answer.headers} {answer.text}")
        return answer


@dataclass
class Ear:
    """A transcriber that hears the canaries, keeps a checkpoint of them, and then does what `happens` says."""

    happens: list[Any] = field(default_factory=list)

    def transcribe(self, audio: Any, order: Any, progress: Any) -> Transcribed:
        progress.enter("transcribing")
        progress.expect(10.0)
        progress.advance(4.0)
        heard = _heard()
        order.shelf.keep(heard.text.encode())
        for event in self.happens:
            if not callable(event):
                raise event
            event(progress)
        progress.check()
        listening = Listening(b"[]", "audio/webm", heard.text.encode())
        made = heard.model_copy(update={"job_id": order.job_id, "reference": order.reference})
        return Transcribed(made, FACTS, listening)


@dataclass
class Place:
    """Everything that a walk needs."""

    sinks: Sinks = field(default_factory=Sinks)
    canaries: Canaries = field(default_factory=Canaries)
    outcomes: set[Outcome | None] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.clock = [NOW]
        self.voice = voices(self.sinks)
        self.tracing = traces(self.sinks)
        self.world = Watched(SigningStore(BUCKET, canaries=self.canaries), sinks=self.sinks)
        self.network = Network(self.sinks)
        self.owner = self.visitor(OWNER, "answers to the owner")
        self.stranger = self.visitor(STRANGER, "answers to other tenants")
        self.nobody = self.visitor("nobody", "answers to nobody")
        self.nobody.key = self.canaries.add("api key", "csk_0123456789_" + uuid.uuid4().hex + "Kakadu_Ara1")
        for one in (self.owner, self.stranger):
            self.canaries.add("api key", one.key)
        self.ear = Ear()
        self.leases = Leases(self.world, LEASE_S, lambda: self.clock[0], self.voice)
        self.intake = Intake(None, self._worker(), ThreadPoolExecutor(2), room=4, room_s=3_600, long_poll_s=0)

    def visitor(self, tenant: str, sink: str | None) -> Visitor:
        heard = {"sinks": self.sinks, "voice": self.voice, "tracing": self.tracing, "sink": sink}
        return Visitor(self.world, tenant=tenant, clock=self.clock, sender=self.network.sender(), **heard)

    def hide(self) -> None:
        """Something of the stranger's, which the owner must never see."""
        said = {"reference": self.text("a stranger's"), "tags": [self.text("a stranger's")]}
        self.stranger.sink = None
        assert self.stranger.submit_form(job=said).status == 202
        self.stranger.sink = "answers to other tenants"

    def work(self, job_id: str, *happens: Any, receive_count: int = 1) -> Outcome:
        self.ear.happens = list(happens)
        return self.intake.work(dataclasses.replace(receipt_of(self.job(job_id), receive_count), lane=Lane.INTERACTIVE))

    def job(self, job_id: str) -> Job:
        return Job.model_validate(self.world.row(OWNER, job_id))

    @property
    def said(self) -> dict[str, Any]:
        """All that a caller may say of a call, in canaries."""
        text = {kind: min(texts) for kind, texts in self.canaries.texts.items()}
        named = ("name", "phone", "phone as dialled", "email", "iban", "file name", "metadata")
        return {
            "reference": text["reference"],
            "subject_ref": text["subject_ref"],
            "metadata": {kind: text[kind] for kind in named if kind != "file name"},
            "tags": [text["tag"]],
        }

    @property
    def hook(self) -> str:
        return f"https://{HOST}/{self.text('webhook path')}"

    def text(self, kind: str) -> str:
        return min(self.canaries.texts[kind])

    def all_texts(self) -> str:
        """Every canary of the owner in one line, for where anything may be said."""
        own = (texts for kind, texts in self.canaries.texts.items() if kind != "a stranger's")
        return " | ".join(text for texts in own for text in sorted(texts))

    def _worker(self) -> WorkerParts:
        ear: Any = self.ear
        return WorkerParts(
            world=Watching(self.world, self.voice, self.tracing),
            store=self.world.store,
            transcriber=ear,
            leases=self.leases,
            observer=self.voice,
            now=lambda: self.clock[0],
            lease_s=LEASE_S,
            base_url="https://stt.example.com",
            worker_version="test",
            tracing=self.tracing,
        )


def _heard() -> Transcript:
    """The example of the contract, in which the canaries were said."""
    said = Canaries().texts
    words = " ".join(min(said[kind]) for kind in ("spoken", "spoken number"))
    document = json.loads(EXAMPLE.read_text())
    for part in (*document["utterances"], *document["suppressed"], document):
        part["text"] = words
    for utterance in document["utterances"]:
        utterance["words"] = []
    return Transcript.model_validate(document)
