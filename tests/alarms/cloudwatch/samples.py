"""What was measured: values by series and minute, and the statistics that CloudWatch makes of a period of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from alarms.cloudwatch.alarm import Metric
from alarms.cloudwatch.expressions import Series

MINUTE_S = 60
SeriesId = tuple[str, str, tuple[tuple[str, str], ...]]
_STATS: dict[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "Maximum": max,
    "Minimum": min,
    "SampleCount": len,
    "Average": lambda values: sum(values) / len(values),
}


@dataclass
class Samples:
    """Values by series and minute; a minute is a whole number of minutes since the epoch."""

    series: dict[SeriesId, dict[int, list[float]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def add(self, id_: SeriesId, minute: int, *values: float) -> None:
        self.series[id_][minute].extend(values)

    def hold(self, id_: SeriesId, minutes: Iterable[int], *values: float) -> None:
        """From now on these values stand there in each of these minutes, whatever was there; none is silence."""
        self.series[id_] = defaultdict(list, self.series[id_]) | {minute: list(values) for minute in minutes}

    def copy(self) -> "Samples":
        """A day of its own, whose series are replaced and never changed in place."""
        return Samples(defaultdict(lambda: defaultdict(list), self.series))

    def points(self, metric: Metric, ends: range) -> Series:
        """For each minute of `ends`, the statistic of the period that ends there; None where nothing was measured.

        CloudWatch looks at an alarm every minute, and at the period that ends then: its windows slide.
        """
        minutes, width = self.series.get(metric.series, {}), metric.period_s // MINUTE_S
        return [_stat(metric.stat, _window(minutes, range(end - width, end))) for end in ends]


def series_id(name: str, namespace: str = "Callscribe", **dimensions: str) -> SeriesId:
    """The name of a series."""
    return namespace, name, tuple(sorted(dimensions.items()))


def _window(minutes: Mapping[int, Sequence[float]], window: range) -> list[float]:
    return [value for minute in window if minute in minutes for value in minutes[minute]]


def _stat(stat: str, values: Sequence[float]) -> float | None:
    if not values:
        return None
    if stat.startswith("p"):
        return sorted(values)[ceil(float(stat[1:]) / 100 * len(values)) - 1]
    return float(_STATS[stat](values))
