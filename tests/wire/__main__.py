"""`make requests`: every request of the corpus against a server of its own, as a table; exit 1 on a miss.

At the end what takes its time: slowloris (114), a flood of bodies, and how long answers about another tenant's take.
"""

import argparse
import sys
import time

from wire.cases import got
from wire.flood import flooded
from wire.patience import slowloris
from wire.running import CASES, rows
from wire.stage import Stage, staged
from wire.timing import compared


def main() -> int:
    asked = argparse.ArgumentParser(prog="make requests", description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("--quick", action="store_true", help="without the slow ones at the end")
    options = asked.parse_args()
    began = time.monotonic()
    with staged() as (stage, logs):
        missed = table(stage)
        if not options.quick:
            missed += [*slowloris(stage.port), *flooded(stage), *compared(stage)]
        log = (logs / "api.log").read_text("utf-8")
    if "Traceback" in log:
        missed.append("the log of the API holds a traceback")
    print(f"\n{len(CASES)} requests in {time.monotonic() - began:.0f} s, {len(missed)} misses")
    for miss in missed:
        print(f"MISS {miss}")
    return 1 if missed else 0


def table(stage: Stage) -> list[str]:
    """Print a line a request; what was not as it should be."""
    missed = []
    print(f"{'no.':<8}{'request':<70}{'expected':<30}{'got':<30}{'ms':>6}")
    for row in rows(stage):
        case, told = row.case, row.told
        sign = "" if not row.misses else "  MISS"
        print(
            f"{case.number:<8}{case.what:<70}{case.expected:<30}{got(told):<30}{told.elapsed_ms:>6.0f}{sign}",
            flush=True,
        )
        missed += [f"{case.number} {case.what}: {miss}" for miss in row.misses]
    return missed


if __name__ == "__main__":
    sys.exit(main())
