#!/usr/bin/env python3
"""Is one environment still as its state says? One open issue says that it is not; it is closed when it is again."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import release
import terraform
from cloud import main, run, tell

REFRESH = ("-refresh-only", "-lock=false")
LABEL = "drift"
MOVING = {
    "aws_appautoscaling_target": {"max_capacity", "min_capacity"},
    "aws_autoscaling_group": {"desired_capacity"},
    "aws_ecs_service": {"desired_count"},
}
"""What scaling and its schedule move all day: Terraform leaves it alone, and so does the issue."""


def asked() -> None:
    """Do what the command line asks for."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("env")
    looked(words.parse_args().env)


def looked(env: str) -> None:
    """Look, and open, leave or close the issue."""
    now = release.current(env)
    if not now:
        tell(f"{env} was never deployed")
        return
    terraform.init(env)
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "tfplan"
        terraform.plan(env, now, out, options=REFRESH)
        found = strayed(terraform.drifted(out))
    title = f"{env} is not as Terraform left it"
    known = _open(title)
    if found and not known:
        _gh("issue", "create", "--title", title, "--label", LABEL, "--body", _body(found))
    for number in [] if found else known:
        _gh("issue", "close", str(number), "--comment", "As it should be again.")
    tell(f"{env}: {'; '.join(found) or 'as it should be'}")


def strayed(drifted: list[terraform.Drift]) -> list[str]:
    """Resources and the attributes that somebody changed, a line each; no values, for they may be secret."""
    lines = []
    for drift in drifted:
        names = drift.attributes - MOVING.get(drift.kind, set())
        if drift.is_gone or names:
            lines.append(f"{drift.address}: {'gone' if drift.is_gone else ', '.join(sorted(names))}")
    return lines


def _open(title: str) -> list[int]:
    told = _gh("issue", "list", "--state", "open", "--label", LABEL, "--json", "number,title", "--limit", "100")
    return [issue["number"] for issue in json.loads(told) if issue["title"] == title]


def _body(lines: list[str]) -> str:
    asks = "Somebody or something changed it by hand. Bring it into the code, or apply the code again."
    return "\n".join([asks, "", *(f"- `{line}`" for line in lines)])


def _gh(*words: str) -> str:
    return run("gh", *words).stdout


if __name__ == "__main__":
    sys.exit(main(asked))
