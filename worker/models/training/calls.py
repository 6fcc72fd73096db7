"""Speaks the project's sample calls from dialogues and encodes them as telephony does.

A dialogue file has headers (title, language, format, one voice for each party as espeak-ng
name, pitch, rate), an empty line, then turns: `party pause: text`. The pause is in seconds
after the turn before; a negative one overlaps it.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import soxr

from worker.models.training import speech

ROLES = ("agent", "customer")
SAMPLE_RATE_HZ = 16_000
LEVELS_DBFS = {"agent": -8.0, "customer": -14.0}
NOISE_DBFS = -62.0
DAMAGED_BYTES = 4000


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a call is written: file ending, codec, sample rate, channels."""

    ending: str
    codec: str
    rate_hz: int
    channels: int
    bits_a_second: int = 0


ENCODINGS = {
    "wav": Encoding("wav", "pcm_mulaw", 8000, 2),
    "mp3": Encoding("mp3", "libmp3lame", 16_000, 1, 32_000),
    "ogg": Encoding("ogg", "libopus", 16_000, 2, 32_000),
    "damaged": Encoding("mp3", "libmp3lame", 16_000, 1, 32_000),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a dialogue."""

    role: str
    pause_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A dialogue as its file has it."""

    name: str
    headers: dict[str, str]
    turns: tuple[Turn, ...]

    def voice(self, role: str) -> speech.Voice:
        """Return the voice of a party."""
        name, pitch, rate = self.headers[role].split()
        return speech.Voice(name, int(pitch), int(rate))


def make(dialogues: Path, folder: Path) -> None:
    """Write every dialogue of a folder as a recording and its reference."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(dialogues.glob("*.txt")):
        dialogue = read(path)
        encoding = ENCODINGS[dialogue.headers["format"]]
        channels, utterances = perform(dialogue)
        sound = channels if encoding.channels == len(ROLES) else channels.sum(0, keepdims=True)
        recording = folder / f"{dialogue.name}.{encoding.ending}"
        encode(recording, sound, encoding)
        if dialogue.headers["format"] == "damaged":
            damage(recording)
        reference = json.dumps(describe(dialogue, utterances, encoding.channels), ensure_ascii=False, indent=1)
        (folder / f"{dialogue.name}.json").write_text(reference + "\n", "utf-8")


def read(path: Path) -> Dialogue:
    """Read a dialogue file."""
    head, body = path.read_text("utf-8").strip().split("\n\n")
    headers = dict(line.split(": ", 1) for line in head.split("\n"))
    turns = []
    for line in body.split("\n"):
        party, said = line.split(": ", 1)
        role, pause = party.split()
        turns.append(Turn(role, float(pause), said))
    return Dialogue(path.stem, headers, tuple(turns))


def perform(dialogue: Dialogue) -> tuple[np.ndarray, list[dict[str, object]]]:
    """Speak all turns: float32 (2, samples) at 16,000 Hz, agent first; and the utterances."""
    spoken, utterances, at_s = [], [], 0.0
    for turn in dialogue.turns:
        said = speech.speaker().speak(turn.text, dialogue.voice(turn.role)).samples
        start_s = max(0.0, at_s + turn.pause_s)
        at_s = start_s + len(said) / SAMPLE_RATE_HZ
        spoken.append((ROLES.index(turn.role), int(start_s * SAMPLE_RATE_HZ), said))
        utterances.append({
            "channel": ROLES.index(turn.role),
            "start": round(start_s, 2),
            "end": round(at_s, 2),
            "text": turn.text,
        })  # fmt: skip
    size = int((at_s + 0.5) * SAMPLE_RATE_HZ)
    channels = np.zeros((len(ROLES), size), np.float32)
    for channel, first, said in spoken:
        channels[channel, first : first + len(said)] += said / 32768
    return _leveled(channels, dialogue.name), utterances


def encode(path: Path, sound: np.ndarray, encoding: Encoding) -> None:
    """Write float32 (channels, samples) at 16,000 Hz with a codec of PyAV."""
    narrow = soxr.resample(sound.T, SAMPLE_RATE_HZ, 8000)
    samples = soxr.resample(narrow, 8000, encoding.rate_hz)
    pcm = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
    layout = "stereo" if encoding.channels == len(ROLES) else "mono"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(encoding.codec, rate=encoding.rate_hz, layout=layout)
        if encoding.bits_a_second:
            stream.bit_rate = encoding.bits_a_second
        frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate = encoding.rate_hz
        resampler = av.AudioResampler(stream.format, layout, encoding.rate_hz, stream.frame_size)
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))


def damage(path: Path) -> None:
    """Overwrite a block in the middle with noise and cut the end off."""
    content = bytearray(path.read_bytes())
    middle = len(content) * 2 // 5
    content[middle : middle + DAMAGED_BYTES] = random.Random(5).randbytes(DAMAGED_BYTES)
    path.write_bytes(content[: len(content) * 97 // 100])


def describe(dialogue: Dialogue, utterances: list[dict[str, object]], channels: int) -> dict[str, object]:
    """Lay out the reference: what each channel says, and when."""
    roles = ROLES if channels == len(ROLES) else ("mixed",)
    if channels == 1:
        utterances = [{**utterance, "channel": 0} for utterance in utterances]
    texts = [
        " ".join(str(one["text"]) for one in utterances if one["channel"] == channel) for channel in range(channels)
    ]
    return {
        "title": dialogue.headers["title"],
        "language": dialogue.headers["language"],
        "channels": [{"role": r, "text": t} for r, t in zip(roles, texts, strict=True)],
        "utterances": utterances,
    }


def _leveled(channels: np.ndarray, seed: str) -> np.ndarray:
    """Bring each party to its level and add line noise."""
    rng = np.random.default_rng(list(seed.encode()))
    peaks = np.abs(channels).max(1, keepdims=True)
    levels = np.array([[10 ** (LEVELS_DBFS[role] / 20)] for role in ROLES])
    noise = rng.standard_normal(channels.shape) * 10 ** (NOISE_DBFS / 20)
    return (channels / peaks * levels + noise).astype(np.float32)
