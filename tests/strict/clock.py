"""A clock that goes when it is told to."""

from dataclasses import dataclass


@dataclass
class Clock:
    """Seconds; nobody waits for them."""

    now_s: float = 1_768_471_200.0

    def advance(self, seconds: float) -> None:
        self.now_s += seconds
