"""Many schedules, one after the other, and what came of them in figures."""

import gc
from collections import Counter
from dataclasses import dataclass, field

from sim.schedule import Outcome, run

RARELY = 50_000
"""A schedule is a small heap of cycles: collecting them more rarely saves a tenth of the time."""
MOST_SHOWN = 20


@dataclass
class Tally:
    """Figures of schedules; `breaches` names the first of them by seed."""

    schedules: int = 0
    steps: int = 0
    jobs: int = 0
    doubled_events: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    recoveries_s: Counter[int] = field(default_factory=Counter)
    """How often a job whose worker died ran again after so many seconds."""
    delays_s: Counter[int] = field(default_factory=Counter)
    """How often a job had ended so many seconds after the healing."""
    rules: Counter[str] = field(default_factory=Counter)
    breaches: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        self.schedules += 1
        self.steps += outcome.steps
        self.jobs += outcome.ends.total()
        self.doubled_events += outcome.doubled_events
        self.faults += outcome.faults
        self.ends += outcome.ends
        self.recoveries_s.update(round(seconds) for seconds in outcome.recoveries_s)
        self.delays_s.update(round(seconds) for seconds in outcome.delays_s)
        if outcome.rule:
            self.rules[outcome.rule] += 1
            self.breaches.append((outcome.seed, outcome.rule, outcome.seen))

    def join(self, other: "Tally") -> None:
        for name in ("schedules", "steps", "jobs", "doubled_events"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("faults", "ends", "recoveries_s", "delays_s", "rules"):
            getattr(self, name).update(getattr(other, name))
        self.breaches += other.breaches

    def show(self) -> str:
        """A table for a person."""
        lines = [f"{self.schedules:,} schedules, {self.jobs:,} jobs, {self.steps:,} steps"]
        for title, counts in (("faults", self.faults), ("ends", self.ends), ("violations", self.rules)):
            lines.append(f"{title}: {counts.total():,}")
            lines += [f"  {name:<28}{count:>14,}" for name, count in counts.most_common()]
        lines.append(f"events told more than once: {self.doubled_events:,}")
        lines.append(f"worker died -> job runs again, other faults about: {_spread(self.recoveries_s)}")
        lines.append(f"healed -> job ended: {_spread(self.delays_s)}")
        for seed, rule, seen in sorted(self.breaches)[:MOST_SHOWN]:
            lines.append(f"VIOLATION {rule}: {seen}\n  PYTHONPATH=tests python -m sim --replay {seed}")
        return "\n".join(lines)


def _spread(counts: Counter[int]) -> str:
    """The median, the 99th percentile and the most."""
    seconds = sorted(counts.elements())
    return (
        "never"
        if not seconds
        else f"p50 {seconds[len(seconds) // 2]} s, p99 {seconds[len(seconds) * 99 // 100]} s, most {seconds[-1]} s"
    )


def tally(seeds: range, stops_at_breach: bool = False) -> Tally:
    """Run the schedules of `seeds`."""
    before = gc.get_threshold()
    gc.set_threshold(RARELY)
    try:
        found = Tally()
        for seed in seeds:
            found.add(run(seed))
            if stops_at_breach and found.breaches:
                break
    finally:
        gc.set_threshold(*before)
    return found
