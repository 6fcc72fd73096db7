"""What each figure is held against: the table of goals, and the arithmetic of met and missed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

REAL_CPU, REAL_GPU = "real-cpu", "real-gpu"
NOISE = 1e-9


@dataclass(frozen=True, slots=True)
class Goal:
    """A ratio and what is wanted of it. `limit`: what nature allows; None where the run computes it."""

    says: str
    better: Literal["more", "less"]
    anchor: str
    limit: float | None
    target: float
    moonshot: float


@dataclass(frozen=True, slots=True)
class Figure:
    """What a row measured.

    Attributes:
        values: one for each repeat; the median is the figure, the ends are its range.
        engine: `real-cpu`, `modelled-L4` or `real-gpu`: what it may be quoted as.
        limit: computed by the run, for a goal that has none of its own.
        note: what a reader has to know, in one line.
        beside: further numbers, for bench.json and the plots.
    """

    id: str
    values: Sequence[float]
    engine: str
    limit: float | None = None
    note: str = ""
    beside: Mapping[str, object] = field(default_factory=dict)

    @property
    def value(self) -> float:
        """The median of the repeats."""
        return median(self.values)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A figure beside its goal. `words`: `moonshot`, `met`, or `missed by` so much of the target."""

    limit: float | None
    target: float
    moonshot: float
    met: bool
    words: str


SHARE_OF_LIMIT = {"P4": (0.94, 0.98)}
"""Target and moonshot of a row whose limit the run computes, as shares of that limit."""


def judge(figure: Figure) -> Verdict:
    """Hold a figure against its goal."""
    goal = GOALS[figure.id]
    limit = goal.limit if figure.limit is None else figure.limit
    target, moonshot = goal.target, goal.moonshot
    shares = SHARE_OF_LIMIT.get(figure.id.split("-")[0])
    if shares and limit is not None:
        target, moonshot = shares[0] * limit, shares[1] * limit
    if reaches(goal, figure.value, moonshot):
        return Verdict(limit, target, moonshot, met=True, words="met, moonshot too")
    if reaches(goal, figure.value, target):
        return Verdict(limit, target, moonshot, met=True, words="met")
    gap = abs(figure.value - target)
    share = f" ({gap / abs(target):.0%})" if target else ""
    return Verdict(limit, target, moonshot, met=False, words=f"missed by {gap:.3g}{share}")


def reaches(goal: Goal, value: float, wanted: float) -> bool:
    """Whether a value is as good as wanted."""
    return value >= wanted - NOISE if goal.better == "more" else value <= wanted + NOISE


def differ(ours: Sequence[float], theirs: Sequence[float]) -> bool:
    """Whether two sets of repeats can be told apart: their ranges do not overlap."""
    return min(ours) > max(theirs) or min(theirs) > max(ours)


GOALS: Mapping[str, Goal] = {
    "P1": Goal(
        "worker end to end / engine alone with full batches",
        "more",
        "0.64 serial, 0.55 batched pipeline",
        1.0,
        0.95,
        0.99,
    ),
    "P1-H100": Goal("the same on a modelled H100: shows the front end", "more", "0.18 vLLM with VAD", 1.0, 0.95, 0.99),
    "P2": Goal("call-hours per core-hour: decode, VAD, mel", "more", "221", 2000.0, 400.0, 800.0),
    "P3-6min": Goal("mean batch occupancy, B=16, 6-min mix", "more", "0.60 one job at a time", 1.0, 0.95, 0.99),
    "P3-2min": Goal("mean batch occupancy, B=16, 2-min mix", "more", "0.31 one job at a time", 1.0, 0.95, 0.99),
    "P4-6min": Goal("throughput / BatchedInferencePipeline, 6-min mix", "more", "1.0", None, 1.7, 1.77),
    "P4-2min": Goal("throughput / BatchedInferencePipeline, 2-min mix", "more", "1.0", None, 2.2, 2.32),
    "P4-1min": Goal("throughput / BatchedInferencePipeline, 1-min mix", "more", "1.0", None, 2.75, 2.88),
    "P5-6min": Goal("windows / least windows, 6-min mix", "less", "1.051 next-fit", 1.0, 1.02, 1.005),
    "P5-2min": Goal("windows / least windows, 2-min mix", "less", "1.034 next-fit", 1.0, 1.02, 1.005),
    "P6": Goal("rows that differ alone and in a batch, int8", "less", "words of 81 % of rows", 0.0, 0.0, 0.0),
    "P6-float32": Goal("rows whose text or words differ, float32", "less", "15 to 81 % of rows", 0.0, 0.0, 0.0),
    "P6-turbo": Goal("rows that differ, turbo's shape, int8", "less", "not measured before", 0.0, 0.0, 0.0),
    "P7": Goal("30 s job behind a 60-min job, p95 / alone", "less", "about 80, first in first out", 1.2, 3.0, 1.5),
    "P7b-long": Goal("the same, p95 of added time / full batch", "less", "12 batched, 32 unbatched", 1.0, 2.0, 1.25),
    "P7b-queued": Goal(
        "behind 100,000 batch-lane windows, p95 added / full batch", "less", "first in first out: hours", 1.0, 2.0, 1.25
    ),
    "P8": Goal("client time to queued / boto3 put + send", "less", "1.0", 1.0, 1.35, 1.15),
    "P9": Goal("submits a second, 16 connections / sequential put + send", "more", "1.0", None, 1.5, 5.0),
    "P12": Goal("process start to first window done, reading apart, s", "less", "not measured before", 0.0, 2.0, 1.0),
}

BUDGET_S: Mapping[str, float] = {
    "audio and start": 25.0,
    "P2": 40.0,
    "P1 P3 P4 6-min": 320.0,
    "P3 P4 2-min": 215.0,
    "P5": 20.0,
    "P6": 80.0,
    "P7": 70.0,
    "P7b": 90.0,
    "P8": 20.0,
    "P9": 10.0,
    "P12": 10.0,
}
"""Wall seconds of each row on two idle cores; together they stay under the quarter of an hour that `make bench` may take."""
