"""What a run came to: a table for people, and the same as JSON."""

import json
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

from chaos.checks.verdict import Verdict
from chaos.points import Point

ENDS = ("completed", "failed", "canceled")
HEAD = (
    f"{'point':<22}{'kills':>6}" + "".join(f"{name:>10}" for name in ENDS) + f"{'lost':>6}{'doubled':>8}"
    f"{'two ids':>8}{'events twice':>13}{'rework s':>9}{'resume p50':>11}{'p99 s':>7}  verdict"
)


def table(verdicts: Mapping[str, Verdict]) -> Iterator[str]:
    """Line by line; breaches below."""
    yield HEAD
    for name in (*Point, *(name for name in verdicts if name not in set(Point))):
        if name in verdicts:
            yield _line(name, verdicts[name])
    for name, verdict in verdicts.items():
        yield from (f"{name}: {measured}" for measured in verdict.measured)
    for name, verdict in verdicts.items():
        yield from (f"BREACH {name}: {breach}" for breach in verdict.breaches)


def write(path: Path, verdicts: Mapping[str, Verdict], facts: Mapping[str, object]) -> None:
    """The same for machines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = {
        name: {
            **{field.name: getattr(verdict, field.name) for field in fields(verdict)},
            "ends": dict(verdict.ends),
            "resume_p50_s": quantile(verdict, 0.5),
            "resume_p99_s": quantile(verdict, 0.99),
        }
        for name, verdict in verdicts.items()
    }
    path.write_text(json.dumps({**facts, "points": rows}, indent=1) + "\n", "utf-8")


def quantile(verdict: Verdict, share: float) -> float | None:
    """Seconds from a death until a job that was held runs again; None where none was measured."""
    times = verdict.resumed_s
    if len(times) < 2:
        return times[0] if times else None
    return statistics.quantiles(times, n=100, method="inclusive")[round(share * 100) - 1]


def _line(name: str, verdict: Verdict) -> str:
    ends = "".join(f"{verdict.ends[end] or '-':>10}" for end in ENDS)
    resume = "".join(
        f"{'-' if value is None else f'{value:.1f}':>{width}}"
        for value, width in ((quantile(verdict, 0.5), 11), (quantile(verdict, 0.99), 7))
    )
    judged = f"{len(verdict.breaches)} breaches" if verdict.breaches else "kept"
    return (
        f"{name:<22}{verdict.kills:>6}{ends}{verdict.lost:>6}{verdict.doubled:>8}{verdict.double_ids:>8}"
        f"{verdict.duplicates:>13}{verdict.rework_s:>9.1f}{resume}  {judged}"
    )
