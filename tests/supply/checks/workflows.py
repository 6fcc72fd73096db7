"""What a workflow may do: actions by commit, no rights it did not ask for, nothing of a stranger inside a command."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ACTION = re.compile(r"[\w.-]+/[\w.-]+(?:/[\w./-]+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+")
"""By the full commit; the release stands beside it for the reader and for dependabot."""
RUNNER = re.compile(r"[a-z]+-\d+(\.\d+)?(-[a-z]+)?")
MOST_MINUTES = 120


def faults(text: str, targets: set[str]) -> list[str]:
    """Everything in a workflow that breaks these rules, or calls a make target that is not in `targets`."""
    flow = yaml.safe_load(text)
    jobs = flow["jobs"]
    found = [f"an action not by its commit and release: {used}" for used in _used(text) if not ACTION.fullmatch(used)]
    found += [f"no such make target: {target}" for target in _made(text, jobs) if target not in targets]
    found += _whole(flow)
    found += [f"{name}: {fault}" for name, job in jobs.items() for fault in (*_job(job), *_steps(job))]
    return found


def make_targets(makefile: Path) -> set[str]:
    """The targets that a Makefile explains."""
    return set(re.findall(r"^([a-z-]+):.*## ", makefile.read_text("utf-8"), flags=re.MULTILINE))


def _used(text: str) -> list[str]:
    return [line.strip() for line in re.findall(r"^\s*(?:- )?uses:(.*)$", text, flags=re.MULTILINE)]


def _made(text: str, jobs: dict[str, Any]) -> list[str]:
    by_matrix = [job["strategy"]["matrix"].get("target", []) for job in jobs.values() if "strategy" in job]
    return re.findall(r"\bmake ([a-z-]+)", re.sub(r"#.*", "", text)) + [one for some in by_matrix for one in some]


def _whole(flow: dict[Any, Any]) -> Iterator[str]:
    if flow.get("permissions") != {}:
        yield "`permissions: {}` is missing at the top"
    if "concurrency" not in flow:
        yield "no concurrency group"
    if "pull_request_target" in (flow.get(True) or flow["on"]):  # YAML 1.1 reads the key `on` as true
        yield "pull_request_target runs a stranger's code with our rights"


def _job(job: dict[str, Any]) -> Iterator[str]:
    if "permissions" not in job or "write-all" in str(job.get("permissions")):
        yield "asks for no rights of its own, or for all"
    if not 0 < job.get("timeout-minutes", 0) <= MOST_MINUTES:
        yield "no timeout"
    if not RUNNER.fullmatch(job["runs-on"]):
        yield f"the runner {job['runs-on']} may become another one"


def _steps(job: dict[str, Any]) -> Iterator[str]:
    for step in job["steps"]:
        given = step.get("with", {})
        if step.get("uses", "").startswith("actions/checkout@") and given.get("persist-credentials") is not False:
            yield "the token stays in the checkout"
        if "${{" in step.get("run", ""):
            yield f"an expression inside a command: {step['run']}"
