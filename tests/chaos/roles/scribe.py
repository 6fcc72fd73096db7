"""The engine's stand-in: the real decoder on real bytes, then nothing but time, then the example of the contract."""

import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from chaos.journal import Journal
from chaos.points import Point
from chaos.traps import Trap

from shared.protocol.intents import Listening, Transcribed
from shared.transcript import Transcript
from worker.audio.decode import Decoder
from worker.speech.engine import Done
from worker.speech.progress import Progress
from worker.transcribe import Order

EXAMPLE = Path(__file__).parents[2] / "transcript" / "example.json"
PARTS = 4


@dataclass(frozen=True, slots=True)
class Model:
    """What an engine tells of its model."""

    name: str = "stand-in"
    sha256: str = "0" * 64
    compute_type: str = "none"
    device: str = "cpu"


@dataclass(slots=True)
class NoEngine:
    """An engine that has nothing to do; it may hang from some monotonic second on."""

    model: Model = Model()
    wedges_at_s: float | None = None
    done: Done = field(default_factory=Done)

    @property
    def wedged(self) -> bool:
        return self.wedges_at_s is not None and time.monotonic() > self.wedges_at_s

    def stop(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Scribe:
    """Takes `engine_s` for a call, in parts, as the engine does; every hearing is noted, whole or not."""

    decoder: Decoder
    journal: Journal
    trap: Trap
    engine_s: float

    def transcribe(self, audio: BinaryIO, order: Order, progress: Progress) -> Transcribed:
        """Make a transcript that bears the job and the moment, so that two of one job never look alike."""
        self.trap.passed(Point.FETCHED, order.job_id)
        progress.enter("decoding")
        recording = self.decoder.decode(audio)
        progress.audio_s = recording.duration_s
        self.trap.passed(Point.DECODED, order.job_id)
        progress.enter("transcribing")
        self._hear(order, progress)
        made = example().model_copy(update={"job_id": order.job_id, "created_at": order.created_at})
        facts = {"sample_rate_hz": 8_000, "channels": 1, "codec": recording.codec, "duration_s": recording.duration_s}
        return Transcribed(made, facts, Listening(b"{}", "audio/webm", b"sound"))

    def _hear(self, order: Order, progress: Progress) -> None:
        """Hear what no checkpoint holds yet; only who is to die over one keeps one, when half is done."""
        progress.expect(10.0)
        is_resumed = order.shelf is not None and order.shelf.last() is not None
        self.journal.note("resumed" if is_resumed else "hearing", order.job_id)
        self.trap.gate(order.job_id, progress)
        for part in range(PARTS // 2 if is_resumed else 0, PARTS):
            progress.abandon.wait(self.engine_s / PARTS)
            progress.check()
            progress.advance(10.0 / PARTS)
            if part == PARTS // 2 - 1 and order.shelf and self.trap.waits_for(Point.CHECKPOINTED, order.job_id):
                order.shelf.keep(b"{}")
        self.journal.note("heard", order.job_id, engine_s=self.engine_s)


@cache
def example() -> Any:
    return Transcript.model_validate_json(EXAMPLE.read_text("utf-8"))
