"""The rules held against this tree: each gives the faults it found, with their place."""

import importlib.metadata
from pathlib import Path

from supply.checks import licences, policies, workflows
from supply.checks.locks import asked, faults, pins, unhashed, unmet


def locks(root: Path) -> list[str]:
    """Every lock and every installation by hash; every requirement met."""
    found = []
    for name, requirements in asked(root / "pyproject.toml").items():
        text = (root / "docker" / "lock" / name).read_text("utf-8")
        broken = faults(text)
        found += [f"{name}:{fault}" for fault in broken or unmet(requirements, pins(text))]
    commands = [root / "Makefile", *(root / ".github" / "workflows").glob("*.yml")]
    return found + [f"{path.name}: {line}" for path in commands for line in unhashed(path.read_text("utf-8"))]


def terms(root: Path) -> list[str]:
    """Licences of all that runs in the service, and of what its wheels bundle."""
    texts = [(root / "docker" / "lock" / name).read_text("utf-8") for name in licences.RUNTIME]
    names = {pin.name for text in texts for pin in pins(text)}
    found = list(licences.faults({name: licences.licence(name) for name in names}))
    libraries = Path(str(importlib.metadata.distribution("av").locate_file("av.libs")))
    return found + [f"av brings {name}" for name in licences.bundled(libraries) - set(licences.BUNDLED)]


def flows(root: Path) -> list[str]:
    """Every workflow."""
    targets = workflows.make_targets(root / "Makefile")
    paths = sorted((root / ".github" / "workflows").glob("*.yml"))
    return [f"{path.name}: {fault}" for path in paths for fault in workflows.faults(path.read_text("utf-8"), targets)]


def rights(root: Path) -> list[str]:
    """Every policy under infra/."""
    return policies.faults(root / "infra")
