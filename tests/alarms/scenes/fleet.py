"""A lane's workers, minute by minute: just enough of scaling to make a day look like one."""

from dataclasses import dataclass

BOOT_MIN, IDLE_MIN = 5, 5
HEARD_S = 3_600
"""Seconds of calls that one worker hears in a minute: a speed of 60."""


@dataclass
class Fleet:
    """What a lane holds in a minute: call seconds to hear, their age, and whether a worker is up."""

    work_s: float = 0.0
    left_s: float = 0.0
    age_s: float = 0.0
    boot_left: int | None = None
    running: int = 0
    idle_min: int = 0

    @property
    def desired(self) -> float:
        """A minute after the work came."""
        return float(self.running or self.boot_left in range(1, BOOT_MIN))

    def pass_minute(self, arriving_s: float, is_wanted: bool) -> None:
        """Work comes, a worker is asked for where there is work, and hears 60 seconds a second once it is up."""
        self.work_s = self.left_s + arriving_s
        if not self.running and (self.work_s or is_wanted) and self.boot_left is None:
            self.boot_left = BOOT_MIN
        elif self.boot_left:
            self.boot_left -= 1
            self.running = int(self.boot_left == 0)
        self.left_s = max(0.0, self.work_s - HEARD_S * self.running)
        self.age_s = self.age_s + 60 if self.left_s else 0.0
        self.idle_min = 0 if self.work_s or is_wanted else self.idle_min + 1
        if self.idle_min > IDLE_MIN:
            self.running, self.boot_left = 0, None
