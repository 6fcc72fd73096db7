"""The arithmetic of a token bucket that several processes share."""

import math
from dataclasses import dataclass
from typing import Any

from shared.job import Row

ROUNDING = 1e-3
"""Of a token: what a sum of moments, each exact to a microsecond, may lack at 1,000 requests a second."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests a second, and so many at once."""

    per_s: float
    burst: int

    @property
    def block(self) -> int:
        """Tokens that a process takes at a time: those of 50 ms, so that few lie idle and the table is asked seldom."""
        return max(1, int(self.per_s // 20))


@dataclass(frozen=True, slots=True)
class Bucket:
    """What was in the bucket at `at`; `version` counts its writes. The bucket can only hold less than it says."""

    tokens: float
    at: float
    version: int

    @classmethod
    def of(cls, row: Row) -> "Bucket":
        """The bucket that the table tells of."""
        return cls(float(row["tokens"]), float(row["at"]), int(row["version"]))

    @property
    def row(self) -> dict[str, Any]:
        """The bucket as the table keeps it."""
        return {"tokens": self.tokens, "at": self.at, "version": self.version}

    def filled(self, rate: Rate, now: float) -> float:
        """Tokens at `now`; a clock that lags behind the writer's fills nothing."""
        return min(float(rate.burst), self.tokens + max(0.0, now - self.at) * rate.per_s)

    def whole(self, rate: Rate, now: float) -> int:
        """Whole tokens at `now`; what is lacking by rounding alone is given."""
        return int(self.filled(rate, now) + ROUNDING)

    def less(self, tokens: int, rate: Rate, now: float) -> "Bucket":
        """The bucket after `tokens` were taken at `now`."""
        return Bucket(self.filled(rate, now) - tokens, max(self.at, now), self.version + 1)

    def wait_s(self, rate: Rate, now: float) -> int:
        """Whole seconds until there is a token again, at least one."""
        return max(1, math.ceil((1 - self.filled(rate, now)) / rate.per_s))
