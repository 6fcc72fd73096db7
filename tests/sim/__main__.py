"""`python -m sim`: the job protocol in a simulated world where everything goes wrong, schedule after schedule.

Each schedule is decided by its seed alone: processes that die, calls and answers that are lost, pauses beyond the
lease, wrong clocks, doubled, late and purged messages, callers who cancel, retry and erase at the worst moment. Then
the world heals, and every promise is looked up.
"""

import argparse
import json
import os
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor, wait
from typing import NoReturn

import pydantic  # noqa: F401 - whatever is imported before a mutant is born need not be imported by each
import ulid  # noqa: F401
from sim.mutants import everyone
from sim.mutating import become, hunt

SLICE = 250
EVERY_S = 2.0
MUTANT_SCHEDULES = 2_000


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m sim", description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("--schedules", type=int, default=20_000, help="how many")
    asked.add_argument("--seed", type=int, default=1, help="of the first; the others count on from it")
    asked.add_argument("--jobs", type=int, default=2, help="processes")
    asked.add_argument("--replay", type=int, metavar="SEED", help="show one schedule, intent by intent")
    asked.add_argument("--mutants", action="store_true", help="show that each mutant is caught")
    asked.add_argument("--mutant", metavar="NAMES", help="run as this mutant (NAME or NAME+NAME), until it is caught")
    options = asked.parse_args()
    if options.mutants:
        return show_mutants(options.seed)
    if options.mutant is not None and options.replay is None:
        return be_mutants(options)
    if options.replay is not None:
        return replay(options.replay, options.mutant)
    return run_many(options)


def run_many(options: argparse.Namespace) -> int:
    """Run all schedules, say every two seconds how far it is, and show the figures."""
    from sim.tally import Tally, tally  # noqa: PLC0415 - a mutant must be born before anything of it is imported

    total, began, said_at_s = Tally(), time.monotonic(), 0.0
    end = options.seed + options.schedules
    slices = [range(first, min(first + SLICE, end)) for first in range(options.seed, end, SLICE)]
    with ProcessPoolExecutor(options.jobs) as pool:
        waiting = {pool.submit(tally, seeds) for seeds in slices}
        while waiting:
            done, waiting = wait(waiting, EVERY_S)
            for one in done:
                total.join(one.result())
            passed_s = time.monotonic() - began
            if passed_s >= said_at_s + EVERY_S:
                said_at_s = passed_s
                rate = f"{total.schedules:,} of {options.schedules:,} schedules, {total.schedules / passed_s:.0f}/s"
                print(f"{passed_s:6.0f} s  {rate}, {len(total.breaches)} violations", flush=True)
    print(total.show())
    return 1 if total.breaches else 0


def replay(seed: int, mutant: str | None) -> int:
    """Show what happened, line by line."""
    if mutant is not None:
        become(tuple(mutant.split("+")))
    from sim.plan import plan_of  # noqa: PLC0415 - perhaps as a mutant
    from sim.schedule import Schedule  # noqa: PLC0415
    from sim.trace import Trace  # noqa: PLC0415

    trace = Trace()
    outcome = Schedule(plan_of(seed), trace).run()
    print(plan_of(seed), *trace.lines, sep="\n")
    print(f"VIOLATION {outcome.rule}: {outcome.seen}" if outcome.rule else "every promise held")
    return 1 if outcome.rule else 0


def be_mutants(options: argparse.Namespace) -> int:
    """Be one mutant after the other, each in a process of its own, until it is caught; a line of JSON for each."""
    failed = 0
    for named in options.mutant.split(","):
        child = os.fork()
        if child == 0:
            be_mutant(named, range(options.seed, options.seed + options.schedules))
        failed += os.waitpid(child, 0)[1] != 0
    return 1 if failed else 0


def be_mutant(named: str, seeds: range) -> NoReturn:
    """Import the protocol mutated, and run it until a promise is broken; this process ends with it."""
    code = 1
    try:
        become(tuple(name for name in named.split("+") if name))
        from sim.tally import tally  # noqa: PLC0415 - imported as a mutant

        found = tally(seeds, stops_at_breach=True)
        _, rule, seen = (*found.breaches, (0, "", ""))[0]
        print(json.dumps({"schedules": found.schedules, "rule": rule, "seen": seen}), flush=True)
        code = 0
    except Exception:  # noqa: BLE001 - a fork must not go on as its parent
        traceback.print_exc()
    finally:
        os._exit(code)


def show_mutants(seed: int) -> int:
    """A line per mutant: after how many schedules it was caught, and by which promise."""
    missed = 0
    for names in everyone():
        caught = hunt([names], MUTANT_SCHEDULES, seed)[0]
        missed += caught.rule == ""
        told = f"after {caught.schedules:5,}  {caught.rule}: {caught.seen}" if caught.rule else "NOT CAUGHT"
        print(f"{'+'.join(names):<40} {told}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
