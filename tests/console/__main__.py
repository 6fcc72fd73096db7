"""`make browser`, `make pictures`: what the tests of the page need, and what the README shows of it."""

import argparse
import sys

from console.pictures import take
from console.stage.browser import provide

NO_BROWSER = 69
"""EX_UNAVAILABLE of sysexits.h."""


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m console", description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("what", choices=("browser", "pictures"))
    what = asked.parse_args().what
    path = provide()
    if what == "browser":
        # The tests themselves say what becomes of them without one.
        return 0
    return take(path) if path else NO_BROWSER


if __name__ == "__main__":
    sys.exit(main())
