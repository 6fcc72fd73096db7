"""What a lock may say: one exact version a line, held by sha256, and nothing that says where it comes from."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[A-Za-z0-9.!+_-]+)(?: ; (?P<marker>[^\\]+?))? \\")
HASH = re.compile(r"    --hash=sha256:(?P<sha256>[0-9a-f]{64})(?P<more> \\)?")
INSTALL = re.compile(r"pip\S* install\b.*")
OURSELVES = "--no-deps --no-build-isolation -e ."
"""The project itself has no hash; its installation must take nothing else with it."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One line of a lock. `name` is in its normal form; `marker` says for which machines, empty: for all."""

    name: str
    version: str
    marker: str
    sha256s: tuple[str, ...]


def faults(text: str) -> list[str]:
    """Every line of a lock that is neither an exact pin nor one of its hashes."""
    found, hashes_due = [], False
    for number, line in enumerate(text.splitlines(), 1):
        held = HASH.fullmatch(line)
        if hashes_due and not held:
            found.append(f"{number}: a pin without its hashes before it")
        elif not hashes_due and not PIN.fullmatch(line):
            found.append(f"{number}: neither an exact pin nor a hash of one: {line.strip()}")
        hashes_due = bool(held["more"]) if held else bool(PIN.fullmatch(line))
    return found + ["the end: a pin without its hashes"] * hashes_due


def pins(text: str) -> list[Pin]:
    """The packages of a lock that has no faults."""
    entries = re.split(r"\n(?=\S)", text.strip())
    return [_pin(entry) for entry in entries]


def _pin(entry: str) -> Pin:
    head = PIN.fullmatch(entry.splitlines()[0])
    assert head
    sha256s = tuple(HASH.fullmatch(line)["sha256"] for line in entry.splitlines()[1:])
    return Pin(canonicalize_name(head["name"]), head["version"], head["marker"] or "", sha256s)


def asked(pyproject: Path) -> dict[str, list[str]]:
    """What each lock must hold by `pyproject.toml`: the name of the lock → requirements."""
    project = tomllib.loads(pyproject.read_text("utf-8"))
    extras, groups = project["project"]["optional-dependencies"], project["dependency-groups"]
    ours = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    local = [*ours, *extras["api"], *extras["worker"], *extras["local"]]
    return {
        "api.txt": [*ours, *extras["api"]],
        "worker.txt": [*ours, *extras["worker"]],
        "worker-gpu.txt": [*ours, *extras["worker"], *extras["gpu"]],
        "api-local.txt": [*ours, *extras["api"], *extras["local"]],
        "local.txt": local,
        "dev.txt": [*local, *groups["dev"]],
        "emulator.txt": groups["emulator"],
        "supply.txt": groups["supply"],
        "fuzz.txt": groups["fuzz"],
        "checkov.txt": groups["checkov"],
    }


def unmet(requirements: list[str], locked: list[Pin]) -> Iterator[str]:
    """Requirements that a lock does not meet, or not everywhere."""
    for requirement in map(Requirement, requirements):
        held = [pin for pin in locked if pin.name == canonicalize_name(requirement.name)]
        if not held or not all(requirement.specifier.contains(pin.version) for pin in held):
            yield f"{requirement}: locked is {', '.join(pin.version for pin in held) or 'nothing'}"


def unhashed(commands: str) -> list[str]:
    """Installations, in a Makefile or a workflow, that would take a file without asking for its hash."""
    found = (match[0] for match in INSTALL.finditer(commands))
    return [line for line in found if "--require-hashes -r " not in line and OURSELVES not in line]
