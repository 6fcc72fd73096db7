"""`make fuzz`: requests to the API, mutants of recordings to the decoder, atheris on every reader; a table of each.

Every part takes minutes as it is. ARGS makes one long: `--only audio --files 1000000`, `--only atheris --seconds 3600`,
or short. A seed makes the same requests and mutants again; what is found lies in tests/fuzz/findings afterwards, where
every test run tries it. Exit code 1 after any finding.
"""

import argparse
import os
import sys
from collections.abc import Callable
from importlib.util import find_spec

from fuzz.audio.running import Plan, cores, mutate
from fuzz.guided.harnesses import NAMES
from fuzz.guided.running import Hunt, guide
from fuzz.requesting import Demand, ask

PARTS = ("requests", "audio", "atheris")


def main() -> int:
    options = _options()
    runs: dict[str, Callable[[], bool]] = {
        "requests": lambda: ask(Demand(options.requests, options.seed, options.examples, options.side_by_side or 2)),
        "audio": lambda: mutate(Plan(options.files, options.seed, options.side_by_side or cores(), options.alone)),
        "atheris": lambda: _guided(options),
    }
    clean = {part: runs[part]() for part in options.only}
    print("\n" + ", ".join(f"{part}: {'nothing found' if is_clean else 'FOUND'}" for part, is_clean in clean.items()))
    return 0 if all(clean.values()) else 1


def _options() -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="make fuzz", description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("--only", type=_parts, default=PARTS, help=f"of {','.join(PARTS)} only these")
    asked.add_argument("--requests", type=int, default=50_000, help="send at least so many")
    asked.add_argument("--examples", type=int, default=200, help="cases an operation, phase and round of requests")
    asked.add_argument("--files", type=int, default=20_000, help="mutants of recordings")
    asked.add_argument(
        "--alone", type=int, default=10, help="of the mutants each so-manieth in a process of its own too"
    )
    asked.add_argument("--seconds", type=int, default=30, help="atheris on each reader")
    asked.add_argument("--readers", nargs="+", default=NAMES, choices=NAMES, help="atheris on these only")
    asked.add_argument("--seed", type=int, default=1, help="of the first round, the mutants and atheris")
    asked.add_argument("--side-by-side", type=int, help="rounds, processes, readers at a time; a core each if not told")
    return asked.parse_args()


def _parts(told: str) -> list[str]:
    """The parts that are named, in their order."""
    parts = told.split(",")
    if unknown := set(parts) - set(PARTS):
        raise argparse.ArgumentTypeError(f"no such part: {', '.join(sorted(unknown))}")
    return [part for part in PARTS if part in parts]


def _guided(options: argparse.Namespace) -> bool:
    if find_spec("atheris") is None:
        print("\natheris: there is none for this system and this Python (Linux, 3.11 to 3.13): not run")
        return "CI" not in os.environ  # noqa: TID251 - this is a composition root
    return guide(Hunt(options.seconds, options.seed, options.side_by_side or cores(), options.readers))


if __name__ == "__main__":
    sys.exit(main())
