"""One harness under atheris, as a process of its own: `python -m fuzz.guided.hunting NAME [libFuzzer's options]`."""

import sys

import atheris
from fuzz.guided.harnesses import INSTRUMENTED, NAMES, harness


def main() -> None:
    name, *options = sys.argv[1:]
    assert name in NAMES
    atheris.enabled_hooks.add("str")
    with atheris.instrument_imports(include=list(INSTRUMENTED)):
        found = harness(name)
    atheris.Setup([name, *options, f"-max_len={found.MOST_BYTES}"], found.take)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
