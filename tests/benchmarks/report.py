"""What comes out: the table on the terminal, and `bench.json` for README and ARCHITECTURE."""

import importlib.metadata
import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks import calls
from benchmarks.goals import GOALS, Figure, judge
from rich.table import Table

ROOT = Path(__file__).parents[2]
PACKAGES = ("callscribe", "faster-whisper", "ctranslate2", "numpy", "onnxruntime", "av", "boto3")


def table(figures: Sequence[Figure]) -> Table:
    """One line a figure."""
    made = Table(title="make bench", show_lines=False, expand=False)
    for name in ("id", "figure", "value", "range", "anchor", "limit", "target", "moonshot", "engine", "", "note"):
        made.add_column(name, justify="right" if name in {"value", "limit", "target", "moonshot"} else "left")
    for figure in figures:
        goal, verdict = GOALS[figure.id], judge(figure)
        sign = ">=" if goal.better == "more" else "<="
        limit = "-" if verdict.limit is None else f"{verdict.limit:.4g}"
        words = f"[green]{verdict.words}[/]" if verdict.met else f"[bold red]{verdict.words}[/]"
        made.add_row(
            figure.id, goal.says, f"[bold]{figure.value:.4g}[/]", f"{min(figure.values):.3g}..{max(figure.values):.3g}",
            goal.anchor, limit, f"{sign} {verdict.target:.4g}", f"{sign} {verdict.moonshot:.4g}", figure.engine, words, figure.note,
        )  # fmt: skip
    return made


def document(figures: Sequence[Figure], facts: Mapping[str, object]) -> dict[str, object]:
    """What `bench.json` holds: an entry a figure, then what it was measured on."""
    return {figure.id: entry(figure) for figure in figures} | dict(facts)


def entry(figure: Figure) -> dict[str, object]:
    """One figure beside its goal."""
    goal, verdict = GOALS[figure.id], judge(figure)
    return {
        "figure": goal.says,
        "value": figure.value,
        "anchor": goal.anchor,
        **asdict(verdict),
        "better": goal.better,
        "engine": figure.engine,
        "range": [min(figure.values), max(figure.values)],
        "repeats": len(figure.values),
        "note": figure.note,
        "beside": figure.beside,
    }


def circumstances(*, is_noisy: bool, load: float, is_quick: bool) -> dict[str, object]:
    """Machine, versions, commit and seed."""
    return {
        "machine": {
            "cores": len(os.sched_getaffinity(0)),
            "processor": _processor(),
            "system": platform.platform(),
            "python": platform.python_version(),
            "load_average_before": load,
        },
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
        "commit": _git("rev-parse", "HEAD"),
        "commit_is_clean": not _git("status", "--porcelain"),
        "seed": calls.SEED,
        "noisy": is_noisy,
        "quick": is_quick,
        "voices": "eight synthetic voices of the bundled calls, repeated",
    }


def is_alike(earlier: Mapping[str, object], facts: Mapping[str, object]) -> bool:
    """Whether rows of an earlier run may stand beside those of this one: same code, machine and care."""
    machines = [dict(found.get("machine") or {}) for found in (earlier, facts)]  # type: ignore[call-overload]
    for machine in machines:
        machine.pop("load_average_before", None)
    return machines[0] == machines[1] and all(
        earlier.get(name) == facts[name] for name in ("commit", "quick", "noisy", "seed")
    )


def write(path: Path, content: Mapping[str, object]) -> None:
    """Write a result."""
    path.write_text(json.dumps(content, indent=1, default=str) + "\n", "utf-8")


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines() if Path("/proc/cpuinfo").is_file() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _git(*words: str) -> str:
    found = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip()
