"""Real recognition: the shipped model on bundled calls, through the whole line, against what was said.

The bounds are generous: they tell a model that understands from one that does not; German and Italian, which
the model has heard less of, have wider ones. The accuracy that is promised is measured by the training program and stands in the model's README.
"""

import json
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

import pytest

from shared.accuracy import compare, total
from shared.job import Options
from worker.audio.decode import Decoder
from worker.audio.sandbox import Isolation
from worker.speech.engine import Engine
from worker.speech.model import shipped_model
from worker.speech.progress import Progress
from worker.text.invariants import broken
from worker.transcribe import Order, Transcriber

CALLS = Path(str(resources.files("api"))) / "console" / "calls"
HEARD_S = 35.0
MAX_WER = {"renewal-en.wav": 0.25, "rendez-vous-fr.ogg": 0.25, "angebot-de.wav": 0.6, "richiamo-it.wav": 0.6}


@dataclass(frozen=True)
class Beginning:
    """A decoder that keeps the first seconds of a call."""

    decoder: Decoder

    def decode(self, audio):
        recording = self.decoder.decode(audio)
        return replace(recording, samples=recording.samples[:, : int(HEARD_S * 16_000)])


@pytest.fixture(scope="module")
def transcriber(shipped):
    card = (shipped_model() / "README.md").read_text(encoding="utf-8")
    figures = card.partition("<!-- figures -->")[2].partition("<!-- end of figures -->")[0]
    if not figures.strip():
        pytest.skip("the shipped model is a checkpoint: its README has no figures yet")
    engine = Engine(shipped)
    engine.start()
    yield Transcriber(Beginning(Decoder(Isolation.LIMITS)), engine)
    assert engine.stop()


def _said(reference, channel):
    """What a party said in full within the seconds that are heard."""
    return " ".join(u["text"] for u in reference["utterances"] if u["channel"] == channel and u["end"] <= HEARD_S)


@pytest.mark.parametrize("name", MAX_WER)
def test_a_bundled_call_is_understood(transcriber, name):
    reference = json.loads((CALLS / name).with_suffix(".json").read_text(encoding="utf-8"))
    order = Order(
        "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A", 1, None, Options(), 1, "2026-01-15T10:00:10.802Z", "a" * 64, "0.1.0"
    )

    with (CALLS / name).open("rb") as audio:
        made = transcriber.transcribe(audio, order, Progress()).transcript

    parties = [
        " ".join(u.text for u in made.utterances if u.channel == channel and u.end <= HEARD_S) for channel in (0, 1)
    ]
    assert made.language == reference["language"]
    assert broken(made) == ()
    assert total(compare(_said(reference, channel), text) for channel, text in enumerate(parties)).wer <= MAX_WER[name]
