"""`python -m privacy`: does anything that callers and calls say run out anywhere, and does anything erased come back?

First a walk past every outlet in one process, then one through real processes with their own logs; every outlet is
searched for every canary in every form. Then calls are erased while everybody works on them, as often as it is told.
"""

import argparse
import sys
import time

from privacy.report import table
from privacy.returning import Erasing
from privacy.served import serve
from privacy.walk.walking import walk
from races.progress import Progress


def main() -> int:
    asked = argparse.ArgumentParser(prog="privacy", description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("--races", type=int, default=1_000, help="erasures to race against workers")
    asked.add_argument("--seed", type=int, default=0, help="of the first race")
    asked.add_argument("--in-process", action="store_true", help="without real processes: seconds, not minutes")
    options = asked.parse_args()
    began = time.monotonic()
    place = walk()
    if not options.in_process:
        serve(place.sinks, place.canaries, Progress())
    for line in table(place.sinks, place.canaries):
        print(line)
    leaks = place.sinks.leaks(place.canaries)
    for leak in leaks:
        print(f"leak: {leak.kind} in {leak.sink}, as {leak.form[:60]}")
    back = _race(options.seed, options.races)
    print(
        f"{len(leaks)} leaks; {options.races} erasures raced, {len(back)} came back, {time.monotonic() - began:.0f} s"
    )
    return 1 if leaks or back else 0


def _race(seed: int, races: int) -> list[int]:
    """The seeds of what came back."""
    back = []
    for number in range(seed, seed + races):
        one = Erasing(number).run()
        if one.swept or (one.left and not one.has_died):
            print(f"seed {number}: {one.left} {one.swept}")
            back.append(number)
        if number % 500 == 499:
            print(f"{number + 1 - seed} of {races} races", flush=True)
    return back


if __name__ == "__main__":
    sys.exit(main())
