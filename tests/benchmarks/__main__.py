"""`make bench`: ratios against others and against what is possible, each labelled with the engine that it holds for."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import plots, report
from benchmarks.goals import BUDGET_S, Figure
from benchmarks.gpu import bench as gpu
from benchmarks.rows import equality, fairness, front, production, starting, submitting, throughput
from benchmarks.setting import FULL, NORMAL, QUICK, Bench, Sizes
from benchmarks.sign import Sign
from benchmarks.stack import emulated
from rich.console import Console

FOLDER = Path(".local") / "bench"
RESULT = Path("bench.json")
LOG_WIDTH = 220
BROKEN = 1
BUSY = 75  # EX_TEMPFAIL of sysexits.h


@dataclass(frozen=True, slots=True)
class Row:
    """What measures some figures. `is_wall`: wall time counts, so a busy machine spoils it; `is_long`: in full only."""

    answers: frozenset[str]
    run: Callable[[Bench], Iterator[Figure]]
    is_wall: bool = True
    is_long: bool = False


def _row(answers: str, run: Callable[[Bench], Iterator[Figure]], *, is_wall: bool = True, is_long: bool = False) -> Row:
    return Row(frozenset(answers.split()), run, is_wall, is_long)


ROWS = (
    _row("P2", partial(front.speed, budget_s=BUDGET_S["P2"]), is_wall=False),
    _row("P1 P3 P4", partial(throughput.measure, mean_s=360, budget_s=BUDGET_S["P1 P3 P4 6-min"])),
    _row("P3 P4", partial(throughput.measure, mean_s=120, budget_s=BUDGET_S["P3 P4 2-min"])),
    _row("P4", partial(throughput.measure, mean_s=60, budget_s=BUDGET_S["P3 P4 2-min"]), is_long=True),
    _row("P1", partial(throughput.on_h100, budget_s=60.0), is_long=True),
    _row("P5", partial(front.packing, mean_s=360, budget_s=BUDGET_S["P5"] / 2), is_wall=False),
    _row("P5", partial(front.packing, mean_s=120, budget_s=BUDGET_S["P5"] / 2), is_wall=False),
    _row("P6", partial(equality.measure, budget_s=BUDGET_S["P6"]), is_wall=False),
    _row("P6", partial(production.measure, budget_s=300.0), is_wall=False, is_long=True),
    _row("P7", partial(fairness.on_cpu, budget_s=BUDGET_S["P7"])),
    _row("P7b", partial(fairness.on_modelled, budget_s=BUDGET_S["P7b"])),
    _row("P8 P9", partial(submitting.measure, budgets_s=(BUDGET_S["P8"], BUDGET_S["P9"]))),
    _row("P12", partial(starting.measure, budget_s=BUDGET_S["P12"])),
)


def main() -> int:
    """Run the rows that are asked for; 0, or 75 where the machine is too busy to measure anything."""
    asked = _asked()
    console = Console(width=None if sys.stdout.isatty() else LOG_WIDTH, highlight=False)
    if asked.gpu:
        return gpu.main(console, FOLDER)
    wanted = frozenset(asked.only.split(",")) if asked.only else None
    rows = [row for row in ROWS if (asked.full or not row.is_long) and (wanted is None or row.answers & wanted)]
    load, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    is_noisy = load > cores / 2
    if is_noisy and not asked.force and any(row.is_wall for row in rows):
        console.print(
            f"The load average is {load:.2f} on {cores} cores: throughput would be noise. Wait, or say --force."
        )
        return BUSY
    sizes = QUICK if asked.quick else FULL if asked.full else NORMAL
    figures = _measured(console, sizes, rows)
    facts = report.circumstances(is_noisy=is_noisy, load=load, is_quick=asked.quick)
    _finish(console, figures, facts)
    asked_for = {name for row in rows for name in row.answers}
    return 0 if {figure.id.split("-")[0] for figure in figures} >= asked_for else BROKEN


def _measured(console: Console, sizes: Sizes, rows: list[Row]) -> list[Figure]:
    sign = Sign(console)
    with ExitStack() as stay:
        with sign.row("audio and start", BUDGET_S["audio and start"]) as say:
            bench = Bench(FOLDER, sizes, sign, stay.enter_context(emulated(FOLDER)))
            for mean_s in sizes.hours:
                say(f"calls of {mean_s // 60} min")
                bench.mix(mean_s)
        figures: list[Figure] = []
        for row in rows:
            figures += _taken(console, row, bench)
        return figures


def _taken(console: Console, row: Row, bench: Bench) -> Iterator[Figure]:
    """Run a row; one that breaks costs its own figures alone, and the exit code."""
    try:
        yield from row.run(bench)
    except Exception:  # noqa: BLE001 - printed whole; a quarter of an hour of the other rows is kept
        console.print_exception()


def _finish(console: Console, figures: list[Figure], facts: dict[str, object]) -> None:
    console.print(report.table(figures))
    target = FOLDER / "quick.json" if facts["quick"] else RESULT
    earlier = json.loads(target.read_text("utf-8")) if target.is_file() else {}
    kept = earlier if report.is_alike(earlier, facts) else {}
    report.write(target, kept | report.document(figures, facts))
    for path in (target, *plots.draw(figures, FOLDER)):
        console.print(f"wrote {path}")
    if facts["noisy"]:
        console.print("noisy: the machine was busy before the start; do not quote these figures", style="bold red")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", default="", help="rows to run, as P2,P5; the others stay in bench.json as they are")
    parser.add_argument("--force", action="store_true", help="measure on a busy machine; the result is marked noisy")
    parser.add_argument(
        "--quick", action="store_true", help="tiny sizes: shows that the code runs, writes no bench.json"
    )
    parser.add_argument("--full", action="store_true", help="the long rows too")
    parser.add_argument("--gpu", action="store_true", help="the rows that need a GPU, instead of the others")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
