"""What a step wants of the worker that runs it, not of AWS: the work itself, its hands, its voice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.job import Receipt
from shared.protocol.intents.asking import Intent
from shared.telemetry import FactName
from shared.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Listening:
    """What a page draws and plays of a call.

    `peaks` is the document, JSON. `media_type` is of what shall be played: the recording itself where `audio` is None,
    else `audio`, whose times are those of the transcript. None: nothing there is can be played.
    """

    peaks: bytes
    media_type: str | None
    audio: bytes | None


@dataclass(frozen=True, slots=True)
class Transcribed:
    """A transcript, what is heard with it, and the facts of its audio that the job tells.

    These are duration_s, sample_rate_hz, channels, codec.
    """

    transcript: Transcript
    facts: Mapping[str, Any]
    listening: Listening | None = None


@dataclass(frozen=True, slots=True)
class Transcribe(Intent[Transcribed]):
    """Fetch, decode and hear the call that is held; a named failure ends the job or hands it back."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What a worker holds: nothing at all, or somewhere a job that was held during an unexplained death."""

    is_free: bool
    holds_suspect: bool


@dataclass(frozen=True, slots=True)
class AskHands(Intent[Hands]):
    """Look at what this worker holds."""


@dataclass(frozen=True, slots=True)
class WaitUntilFree(Intent[None]):
    """Wait until this worker holds nothing, or is told to stop; keep the message from others meanwhile."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Rest(Intent[bool]):
    """Wait for so many seconds; False, at once, if the job in hand is to be given up."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Tell(Intent[None]):
    """Tell a fact; only what is on the allow-list of fields is told."""

    name: FactName
    fields: Mapping[str, Any] = field(default_factory=dict)
