"""A day of calls: how many come when, how long they are, and what the night brings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from math import log
from random import Random
from types import MappingProxyType
from typing import Final

from shared.job import Frozen

HOUR_S: Final = 3_600.0
DAY_BEGINS_S: Final = 6 * HOUR_S
"""A simulated day runs from six to six: no call and no night's work crosses that hour."""
DAY_S: Final = 24 * HOUR_S
KEPT: Final = 16
"""Days that are not drawn again for the next policy; one of 1,000 reps takes a megabyte."""
USUAL: Final = (*(0.0,) * 8, 0.6, 1.1, 1.45, 1.4, 0.6, 0.9, 1.4, 1.3, 0.9, 0.35, *(0.0,) * 6)
HUMPS: Final = (*(0.0,) * 8, 0.4, 1.7, 1.9, 0.7, 0.2, 0.4, 1.7, 1.8, 0.9, 0.3, *(0.0,) * 6)
"""Two humps, 19 % of the calls in the busiest hour."""
PROFILES: Mapping[str, tuple[float, ...]] = MappingProxyType({"usual": USUAL, "humps": HUMPS})


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls in the order in which they are submitted: `at_s` after local midnight, `audio_s` long."""

    at_s: tuple[float, ...] = ()
    audio_s: tuple[float, ...] = ()

    @property
    def hours(self) -> float:
        """Call-hours of them all."""
        return sum(self.audio_s) / HOUR_S


class Lengths(Frozen):
    """Lognormal lengths: mean and spread before they are clipped."""

    mean_s: float = 360.0
    sigma: float = 0.8
    shortest_s: float = 15.0
    longest_s: float = 3_600.0

    def drawn(self, random: Random) -> float:
        """One length."""
        mu = log(self.mean_s) - self.sigma**2 / 2
        return min(max(random.lognormvariate(mu, self.sigma), self.shortest_s), self.longest_s)


class Day(Frozen):
    """A working day.

    `hours`: weight of each hour from midnight on; a call is submitted when it ends. `night_hours` of old calls are
    queued at `night_at_h` and are due at `night_due_h`, both counted from the midnight before.
    """

    reps: int = 100
    calls_per_rep: float = 16.0
    lengths: Lengths = Lengths()
    hours: tuple[float, ...] = USUAL
    night_hours: float = 50.0
    night_at_h: float = 22.0
    night_due_h: float = 30.0

    @property
    def peak_share(self) -> float:
        """Part of the calls that comes in the busiest hour."""
        return max(self.hours) / sum(self.hours)

    @property
    def peak_load(self) -> float:
        """Call-seconds that arrive in a second of the busiest hour."""
        return self.reps * self.calls_per_rep * self.lengths.mean_s * self.peak_share / HOUR_S

    @property
    def night_s(self) -> float:
        """Seconds from the queueing of the night's calls to their deadline."""
        return (self.night_due_h - self.night_at_h) * HOUR_S

    def drawn(self, seed: int) -> Calls:
        """One day's calls: a Poisson stream that follows the hours."""
        return _drawn(self, seed)

    def drawn_night(self, seed: int) -> Calls:
        """The night's calls, all queued at once; their lengths add up to the hours that were asked for."""
        random = Random(f"night {seed}")  # noqa: S311 - as above
        count = round(self.night_hours * HOUR_S / self.lengths.mean_s)
        lengths = [self.lengths.drawn(random) for _ in range(count)]
        scale = self.night_hours * HOUR_S / sum(lengths) if lengths else 1.0
        return Calls((self.night_at_h * HOUR_S,) * count, tuple(length * scale for length in lengths))


def within_day(calls: Calls) -> Calls:
    """The same calls with moments between six and six: those of the small hours come on the next morning."""
    moved = sorted(
        ((at_s if at_s >= DAY_BEGINS_S else at_s + DAY_S), audio_s)
        for at_s, audio_s in zip(calls.at_s, calls.audio_s, strict=True)
    )
    return Calls(tuple(at_s for at_s, _ in moved), tuple(audio_s for _, audio_s in moved))


@lru_cache(maxsize=KEPT)
def _drawn(day: Day, seed: int) -> Calls:
    random = Random(f"calls {seed}")  # noqa: S311 - a simulation, not a secret
    total = day.reps * day.calls_per_rep
    until = [0.0, *accumulate(weight / sum(day.hours) * total for weight in day.hours)]
    at_s = tuple(sorted(_moments(until, random)))
    return Calls(at_s, tuple(day.lengths.drawn(random) for _ in at_s))


def _moments(until: Sequence[float], random: Random) -> list[float]:
    """Poisson arrivals at the rate whose integral at each full hour is `until`."""
    found: list[float] = []
    for hour in range(len(until) - 1):
        begins, ends = until[hour], until[hour + 1]
        found.extend((hour + share) * HOUR_S for share in _poisson(ends - begins, random))
    return found


def _poisson(mean: float, random: Random) -> list[float]:
    """Moments of a Poisson stream with so many arrivals expected in [0, 1)."""
    if not mean:
        return []
    draw, moments, at = random.expovariate, [], 0.0
    at = draw(mean)
    for _ in range(int(mean + 20 * (mean + 1) ** 0.5)):
        if at >= 1.0:
            break
        moments.append(at)
        at += draw(mean)
    return moments
