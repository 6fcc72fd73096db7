"""The answer drawn: a day, the waits of each policy, and what money buys.

matplotlib is not installed with the service, so only who draws imports this.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from api.planning.answers import quantile
from api.planning.asking import Scene, live_answer
from api.planning.demand import HOUR_S
from api.planning.question import PolicyName
from api.planning.simulation import Moment

LOOKS: Final[Any] = {
    "svg.fonttype": "none", "svg.hashsalt": "callscribe", "font.size": 9, "axes.grid": True, "grid.alpha": 0.3,
    "axes.spines.top": False, "axes.spines.right": False,
}  # fmt: skip
COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "always": "#7f7f7f", "defaults": "#bcbd22", "messages": "#ff7f0e", "responsive": "#1f77b4",
        "economy": "#2ca02c", "clairvoyant": "#000000",
    }
)  # fmt: skip
PROMISE: Final = "#d62728"
OURS: tuple[PolicyName, ...] = ("responsive", "economy")
Values = tuple[float, ...]
SWEPT: Mapping[str, Values] = MappingProxyType(
    {"r": (40, 60, 80, 120, 180), "boot": (60, 120, 180, 240, 300), "idle": (1, 2, 5, 10, 20)}
)
NAMES: Mapping[str, str] = MappingProxyType(
    {"r": "R, call-seconds a second", "boot": "boot and load, s", "idle": "minutes idle until they go"}
)
MARKS: Mapping[str, str] = MappingProxyType({"r": "o-", "boot": "s--", "idle": "^:"})
SWEEP_SEEDS: Final = 2
MOST_POINTS: Final = 400
HOURS: Final = tuple(range(6, 31, 4))
Tell = Callable[[str], object]


def draw(at: Scene, folder: Path, tell: Tell = lambda _: None, swept: Mapping[str, Values] = SWEPT) -> list[Path]:
    """Draw all three; the files that were written. `swept`: values of inputs that move what money buys."""
    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(LOOKS):
        return [
            _saved(_course(at, tell), folder / "day.svg"),
            _saved(_waits(at, tell), folder / "waits.svg"),
            _saved(_money(at, tell, swept), folder / "money.svg"),
        ]


def _course(at: Scene, tell: Tell) -> Figure:
    """Seconds that wait and workers that are there, for each size, in one day of our policies."""
    sizes = at.question.reps
    drawing = Figure(figsize=(4.8 * len(sizes), 5), layout="constrained")
    panels = drawing.subplots(2, len(sizes), sharex=True, squeeze=False)
    one_day = Scene(at.question.model_copy(update={"seeds": 1}), at.fleet, at.market, at.trace)
    for column, reps in enumerate(sizes):
        for name in OURS:
            tell(f"picture of a day, {reps} reps, {name}")
            _, days = one_day.live(name, reps)
            _line(panels[0][column], panels[1][column], days[0].moments, name)
        panels[0][column].set(title=f"{reps:,} reps", ylabel="call-hours that wait")
        panels[0][column].legend(loc="upper right")
        panels[1][column].set(ylabel="workers", xlabel="hour of the day", xticks=HOURS)
        panels[1][column].set_xticklabels([f"{hour % 24}" for hour in HOURS])
        panels[1][column].yaxis.set_major_locator(MaxNLocator(integer=True))
    drawing.suptitle("What waits, and who works on it: one simulated day")
    return drawing


def _line(waiting: Axes, working: Axes, moments: Sequence[Moment], name: str) -> None:
    hours = [moment.at_s / HOUR_S for moment in moments]
    waiting.plot(hours, [one.queued_s / HOUR_S for one in moments], color=COLOURS[name], label=name, lw=1)
    working.step(hours, [one.workers for one in moments], color=COLOURS[name], label=name, lw=1, where="post")


def _waits(at: Scene, tell: Tell) -> Figure:
    """Share of calls that wait longer than so many seconds, by policy."""
    sizes = at.question.reps
    drawing = Figure(figsize=(4.8 * len(sizes), 4), layout="constrained")
    for axes, reps in zip(drawing.subplots(1, len(sizes), squeeze=False)[0], sizes, strict=True):
        goals = set()
        for name in at.question.policy:
            tell(f"picture of the waits, {reps} reps, {name}")
            made, days = at.live(name, reps)
            goals.add(made.scaling.goal_s)
            _exceedance(axes, sorted(wait for day in days for wait in day.waits_s), name)
        for place, goal_s in enumerate(sorted(goals)):
            axes.axvline(goal_s, color=PROMISE, lw=0.8, ls=":")
            axes.text(goal_s, 9 / 2.5**place, f"promise {goal_s:,.0f} s ", ha="right", va="top", color=PROMISE)
        axes.set(
            xlabel="seconds until a worker takes a call", xscale="symlog", yscale="log", xlim=(0, 10_000),
            ylabel="share of calls that wait longer", ylim=(1e-4, 10),
        )  # fmt: skip
        axes.set_title(f"{reps:,} reps")
        axes.legend(loc="lower left", fontsize=8)
    drawing.suptitle("How long calls wait under each policy")
    return drawing


def _exceedance(axes: Axes, waits: Sequence[float], name: str) -> None:
    shares = [index / MOST_POINTS for index in range(MOST_POINTS)]
    shares += [1 - 10 ** (-step / 40) for step in range(40, 161)]
    points = sorted((quantile(waits, share), 1 - share) for share in shares) if waits else []
    known = [(wait, share) for wait, share in points if wait < inf]
    if known:
        seconds, longer = zip(*known, strict=True)
        axes.plot(seconds, longer, color=COLOURS[name], label=name, lw=1.2)


def _money(at: Scene, tell: Tell, swept: Mapping[str, Values]) -> Figure:
    """What a call-hour costs against p95, while one input moves."""
    drawing = Figure(figsize=(9.6, 4.4), layout="constrained")
    reps = at.question.reps[-1]
    for axes, name in zip(drawing.subplots(1, len(OURS)), OURS, strict=True):
        for what, values in swept.items():
            tell(f"picture of the money, {name}, {what}")
            p95, usd = zip(*_sweep(at, reps, name, (what, values)), strict=True)
            axes.plot(p95, usd, MARKS[what], label=f"{NAMES[what]}: {values[0]:g} to {values[-1]:g}", ms=4, lw=1)
            axes.annotate(f"{values[0]:g}", (p95[0], usd[0]), textcoords="offset points", xytext=(5, 3), fontsize=7)
            axes.annotate(f"{values[-1]:g}", (p95[-1], usd[-1]), textcoords="offset points", xytext=(5, -8), fontsize=7)
        axes.set(title=f"{name}, {reps:,} reps", xlabel="p95 of the wait, s", ylabel="USD a call-hour, GPUs alone")
        axes.set_ylim(0, 1.5 * axes.get_ylim()[1])
        axes.margins(x=0.15)
        axes.legend(loc="upper right", fontsize=7)
    drawing.suptitle("What speed, boot and patience are worth")
    return drawing


def _sweep(at: Scene, reps: int, name: PolicyName, swept: tuple[str, Values]) -> Iterator[tuple[float, float]]:
    """p95 in seconds and USD a call-hour, for each value."""
    what, values = swept
    seeds = min(at.question.seeds, SWEEP_SEEDS)
    for value in values:
        changed = at.question.model_copy(update={what: value, "load": None, "seeds": seeds})
        answer = live_answer(Scene(changed, at.fleet, at.market, at.trace), name, reps)
        yield answer.waits.p95_s or 0.0, answer.gpu_usd_call_hour


def _saved(drawing: Figure, path: Path) -> Path:
    drawing.savefig(path, metadata={"Date": None})
    return path
