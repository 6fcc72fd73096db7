#!/usr/bin/env python3
"""Go back to a release that was proven: its functions and its worker's image, with the infrastructure as it is.

rollback.py ENV                   to what the canary last proved: after a deployment that failed
rollback.py ENV --to previous     to the release before that: the weekly drill, or a fault that shows late
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import release
import terraform
from cloud import Refused, main, output, summary, tell


def asked() -> None:
    """Do what the command line asks for."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("env")
    words.add_argument("--to", choices=["commit", "previous"], default="commit")
    given = words.parse_args()
    back(given.env, given.to)


def back(env: str, which: str) -> None:
    """Apply an earlier release.

    Raises:
        Refused: there is none; then only mending forward helps.
    """
    began = time.monotonic()
    commit = release.current(env).get(which)
    if not commit:
        raise Refused(f"{env} has no such release to go back to: it was never proven. Mend it forward.")
    terraform.init(env)
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "tfplan"
        terraform.plan(env, release.verified(commit), out)
        told = terraform.counted(terraform.changes(out))
        terraform.apply(out)
    line = f"{env}: back on {commit} in {time.monotonic() - began:.0f} s ({told})"
    output(commit=commit)
    summary(line)
    tell(line)


if __name__ == "__main__":
    sys.exit(main(asked))
