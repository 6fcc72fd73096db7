"""A worker's memory after many jobs is what it was after a few."""

import io
import wave
from dataclasses import replace
from importlib import resources
from pathlib import Path
from types import SimpleNamespace

import pytest
from benchmarks.engines.cost import Cost, CostModel

from shared.job import Options
from worker.audio.decode import Decoder
from worker.audio.sandbox import Isolation
from worker.speech.engine import Engine
from worker.speech.progress import Progress
from worker.transcribe import Order, Transcriber

CALL = Path(str(resources.files("api"))) / "console" / "calls" / "renewal-en.wav"
JOBS, SETTLED = 500, 100
GROWTH_BYTES = 8_000_000
STATUS = Path("/proc/self/statm")
PAGE_BYTES = 4096
AT_ONCE = Cost("at once", a=0.5, b=0.5, full_rows=16, window_rate=1e9)


@pytest.fixture
def transcriber(shipped):
    vocabulary = shipped.whisper.hf_tokenizer.get_vocab()
    words = [index for token, index in sorted(vocabulary.items()) if token.startswith("Ġ") and len(token) > 4][:90]
    network = CostModel(AT_ONCE, words, shipped.languages, shipped.mels)
    engine = Engine(replace(shipped, whisper=SimpleNamespace(model=network)), batch_rows=16)
    engine.start()
    yield Transcriber(Decoder(Isolation.LIMITS), engine)
    assert engine.stop()


@pytest.mark.skipif(not STATUS.exists(), reason="needs /proc to read resident memory")
def test_memory_is_flat_over_five_hundred_jobs(transcriber, tmp_path):
    call = tmp_path / "call.wav"
    call.write_bytes(_wave())
    resident, said = [], 0

    for number in range(JOBS):
        order = Order(f"job_{number}", 1, None, Options(language="en"), 1, "2026-01-15T10:00:10.802Z", "a" * 64, "0")
        with call.open("rb") as audio:
            said += bool(transcriber.transcribe(audio, order, Progress()).transcript.text)
        resident.append(int(STATUS.read_text().split()[1]) * PAGE_BYTES)

    assert said == JOBS
    assert max(resident[SETTLED:]) - resident[SETTLED] < GROWTH_BYTES


def _wave():
    """The first 4 s of a bundled call, as 16-bit WAV."""
    with CALL.open("rb") as audio:
        samples = Decoder(Isolation.LIMITS).decode(audio).samples[:, : 4 * 16_000 : 2]
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples.T.tobytes())
    return target.getvalue()
