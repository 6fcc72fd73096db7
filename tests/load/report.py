"""What a load run came to: every promise with its figure, and a picture of memory and of waits."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from load.memory import Sample, slope_mb_per_1000
from matplotlib.figure import Figure as Drawing

MOST_MB_PER_1000 = 1.0
MOST_ADDED_WAIT_S = 60.0
WARM = 0.1
"""So large a share of the jobs warms the processes up."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds from `queued` to the claim of live calls, while thousands wait in the batch lane, and when it was empty."""

    busy_s: Sequence[float]
    idle_s: Sequence[float]

    @property
    def added_s(self) -> float:
        """What the batch lane added: the difference of both 95th percentiles."""
        return p95(self.busy_s) - p95(self.idle_s)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A load run, judged."""

    jobs: int
    took_s: float
    wrong: Sequence[str]
    samples: Sequence[Sample]
    waits: Waits
    refused: int
    ended_at_last_submit: int
    """Jobs that had ended when the last of the night was submitted."""

    def slope(self, process: str) -> float:
        """Megabytes a thousand jobs.

        An API process counts what waits, so its memory follows the length of the queue while that grows: what it leaks
        is seen when the queue shrinks.
        """
        after = {"worker": int(self.jobs * WARM), "api": self.ended_at_last_submit}[process]
        return slope_mb_per_1000(self.samples, process, after)

    @property
    def is_well(self) -> bool:
        """Whether every promise was kept."""
        slopes_hold = all(self.slope(name) <= MOST_MB_PER_1000 for name in ("worker", "api"))
        return not self.wrong and slopes_hold and self.waits.added_s <= MOST_ADDED_WAIT_S

    def lines(self) -> list[str]:
        """The report."""
        said = [
            f"{self.jobs:,} jobs in {self.took_s:.0f} s, {self.jobs / self.took_s:.1f} a second",
            f"submissions that were refused and asked again: {self.refused}",
            f"lost, doubled or wrong: {len(self.wrong)}",
            *(f"  {one}" for one in self.wrong[:20]),
        ]
        said += [
            f"memory of the {name}: {self.slope(name):+.2f} MB a thousand jobs (at most {MOST_MB_PER_1000})"
            for name in ("worker", "api")
        ]
        waits = self.waits
        said.append(
            f"wait of live calls, p95: {p95(waits.idle_s):.2f} s with an empty batch lane ({len(waits.idle_s)} calls), "
            f"{p95(waits.busy_s):.2f} s with a full one ({len(waits.busy_s)}): {waits.added_s:+.2f} s "
            f"(at most {MOST_ADDED_WAIT_S:.0f})"
        )
        return said


def p95(values: Sequence[float]) -> float:
    """The 95th percentile; the greatest of fewer than twenty."""
    return quantiles(values, n=20)[-1] if len(values) >= 20 else max(values, default=0.0)


def waits_of(rows: Mapping[str, Mapping[str, Any]], live: Sequence[str]) -> list[float]:
    """Seconds that each of the `live` jobs waited for its first claim."""
    return [float(rows[one]["started_at"]) - float(rows[one]["queued_at"]) for one in live if one in rows]


def write(outcome: Outcome, folder: Path) -> list[Path]:
    """Keep the figures and draw the picture."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = {
        "jobs": outcome.jobs,
        "took_s": outcome.took_s,
        "asked_again": outcome.refused,
        "wrong": list(outcome.wrong),
        "slopes_mb_per_1000": {name: outcome.slope(name) for name in ("worker", "api")},
        "wait_p95_s": {"idle": p95(outcome.waits.idle_s), "busy": p95(outcome.waits.busy_s)},
        "samples": [asdict(one) for one in outcome.samples],
    }
    told = folder / "load.json"
    told.write_text(json.dumps(figures, indent=1))
    drawing = Drawing(figsize=(9, 6), layout="constrained")
    memory, progress = drawing.subplots(2, 1)
    for name in ("worker", "api", "emulator"):
        memory.plot(
            [one.ended for one in outcome.samples], [one.resident_mb[name] for one in outcome.samples], label=name
        )
    memory.set(xlabel="jobs that have ended", ylabel="resident memory, MB", ylim=(0, None), title="memory")
    memory.legend()
    progress.plot([one.at_s for one in outcome.samples], [one.ended for one in outcome.samples])
    progress.set(xlabel="seconds", ylabel="jobs that have ended", title="throughput, submitting included")
    picture = folder / "load.svg"
    drawing.savefig(picture)
    drawing.savefig(picture.with_suffix(".png"), dpi=110)
    return [told, picture]
