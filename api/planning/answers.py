"""What comes out: waits, GPU hours and money, of one lane under one policy, as means over the simulated days."""

from collections.abc import Iterable, Sequence
from math import ceil, inf

from api.planning.demand import HOUR_S
from api.planning.simulation import Played
from shared.job import Frozen


class Waits(Frozen):
    """Seconds until a worker takes a call, over all days; None: some call was never taken."""

    mean_s: float | None
    p50_s: float | None
    p95_s: float | None
    p99_s: float | None
    max_s: float | None


class LaneAnswer(Frozen):
    """One lane under one policy.

    Hours, starts and misses are a day's means. `queue_formula_s`: mean wait in the busiest hour by formula, for as
    many workers as there were; `queue_simulated_s`: as it was played.
    """

    policy: str
    lane: str
    goal_s: float
    most: int
    calls: float
    call_hours: float
    waits: Waits
    misses: float
    billed_h: float
    busy_h: float
    on_demand_h: float
    spot_h: float
    starts: float
    largest_queue: int
    queue_formula_s: float | None = None
    queue_simulated_s: float | None = None
    gpu_usd_month: float = 0.0
    gpu_usd_call_hour: float = 0.0
    usd_month: float = 0.0
    usd_call_hour: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def billed_to_busy(self) -> float:
        """Hours that are paid for, to hours of work."""
        return self.billed_h / self.busy_h if self.busy_h else inf


class SizeAnswer(Frozen):
    """Everything about one number of reps; money is a month's."""

    reps: int
    call_hours_month: float
    lanes: tuple[LaneAnswer, ...]
    others_usd: dict[str, float]
    vendors_usd: dict[str, float]


class Report(Frozen):
    """The whole answer."""

    prices_as_of: str
    region: str
    instance: str
    egress: str
    days: float
    seeds: int
    sizes: tuple[SizeAnswer, ...]


def waits_of(days: Iterable[Played]) -> Waits:
    """Quantiles of the waits of all calls of all days."""
    waits = sorted(wait for day in days for wait in day.waits_s)
    if not waits:
        return Waits(mean_s=0.0, p50_s=0.0, p95_s=0.0, p99_s=0.0, max_s=0.0)
    p50, p95, p99 = (_finite(quantile(waits, share)) for share in (0.5, 0.95, 0.99))
    mean = _finite(sum(waits) / len(waits))
    return Waits(mean_s=mean, p50_s=p50, p95_s=p95, p99_s=p99, max_s=_finite(waits[-1]))


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that `share` of them do not exceed."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def hours(days: Sequence[Played], what: str) -> float:
    """Mean hours a day of one of the sums in seconds."""
    total_s: float = sum(getattr(day, what) for day in days)
    return total_s / HOUR_S / len(days)


def _finite(value: float) -> float | None:
    return None if value == inf else value
