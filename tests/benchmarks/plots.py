"""The pictures: throughput over batch size and over call length, and the stages of a run above the engine's busy time."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.engines.cost import MODELLED_L4, Cost
from benchmarks.goals import Figure
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

LENGTHS = {"1min": 1, "2min": 2, "6min": 6}
BATCH_SIZES = (1, 2, 4, 8, 16, 24, 32)
STAGES = {
    "claimed": "#cccccc",
    "downloading": "#9ecae1",
    "decoding": "#fdae6b",
    "transcribing": "#a1d99b",
    "storing": "#bcbddc",
}
ROOM = 2.0  # above the curves, for the legend
NOT_A_GPU = "modelled: arithmetic about a GPU behind the real front end, not a measurement of one"


def draw(figures: Sequence[Figure], folder: Path) -> list[Path]:
    """Draw what the figures allow; the files that were written."""
    beside: dict[str, Mapping[str, Any]] = {figure.id: figure.beside for figure in figures}
    mixes = {name: beside[f"P4-{name}"] for name in LENGTHS if f"P4-{name}" in beside}
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    if mixes:
        written.append(_throughput(mixes, folder / "throughput.svg"))
    if "P1" in beside:
        written.append(_timeline(beside["P1"], folder / "timeline.svg"))
    return written


def rates_by_batch_size(mix: Mapping[str, Any], cost: Cost) -> tuple[list[float], list[float]]:
    """Call-seconds a second at each batch size: ours in full batches, the pipeline one channel after another.

    Computed from the windows that the run counted; ours is bound by the engine alone, theirs adds its own CPU time.
    """
    our_call_s, their_call_s, windows = mix["our_call_s"], mix["pipeline_call_s"], mix["our_windows"]
    cpu_s = min(mix["pipeline_cpu_s"])
    ours = [our_call_s / (windows / rows * cost.seconds(rows)) for rows in BATCH_SIZES]
    theirs = [their_call_s / (cpu_s + _engine_s(mix["pipeline_batches"], rows, cost)) for rows in BATCH_SIZES]
    return ours, theirs


def _engine_s(channels: Sequence[int], rows: int, cost: Cost) -> float:
    """Engine seconds if each channel's windows are cut into batches of at most so many rows."""
    whole = sum(windows // rows for windows in channels) * cost.seconds(rows)
    return whole + sum(cost.seconds(windows % rows) for windows in channels if windows % rows)


def _throughput(mixes: Mapping[str, Mapping[str, Any]], path: Path) -> Path:
    drawing = Drawing(figsize=(11, 4.5), layout="constrained")
    by_size, by_length = drawing.subplots(1, 2)
    for name, mix in mixes.items():
        ours, theirs = rates_by_batch_size(mix, MODELLED_L4)
        (line,) = by_size.plot(BATCH_SIZES, ours, "-", label=f"engine alone, full batches, {name} (computed)")
        by_size.plot(BATCH_SIZES, theirs, "--", color=line.get_color(), label=f"batched pipeline, {name} (computed)")
        by_size.plot([16], [_median(mix, "ours")], "o", color=line.get_color(), label=f"our worker, {name} (run)")
        theirs_run = [_median(mix, "batched pipeline")]
        by_size.plot([16], theirs_run, "s", color=line.get_color(), label=f"batched pipeline, {name} (run)")
    by_size.set(xlabel="rows of a batch", title="over batch size")
    for side in next(iter(mixes.values()))["call_seconds_per_second"]:
        known = [name for name in mixes if side in mixes[name]["call_seconds_per_second"]]
        by_length.plot(
            [LENGTHS[name] for name in known], [_median(mixes[name], side) for name in known], "o-", label=side
        )
    by_length.set(xlabel="mean length of a call, minutes", title="over call length, B = 16 (run)")
    for axes in (by_size, by_length):
        axes.set(ylabel="seconds of calls per second", ylim=(0, ROOM * axes.get_ylim()[1]))
        axes.legend(fontsize=7, loc="upper left")
    return _saved(drawing, path)


def _timeline(told: Mapping[str, Any], path: Path) -> Path:
    drawing = Drawing(figsize=(11, 6), layout="constrained")
    jobs, engine = drawing.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    assert isinstance(jobs, Axes)
    order = {job: place for place, job in enumerate(dict.fromkeys(job for _, job, _ in told["stages"]))}
    for stage, colour in STAGES.items():
        at = [(seconds, order[job]) for seconds, job, seen in told["stages"] if seen == stage]
        if at:
            seconds, places = zip(*at, strict=True)
            jobs.scatter(seconds, places, s=9, marker="s", color=colour, label=stage)
    jobs.set(ylabel="job, as claimed", title="stages of each job, looked at ten times a second")
    jobs.legend(fontsize=7)
    engine.broken_barh(
        [(begin, end - begin) for begin, end, _ in told["engine"]], (0, 1), color="#31a354", edgecolor="white"
    )
    for begin, end, rows in told["engine"]:
        engine.text((begin + end) / 2, 0.5, str(rows), ha="center", va="center", fontsize=7, color="white")
    engine.set(xlabel="seconds", yticks=[], title="engine busy, rows of each batch")
    return _saved(drawing, path)


def _median(mix: Mapping[str, Any], side: str) -> float:
    rates = sorted(mix["call_seconds_per_second"][side])
    return float(rates[len(rates) // 2])


def _saved(drawing: Drawing, path: Path) -> Path:
    drawing.supxlabel(f"{MODELLED_L4.name}, {NOT_A_GPU}", fontsize=7)
    drawing.savefig(path)
    drawing.savefig(path.with_suffix(".png"), dpi=110)
    return path
