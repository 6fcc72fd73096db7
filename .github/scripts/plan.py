#!/usr/bin/env python3
"""Plan one environment.

With --save the plan goes into the state bucket, for a day, and only its name and hash are handed on: a plan may hold
secrets, and an artifact of a workflow can be read by whoever sees the repository. Without it nothing is kept, nothing
is locked and nothing of the environment is looked at but its state: what a pull request may do.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import release
import terraform
from cloud import Refused, aws, main, output, setting, state_bucket, summary, tell

MOST_CHARACTERS = 60_000
"""What GitHub takes as a comment, less our own words."""


def asked() -> None:
    """Do what the command line asks for."""
    words = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    words.add_argument("env")
    words.add_argument("--save", metavar="COMMIT", help="plan this release, and keep the plan")
    words.add_argument("--comment", type=Path, help="write what would change to this file, with what runs now")
    given = words.parse_args()
    terraform.init(given.env)
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "tfplan"
        if given.save:
            saved(given.env, given.save, out)
        else:
            previewed(given.env, out, given.comment)


def saved(env: str, commit: str, out: Path) -> None:
    """Plan a verified release, a tenth of the calls at first, and keep the plan."""
    planned = release.verified(commit)
    before = release.current(env)
    is_new = bool(before) and before["functions"] != planned["functions"]
    terraform.plan(env, planned, out, share=terraform.NEW_SHARE if is_new else 1.0)
    key = f"plans/{env}/{commit}-{setting('GITHUB_RUN_ID')}-{setting('GITHUB_RUN_ATTEMPT')}.tfplan"
    aws("s3api", "put-object", "--bucket", state_bucket(), "--key", key, "--body", str(out))
    told = terraform.counted(terraform.changes(out))
    output(plan_key=key, plan_sha256=terraform.sha256_of(out), staged="true" if is_new else "false")
    summary(_text(env, told, terraform.shown(out)))
    tell(f"{env}: {told}")


def previewed(env: str, out: Path, comment: Path | None) -> None:
    """Plan what runs now with the code of this branch."""
    before = release.current(env)
    if not before:
        raise Refused(f"{env} was never deployed, so there is nothing to compare with.")
    running = {"functions": before["functions"], "worker_image": before["worker_image"]}
    terraform.plan(env, running, out, options=("-refresh=false", "-lock=false"))
    told = terraform.counted(terraform.changes(out))
    text = _text(env, told, terraform.shown(out))
    summary(text)
    if comment:
        comment.write_text(text, "utf-8")
    tell(f"{env}: {told}")


def _text(env: str, told: str, plan: str) -> str:
    cut = "\n… cut: the whole is on the page of the run" if len(plan) > MOST_CHARACTERS else ""
    body = plan.replace("```", "'''")[:MOST_CHARACTERS]
    return f"**{env}**: {told}\n\n<details><summary>plan</summary>\n\n```\n{body}{cut}\n```\n</details>\n"


if __name__ == "__main__":
    sys.exit(main(asked))
