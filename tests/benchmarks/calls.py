"""The audio of the benchmark: stereo telephone calls laid out in turns from the speech that ships with the project.

Nothing is synthesised: the utterances of the bundled stereo calls are cut out by their references and dealt again,
with pauses of a conversation, over a line noise of -65 dBFS. So the same eight voices say the same sentences again
and again; that is enough for speed, and says nothing about accuracy.
"""

import json
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import NormalDist

import numpy as np
import soxr
from numpy.typing import NDArray

from worker.audio.decode import open_decoder

BUNDLED = Path(__file__).parents[2] / "api" / "console" / "calls"
LINE_HZ = 8_000
DECODED_HZ = 16_000
SEED = 20_260_115
SIGMA = 0.8  # of the lognormal lengths, of telephone sales: assumed
SHORTEST_S, LONGEST_S = 15.0, 3_600.0
NOISE_DBFS = -65.0
PAUSE_S = (0.15, 0.5)
TURN_S = (0.1, 0.6)
MULAW = 7
MULAW_BIAS, MULAW_CLIP = 132, 32_635

Sound = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A generated call on disk."""

    path: Path
    language: str
    duration_s: float


@dataclass(frozen=True, slots=True)
class Parties:
    """What the two parties of a bundled call say: utterances at 8 kHz, by leg."""

    language: str
    legs: tuple[tuple[Sound, ...], tuple[Sound, ...]]


def mix(folder: Path, mean_s: float, total_s: float) -> tuple[Recorded, ...]:
    """Write calls of a mean length that add up to `total_s`, or find them written.

    Their lengths are the evenly spaced quantiles of the lognormal, so that a small mix has the shape of a large one;
    their order is drawn once.
    """
    lengths_s = lengths(mean_s, total_s)
    order = np.random.default_rng([SEED, round(mean_s)]).permutation(len(lengths_s))
    speakers = parties()
    return tuple(
        recorded(
            folder / f"{round(mean_s)}-{round(total_s)}-{place:03d}.wav",
            lengths_s[index],
            speakers[place % len(speakers)],
        )
        for place, index in enumerate(order)
    )


def lengths(mean_s: float, total_s: float) -> list[float]:
    """Seconds of each call of a mix."""
    count = max(1, round(total_s / mean_s))
    normal = NormalDist(math.log(mean_s) - SIGMA**2 / 2, SIGMA)
    drawn = [math.exp(normal.inv_cdf((place + 0.5) / count)) for place in range(count)]
    clipped = [min(max(length_s, SHORTEST_S), LONGEST_S) for length_s in drawn]
    return [length_s * total_s / sum(clipped) for length_s in clipped]


def recorded(path: Path, duration_s: float, speakers: Parties) -> Recorded:
    """Write one call as stereo mu-law WAV, unless it is there."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        seed = [SEED, *path.name.encode()]
        part = path.with_suffix(".part")
        part.write_bytes(wave(conversation(speakers, duration_s, np.random.default_rng(seed))))
        part.rename(path)
    return Recorded(path, speakers.language, duration_s)


def conversation(speakers: Parties, duration_s: float, rng: np.random.Generator) -> Sound:
    """Let two parties take turns: int16 (2, samples) at 8 kHz, each speaking about half of the time."""
    size = round(duration_s * LINE_HZ)
    sound = rng.normal(0.0, 32_768 * 10 ** (NOISE_DBFS / 20), (2, size))
    at, leg = LINE_HZ // 2, 1
    while at < size:
        for _ in range(rng.geometric(0.45)):
            said = speakers.legs[leg][rng.integers(len(speakers.legs[leg]))][: max(size - at, 0)]
            sound[leg, at : at + len(said)] += said
            at += len(said) + _samples(rng, PAUSE_S)
        at += _samples(rng, TURN_S)
        leg = 1 - leg
    return np.clip(sound, -32_768, 32_767).astype(np.int16)


def wave(sound: Sound) -> bytes:
    """Encode int16 (2, samples) at 8 kHz as a mu-law WAV file."""
    legs, frames = sound.shape
    data = mulaw()[sound.T.reshape(-1).view(np.uint16)].tobytes()
    form = struct.pack("<HHIIHHH", MULAW, legs, LINE_HZ, LINE_HZ * legs, legs, 8, 0)
    fact = struct.pack("<I", frames)
    body = b"WAVE" + b"".join(
        name + struct.pack("<I", len(part)) + part for name, part in ((b"fmt ", form), (b"fact", fact), (b"data", data))
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


@cache
def mulaw() -> NDArray[np.uint8]:
    """The mu-law byte of each 16-bit sample (ITU-T G.711), by its unsigned view."""
    samples = np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32)
    sign = np.where(samples < 0, 0x80, 0)
    level = np.minimum(np.abs(samples), MULAW_CLIP) + MULAW_BIAS
    exponent = np.floor(np.log2(level)).astype(np.int32) - 7
    mantissa = (level >> (exponent + 3)) & 0x0F
    return np.asarray(~(sign | (exponent << 4) | mantissa) & 0xFF, np.uint8)


@cache
def parties() -> tuple[Parties, ...]:
    """The parties of each bundled stereo call, one call a language."""
    described = [json.loads(path.read_text("utf-8")) | {"path": path} for path in sorted(BUNDLED.glob("*.json"))]
    return tuple(_cut(reference) for reference in described if len(reference["channels"]) == 2)


def bundled() -> tuple[Recorded, ...]:
    """The bundled telephone WAVs as they are, uncut."""
    return tuple(Recorded(path, "", 0.0) for path in sorted(BUNDLED.glob("*.wav")))


def _cut(reference: dict[str, object]) -> Parties:
    path = reference["path"]
    assert isinstance(path, Path)
    audio = next(file for file in path.parent.glob(f"{path.stem}.*") if file.suffix != ".json")
    with audio.open("rb") as file:
        samples = open_decoder("preferred").decode(file).samples
    legs = [soxr.resample(leg, DECODED_HZ, LINE_HZ) for leg in samples]
    utterances = reference["utterances"]
    assert isinstance(utterances, list)
    return Parties(str(reference["language"]), (_said(legs[0], utterances, 0), _said(legs[1], utterances, 1)))


def _said(leg: Sound, utterances: Sequence[dict[str, float]], channel: int) -> tuple[Sound, ...]:
    own = [one for one in utterances if one["channel"] == channel]
    return tuple(leg[round(one["start"] * LINE_HZ) : round(one["end"] * LINE_HZ)] for one in own)


def _samples(rng: np.random.Generator, between_s: tuple[float, float]) -> int:
    return round(rng.uniform(*between_s) * LINE_HZ)


def upsampled(sound: Sound) -> Sound:
    """Bring a leg at 8 kHz to the 16 kHz that windows hold."""
    return np.asarray(soxr.resample(sound, LINE_HZ, DECODED_HZ), np.int16)
