"""`make browser`, `make pictures`, `measure`: what the tests of the page need, what the README shows, what it costs."""

import argparse
import sys

from console.measuring import measure
from console.pictures import take
from console.stage.browser import provide

NO_BROWSER = 69
"""EX_UNAVAILABLE of sysexits.h."""


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m console", description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("what", choices=("browser", "measure", "pictures"))
    what = asked.parse_args().what
    path = provide()
    if what == "browser":
        # The tests themselves say what becomes of them without one.
        return 0
    if path is None:
        return NO_BROWSER
    return take(path) if what == "pictures" else measure(path)


if __name__ == "__main__":
    sys.exit(main())
