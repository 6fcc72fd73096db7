#!/usr/bin/env python3
"""Apply what was planned to one environment: that plan and no other, or the step that takes new functions to all calls.

apply.py ENV --plan KEY --sha256 HASH    fetch the saved plan, see that it is the one that was reviewed, apply it
apply.py ENV --settle COMMIT             new functions get all calls; refused if anything else would change
"""

import argparse
import sys
import tempfile
from pathlib import Path

import release
import terraform
from cloud import Refused, found, main, output, state_bucket, tell

ALIAS = "aws_lambda_alias.live["


def asked() -> None:
    """Do what the command line asks for."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("env")
    words.add_argument("--plan", metavar="KEY")
    words.add_argument("--sha256", metavar="HASH")
    words.add_argument("--settle", metavar="COMMIT")
    given = words.parse_args()
    terraform.init(given.env)
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "tfplan"
        if given.settle:
            settle(given.env, given.settle, out)
        else:
            planned(given.plan, given.sha256, out)


def planned(key: str, sha256: str, out: Path) -> None:
    """Apply the plan that lies under `key`.

    Raises:
        Refused: it is gone, or another than the one that was reviewed.
    """
    if not found(state_bucket(), key, out):
        raise Refused(f"{key} is gone: a plan is kept for a day. Run the workflow again for a fresh one.")
    if terraform.sha256_of(out) != sha256:
        raise Refused(f"{key} is not the plan that was reviewed.")
    try:
        terraform.apply(out)
    except terraform.Stale:
        raise
    except Refused:
        output(touched="true")
        raise
    output(touched="true")
    tell(f"applied {key}")


def settle(env: str, commit: str, out: Path) -> None:
    """Give the functions of a release all calls.

    Raises:
        Refused: the plan would do more than move aliases, so somebody has to look at it first.
    """
    terraform.plan(env, release.verified(commit), out)
    done = terraform.changes(out)
    others = [address for address, actions in done.items() if not address.startswith(ALIAS) or actions != ("update",)]
    if others:
        raise Refused(f"Settling would change more than aliases: {', '.join(others[:5])}.")
    terraform.apply(out)
    tell(f"{env}: all calls go to {commit} ({len(done)} aliases moved)")


if __name__ == "__main__":
    sys.exit(main(asked))
