"""Terraform as the pipelines call it: one environment, one release, a plan that is saved, a plan that is applied."""  # noqa: INP001 - beside the scripts, no package

import hashlib
import json
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cloud import INFRA, Refused, aws, run, setting, state_bucket, tell

NEW_SHARE = 0.1
"""Calls that go to new functions at first."""
STALE = "Saved plan is stale"


def init(env: str) -> None:
    """Open the state of an environment."""
    backend = [
        f"-backend-config=environments/{env}.s3.tfbackend",
        f"-backend-config=bucket={state_bucket()}",
        f"-backend-config=region={setting('AWS_REGION')}",
    ]
    _terraform("init", "-reconfigure", "-input=false", "-lockfile=readonly", *backend)


def plan(env: str, release: dict[str, Any], out: Path, *, share: float = 1.0, options: tuple[str, ...] = ()) -> int:
    """Plan an environment with a release; 2 where something would change, else 0.

    Args:
        env: its tfvars stand in infra/environments.
        release: what `release.verified` gave.
        out: where the plan is written.
        share: of calls that new functions get; the rest goes to the versions that run now.
        options: more words for Terraform.
    """
    functions = dict(release["functions"])
    stable = running_versions(env) if share < 1 else {}
    if stable:
        functions |= {"new_share": share, "stable_versions": stable}
    given = {"functions": functions, "worker_image": release["worker_image"]}
    words = [word for name, value in given.items() for word in ("-var", f"{name}={json.dumps(value)}")]
    files = ["-input=false", "-detailed-exitcode", f"-var-file=environments/{env}.tfvars", f"-out={out}"]
    return _terraform("plan", *files, *words, *options, fine=(0, 2))


class Stale(Refused):
    """Terraform refuses a plan, for the state has changed since; nothing was touched."""


def apply(plan_file: Path) -> None:
    """Apply a saved plan.

    Raises:
        Stale: the state has changed since it was made.
        Refused: it was applied in part.
    """
    command = ["terraform", f"-chdir={INFRA}", "apply", "-input=false", "-no-color", str(plan_file)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)  # noqa: S603 - our own words
    tell(ended.stdout)
    if ended.returncode and STALE in ended.stdout:
        raise Stale("The plan is older than the state: run the workflow again for a fresh one.")
    if ended.returncode:
        raise Refused("Terraform could not apply all of the plan.")


def shown(plan_file: Path) -> str:
    """A plan as people read it."""
    return run("terraform", f"-chdir={INFRA}", "show", "-no-color", str(plan_file)).stdout


@dataclass(frozen=True, slots=True)
class Drift:
    """A resource that is not as the state says: which attributes differ, or that it is gone."""

    address: str
    kind: str
    attributes: frozenset[str]
    is_gone: bool


def drifted(plan_file: Path) -> list[Drift]:
    """What a plan found changed."""
    found = []
    for told in _told(plan_file).get("resource_drift", []):
        before, after = told["change"]["before"] or {}, told["change"]["after"]
        names = frozenset(name for name in before if before[name] != (after or {}).get(name))
        found.append(Drift(told["address"], told["type"], names, after is None))
    return found


def changes(plan_file: Path) -> dict[str, tuple[str, ...]]:
    """What a plan would do to each resource that it touches, by address."""
    told = _told(plan_file).get("resource_changes", [])
    found = {change["address"]: tuple(change["change"]["actions"]) for change in told}
    return {address: actions for address, actions in found.items() if actions not in {("no-op",), ("read",)}}


def counted(done: dict[str, tuple[str, ...]]) -> str:
    """The changes of a plan in a line."""
    words: dict[tuple[str, ...], str] = {("create",): "made", ("update",): "changed", ("delete",): "removed"}
    counts = Counter(words.get(actions, "replaced") for actions in done.values())
    return ", ".join(f"{number} {word}" for word, number in sorted(counts.items())) or "nothing changes"


def running_versions(env: str) -> dict[str, str]:
    """The version behind the alias of each function; empty where there is none yet."""
    prefix = f"callscribe-{env}-"
    listed = aws("lambda", "list-functions")["Functions"]
    names = [function["FunctionName"] for function in listed if function["FunctionName"].startswith(prefix)]
    return {
        name.removeprefix(prefix): aws("lambda", "get-alias", "--function-name", name, "--name", "live")[
            "FunctionVersion"
        ]
        for name in names
    }


def sha256_of(path: Path) -> str:
    """What a saved plan is known by."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _told(plan_file: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run("terraform", f"-chdir={INFRA}", "show", "-json", str(plan_file)).stdout)
    return told


def _terraform(*words: str, fine: tuple[int, ...] = (0,)) -> int:
    return run("terraform", f"-chdir={INFRA}", *words, fine=fine).returncode
