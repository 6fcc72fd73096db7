"""`make chaos`: processes of the service are killed at every step, frozen, starved and cut off; then all is counted.

One emulator, and many small waves on it: each has a table, a bucket, queues and a topic of its own. What was promised
is judged from rows, object versions, events and messages, and from what every process noted of itself before it died.
A seed gives the same deaths in the same order, as far as real processes allow.
"""

import argparse
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from chaos.checks.verdict import Verdict
from chaos.emulator import emulator
from chaos.faults.catalogue import FAULTS
from chaos.place import LEASE_S
from chaos.plan import Plan, Trouble, Wanted, planned
from chaos.points import Point
from chaos.report import table, write
from chaos.running import Outcome, carried_out


def main() -> int:
    asked = argparse.ArgumentParser(prog="make chaos", description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("--kills", type=int, default=20, help="deaths at each point")
    asked.add_argument("--seed", type=int, default=1, help="which deaths meet in one wave")
    asked.add_argument("--only", default="", help="points, faults, or names of either, by commas")
    asked.add_argument("--neighbours", type=int, default=5, help="jobs that a worker holds besides when it dies")
    asked.add_argument(
        "--lease", type=int, default=LEASE_S, help="seconds a claim stays a worker's without a heartbeat"
    )
    asked.add_argument("--patience", type=float, default=1.0, help="stretches the limits of time, for a busy machine")
    asked.add_argument("--at-once", type=int, default=2 * (os.cpu_count() or 1), help="waves at a time")
    asked.add_argument("--emulators", type=int, default=max(1, (os.cpu_count() or 1) // 2), help="emulators")
    asked.add_argument("--report", type=Path, default=Path("build/chaos.json"), help="where the JSON goes")
    options = asked.parse_args()
    began = time.monotonic()
    tasks = chosen(options)
    with ExitStack() as open_now:
        endpoints = [open_now.enter_context(emulator())[0] for _ in range(options.emulators)]
        verdicts = counted(tasks, carried_out(tasks, endpoints, min(options.at_once, len(tasks))))
    took_s = time.monotonic() - began
    kills = sum(verdict.kills for verdict in verdicts.values())
    facts = {"kills": kills, "took_s": round(took_s, 1), "kills_per_s": round(kills / took_s, 2), "seed": options.seed}
    facts["lease_s"] = options.lease
    print("\n".join(("", *table(verdicts), "", json.dumps(facts))))
    write(options.report, verdicts, facts)
    return 1 if any(verdict.breaches for verdict in verdicts.values()) else 0


def chosen(options: argparse.Namespace) -> list[Plan | Trouble]:
    """What is to be carried out; faults first, since some take long."""
    groups = {"points": list(Point), "faults": list(FAULTS)}
    asked = options.only.split(",") if options.only else list(groups)
    named = {name for one in asked for name in groups.get(one, [one])}
    if unknown := named - set(Point) - set(FAULTS):
        sys.exit(f"no such point or fault: {', '.join(sorted(unknown))}. There are {', '.join((*Point, *FAULTS))}")
    points = [point for point in Point if point in named]
    faults = [Trouble(name, options.patience) for name in FAULTS if name in named]
    wanted = Wanted(options.kills, options.seed, options.neighbours, options.lease)
    return [*faults, *planned(wanted, points)]


def counted(tasks: list[Plan | Trouble], outcomes: Iterable[Outcome]) -> dict[str, Verdict]:
    """Add up what the waves came to, and say how far the run is."""
    verdicts: dict[str, Verdict] = defaultdict(Verdict)
    began = time.monotonic()
    for number, outcome in enumerate(outcomes, 1):
        _add(verdicts, outcome)
        kills = sum(verdict.kills for verdict in verdicts.values())
        breaches = sum(len(verdict.breaches) for verdict in verdicts.values())
        took_s = time.monotonic() - began
        what = ", ".join(outcome.verdicts)
        print(
            f"{took_s:6.0f} s  wave {number:,} of {len(tasks):,}  {kills:,} kills, {kills / took_s:.2f}/s, "
            f"{breaches} breaches  ({what} in {outcome.took_s:.0f} s)",
            flush=True,
        )
    return verdicts


def _add(verdicts: dict[str, Verdict], outcome: Outcome) -> None:
    for name, verdict in outcome.verdicts.items():
        verdicts[name].add(verdict)


if __name__ == "__main__":
    sys.exit(main())
