"""What an actor wants of the simulation itself, beside the intents of the protocol."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sim.running import Timed

from shared.job import Audio, Lane


@dataclass(frozen=True, slots=True)
class Wait(Timed):
    """Let time pass."""

    takes_s: float


@dataclass(eq=False, slots=True)
class Park(Timed):
    """Wait in `place` until somebody wakes this thread, at most `longest_s`; not at all if `is_over` by then."""

    place: list[Any]
    longest_s: float | None = None
    is_over: Callable[[], bool] = lambda: False
    takes_s: float = 0.0
    has_begun: bool = False


@dataclass(frozen=True, slots=True)
class Receive:
    """Receive one message of a lane by long poll; waits until there is one."""

    lane: Lane
    hidden_s: float


@dataclass(frozen=True, slots=True)
class Upload:
    """PUT the audio to its signed place; whether it was taken."""

    key: str
    body: bytes


@dataclass(frozen=True, slots=True)
class LookForDue:
    """The keys of what is due by the lagging index."""

    until: float


@dataclass(frozen=True, slots=True)
class Die(Timed):
    """The process is killed by what it works on."""

    takes_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Fetch:
    """Bring the pinned audio."""

    audio: Audio
