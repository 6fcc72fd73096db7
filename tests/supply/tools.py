"""The outside tools, each in its own words, and each first shown a fault: one that does not see it counts for nothing.

All of them run offline from `.venv-supply`. What they read besides the tree is a scratch folder with planted faults.
"""

import json
import random
import re
import string
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = ROOT / ".venv-supply" / "bin"
PATIENCE_S = 300
REASON = re.compile(r"# noqa: [A-Z0-9, ]*\bS(?P<number>\d+)\b[A-Z0-9, ]*[ -]+\w+ \w+")
"""What was explained to ruff, whose S rules carry bandit's numbers, is explained to bandit."""
EXPLAINED = {
    ("B105", "api/contract/describing/shown.py", '"previous_secret_until": "2026-01-16T10:00:00.000Z"'): "a moment",
    ("B405", "shared/emulator/learning.py", "ElementTree"): "answers of an emulator on loopback",
    ("B405", "shared/emulator/shims/rights.py", "ElementTree"): "requests to an emulator on loopback",
}
Tool = Callable[[Path], list[str]]
"""Reads the tree and a scratch folder, and names what it found with the place."""


class BlindTool(Exception):
    """A tool did not see the fault that was planted for it."""


def run(command: list[str | Path], *, fine: tuple[int, ...] = (0,)) -> str:
    """What a tool printed.

    Raises:
        BlindTool: it ended with another code than those in `fine`: it did not look.
    """
    ended = subprocess.run(
        [str(word) for word in command], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )  # fmt: skip
    if ended.returncode not in fine:
        raise BlindTool(f"{Path(command[0]).name} ended with {ended.returncode}: {ended.stderr.strip()[-2000:]}")
    return ended.stdout


def bandit(scratch: Path) -> list[str]:
    """Calls in the three packages that open a door, each with ruff's own explanation or none."""
    planted = scratch / "planted.py"
    planted.write_text('import subprocess\n\nsubprocess.run("x" + input(), shell=True)\n', "utf-8")
    report = run(
        [BIN / "bandit", "-q", "-f", "json", "-c", "pyproject.toml", "-r", "api", "worker", "shared", planted],
        fine=(0, 1),
    )
    return without_planted("bandit", {planted.name}, list(unexplained(json.loads(report)["results"])))


def unexplained(results: list[dict[str, str]]) -> Iterator[str]:
    for found in results:
        path = Path(ROOT, found["filename"])
        line = path.read_text("utf-8").splitlines()[int(found["line_number"]) - 1]
        reason = REASON.search(line)
        place = (found["test_id"], found["filename"].removeprefix("./"))
        told = any(place == known[:2] and known[2] in line for known in EXPLAINED)
        if not told and not (reason and f"B{reason['number']}" == found["test_id"]):
            yield f"{found['filename']}:{found['line_number']}: {found['test_id']} {found['issue_text']}"


def zizmor(scratch: Path) -> list[str]:
    """Workflows that give a stranger a hold, at the strictest setting, and dependabot's file."""
    planted = scratch / "planted.yml"
    planted.write_text("on: push\njobs: {x: {runs-on: a, steps: [{uses: actions/checkout@v7}]}}\n", "utf-8")
    options = ["-q", "--offline", "--persona", "pedantic", "--strict-collection", "--no-exit-codes", "--format", "json"]
    report = json.loads(run([BIN / "zizmor", *options, ".github/workflows", ".github/dependabot.yml", planted]))
    places = [(found["ident"], found["desc"], found["locations"][0]) for found in report if not found["ignored"]]
    found = [
        f"{place['symbolic']['key']['Local']['verbatim_path']}:"
        f"{place['concrete']['location']['start_point']['row'] + 1}: {name} {words}"
        for name, words, place in places
    ]
    return without_planted("zizmor", {planted.name}, found)


def schemas(scratch: Path) -> list[str]:
    """Workflows and dependabot's file against their published schemas, which the tool brings along."""
    planted = scratch / "misspelt.yml"
    planted.write_text("on: push\njobs: {x: {runs_on: ubuntu-24.04, steps: []}}\n", "utf-8")
    kinds = {
        "vendor.github-workflows": [*sorted(Path(ROOT, ".github/workflows").glob("*.yml")), planted],
        "vendor.dependabot": [ROOT / ".github" / "dependabot.yml"],
    }
    found = []
    for kind, files in kinds.items():
        told = run([BIN / "check-jsonschema", "-o", "json", "--builtin-schema", kind, *files], fine=(0, 1))
        report = json.loads(told)
        found += [f"{one['filename']}: {one['path']} {one['message']}" for one in report.get("errors", [])]
        found += [f"{one['filename']}: cannot be read" for one in report.get("parse_errors", [])]
    return without_planted("check-jsonschema", {planted.name}, found)


def hadolint(scratch: Path) -> list[str]:
    """The images."""
    return _linted("hadolint", "*.Dockerfile", scratch, "FROM python:latest\nRUN cd /tmp && sudo true\n")


def shellcheck(scratch: Path) -> list[str]:
    """Every shell script."""
    return _linted("shellcheck", "*.sh", scratch, "#!/bin/sh\nrm -rf $1/*\n")


def _linted(tool: str, pattern: str, scratch: Path, fault: str) -> list[str]:
    """What a linter that answers in JSON says of the files with such a name, shown `fault` first."""
    planted = scratch / f"planted{pattern[1:]}"
    planted.write_text(fault, "utf-8")
    told = run([BIN / tool, "--format", "json", *_tracked(pattern), planted], fine=(0, 1))
    places = [f"{one['file']}:{one['line']}: {one['code']} {one['message']}" for one in json.loads(told)]
    return without_planted(tool, {planted.name}, places)


def _tracked(pattern: str) -> list[str]:
    """The files of the repository with such a name."""
    return run(["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern]).split()


def kingfisher(scratch: Path) -> list[str]:
    """Secrets in every commit that can be reached, and in the tree as it lies here."""
    history = scratch / "history.git"
    run(["git", "clone", "--quiet", "--bare", "--no-local", ROOT, history])
    listed = run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
    tree = [name for name in listed.split("\0") if name and Path(ROOT, name).is_file()]
    planted = plant(scratch)
    command = [BIN / "kingfisher", "scan", history, *tree, *planted, "--rules-path", Path(__file__).parent / "rules"]
    options = ["--no-validate", "--no-update-check", "--no-rule-cache", "--no-ignore", "--format", "json", "-q"]
    report = json.loads(run([*command, *options, "-j", "2"], fine=(0, 200)))
    found = [(one["rule"]["name"], one["finding"]) for one in report["findings"]]
    places = [f"{place['path']}:{place['line']}: {name}" for name, place in found]
    return without_planted("kingfisher", {path.name for path in planted}, places)


def plant(folder: Path) -> list[Path]:
    """Made-up secrets, drawn here because a file with one in it would itself be a finding."""
    draw = random.Random(1)
    letters = string.ascii_letters + string.digits
    secrets = {
        "planted-key.py": "csk_7ZQ4M2X9KD_" + "".join(draw.choices(letters, k=43)),
        "planted-webhook.py": "whsec_" + "".join(draw.choices(letters, k=43)) + "=",
        "planted-token.py": "ghp_" + "".join(draw.choices(letters, k=36)),
    }
    for name, secret in secrets.items():
        (folder / name).write_text(f'SECRET = "{secret}"\n', "utf-8")
    return [folder / name for name in secrets]


def bills(scratch: Path) -> list[str]:
    """The bills of materials against CycloneDX's own schema."""
    planted = scratch / "nameless.cdx.json"
    planted.write_text('{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library"}]}', "utf-8")
    written = sorted((ROOT / "build" / "sbom").glob("*.cdx.json"))
    told = run([BIN / "python", Path(__file__).parent / "validating.py", *written, planted])
    return without_planted("cyclonedx", {planted.name}, told.splitlines())


def without_planted(tool: str, planted: set[str], found: list[str]) -> list[str]:
    """What was found in the tree.

    Raises:
        BlindTool: nothing was found in a planted file.
    """
    unseen = {name for name in planted if not any(f"{name}:" in fault for fault in found)}
    if unseen:
        raise BlindTool(f"{tool} did not see what was planted in {', '.join(sorted(unseen))}")
    return [fault for fault in found if not any(f"{name}:" in fault for name in planted)]
