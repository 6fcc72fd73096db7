"""Which races are run, and when each strikes: the same for the same seed."""

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import api

CALLS = Path(api.__file__).parent / "console" / "calls"
SPOKEN = ("renewal-en.wav", "angebot-de.wav", "richiamo-it.wav")
RATE_HZ, CHANNELS, MU_LAW, QUIET = 8_000, 2, 7, b"\xff"
LONGEST_SHARE = 1.2
"""The latest strike, as a share of the time that a call takes: some come too late."""
UPLOADED = 0.3
"""Such a part of the calls goes to the store directly."""
END = "end"
"""No strike: the job is left alone until it has ended."""

KINDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "cancel": (("cancel",),),
    "erase": (("erase",),),
    "cancel twice at once": (("cancel", "cancel"),),
    "erase twice at once": (("erase", "erase"),),
    "cancel and erase at once": (("cancel", "erase"),),
    "cancel, retry": (("cancel",), ("retry",)),
    "cancel, retry twice at once": (("cancel",), ("retry", "retry")),
    "cancel, retry, cancel": (("cancel",), ("retry",), ("cancel",)),
    "cancel, retry, erase": (("cancel",), ("retry",), ("erase",)),
    "cancel, retry and erase at once": (("cancel",), ("retry", "erase")),
    "end, erase": ((END,), ("erase",)),
    "end, cancel and erase at once": ((END,), ("cancel", "erase")),
}
"""Strikes one after the other; those of one bracket come at once, each from a thread of its own."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is done at once, after that share of the time that a call takes."""

    actions: tuple[str, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Race:
    """One job and what befalls it; `canary` is in all that its caller says of it.

    `uploaded`: the audio goes to the store by a presigned PUT, so that an event of the store queues the job.
    """

    kind: str
    canary: str
    audio: bytes
    steps: tuple[Step, ...]
    uploaded: bool = False


def schedule(races: int, seed: int) -> Iterator[Race]:
    """The races of a seed, every kind as often as any other; each race is the same however many there are."""
    kinds = list(KINDS)
    for number in range(races):
        dice = random.Random(f"{seed}/{number}")
        kind = kinds[number % len(kinds)]
        steps = tuple(Step(actions, _share(dice, position)) for position, actions in enumerate(KINDS[kind]))
        yield Race(kind, f"canary-{seed}-{number:06}", recording(dice), steps, dice.random() < UPLOADED)


def recording(dice: random.Random) -> bytes:
    """Half a second to two of a call: speech, or nothing, which costs the engine no time."""
    frames = dice.randrange(RATE_HZ // 2, RATE_HZ * 2)
    if dice.random() < 0.5:
        return wav(QUIET * (frames * CHANNELS))
    spoken = samples(dice.choice(SPOKEN))
    start = dice.randrange(len(spoken) // CHANNELS - frames) * CHANNELS
    return wav(spoken[start : start + frames * CHANNELS])


def wav(audio: bytes) -> bytes:
    """Mu-law stereo as a telephone system writes it."""
    form = struct.pack("<HHIIHHH", MU_LAW, CHANNELS, RATE_HZ, RATE_HZ * CHANNELS, CHANNELS, 8, 0)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(audio)) + audio
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


@cache
def samples(name: str) -> bytes:
    """The samples of a bundled call."""
    content = (CALLS / name).read_bytes()
    at = content.index(b"data") + 4
    (size,) = struct.unpack_from("<I", content, at)
    return content[at + 4 : at + 4 + size]


def _share(dice: random.Random, position: int) -> float:
    """The first strike comes anywhere in the life of a job; the next ones soon after, half of them at once."""
    return dice.uniform(0, LONGEST_SHARE) if position == 0 or dice.random() < 0.5 else 0.0
