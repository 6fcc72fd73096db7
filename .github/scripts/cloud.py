"""What the scripts of the pipelines share: commands, the names that bootstrap made, and GitHub's two files."""  # noqa: INP001 - beside the scripts, no package

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"
Pause = Callable[[float], object]


class Refused(Exception):
    """A step of a pipeline cannot go on; its message is the last line that people read."""


def setting(name: str) -> str:
    """A variable of the environment that the workflow sets.

    Raises:
        Refused: it is missing.
    """
    value = os.environ.get(name, "")  # noqa: TID251 - set by the workflow, no setting of the service
    if not value:
        raise Refused(f"{name} is not set: see the deploy guide in infra/README.md.")
    return value


def state_bucket() -> str:
    """The bucket of states and saved plans."""
    return f"callscribe-state-{setting('AWS_ACCOUNT_ID')}"


def artifact_bucket() -> str:
    """The bucket of what was built."""
    return f"callscribe-artifacts-{setting('AWS_ACCOUNT_ID')}"


def run(*words: str, cwd: Path = ROOT, fine: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
    """Run a command; what it says on standard error goes to the log as it comes.

    Raises:
        Refused: it ended with a code that is not in `fine`.
    """
    ended = subprocess.run(words, cwd=cwd, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 - our own words
    if ended.returncode not in fine:
        raise Refused(f"{' '.join(words[:3])} ended with {ended.returncode}. {ended.stdout[-2000:]}")
    return ended


def aws(*words: str) -> Any:
    """What the `aws` command answers, as JSON; None where it says nothing.

    Raises:
        Refused: the call failed.
    """
    said = run("aws", *words, "--output", "json").stdout
    return json.loads(said) if said.strip() else None


def found(bucket: str, key: str, into: Path) -> bool:
    """Fetch an object into a file; False where there is none.

    Raises:
        Refused: it cannot be fetched.
    """
    command = ["aws", "s3api", "get-object", "--bucket", bucket, "--key", key, str(into)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if ended.returncode and "NoSuchKey" not in ended.stderr:
        raise Refused(f"{key} cannot be fetched: {ended.stderr[-500:]}")
    return ended.returncode == 0


def tell(line: str) -> None:
    """A line of the log."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def output(**values: str) -> None:
    """Hand values on to later steps and jobs."""
    _add("GITHUB_OUTPUT", "".join(f"{name}={value}\n" for name, value in values.items()))


def summary(text: str) -> None:
    """Show text on the page of the run."""
    _add("GITHUB_STEP_SUMMARY", f"{text}\n")


def main(step: Callable[[], None]) -> int:
    """Run a script; a refusal is one line and exit code 1."""
    try:
        step()
    except Refused as refusal:
        tell(f"::error::{str(refusal).replace(chr(10), ' ')}")
        return 1
    return 0


def _add(variable: str, text: str) -> None:
    path = os.environ.get(variable)  # noqa: TID251 - as above
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
    else:
        tell(text.rstrip())
