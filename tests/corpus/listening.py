"""What the shipped model makes of a file, from its bytes to its transcript."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from audio.files import best_decoder

from shared.job import Options
from shared.transcript import Transcript
from worker.speech.engine import Engine
from worker.speech.model import load, shipped_model
from worker.speech.progress import Progress
from worker.transcribe import Order, Transcriber

# What is no speech: no text may come of it.
NO_SPEECH = ("85", "85b", "86", "86b", "86c")


@dataclass(frozen=True)
class Listener:
    transcriber: Transcriber

    def transcript(self, file: BinaryIO) -> Transcript:
        order = Order(
            "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A", 1, None, Options(), 1, "2026-01-15T10:00:10.802Z", "a" * 64, "0.1.0"
        )
        return self.transcriber.transcribe(file, order, Progress()).transcript


@contextmanager
def listener() -> Iterator[Listener]:
    """The real engine on the shipped model; `ModelUnavailable` if it is not there."""
    engine = Engine(load(shipped_model(), threads=2))
    engine.start()
    yield Listener(Transcriber(best_decoder(), engine))
    assert engine.stop()
