"""Known holes in what the locks hold. This asks an advisory service, so it needs a network, and says when it has none.

Offline the tool ends well and claims that nothing is known. So it is first asked about a release with published holes:
if it knows none of them, the service is out of reach and nothing was checked.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from supply import tools

LOCKS = tools.ROOT / "docker" / "lock"
HOLED = f"urllib3==1.24.1 --hash=sha256:{'0' * 64}\n"
"""A release with holes published since 2019. Nothing is downloaded, so its hash is asked for but not compared."""


class OutOfReach(Exception):
    """The advisory service gave no answer: nothing was checked."""


def check(scratch: Path, programs: Path = tools.BIN) -> list[str]:
    """Known holes in all locks, and packages that the service could not judge.

    Raises:
        OutOfReach: the service does not even know the holes of a release that has some.
    """
    control = scratch / "holed.txt"
    control.write_text(HOLED, "utf-8")
    if not any(dependency.get("vulns") for dependency in _asked(control, programs)):
        raise OutOfReach("The advisory service is out of reach from here: no lock was checked.")
    return [f"{lock.name}: {fault}" for lock in sorted(LOCKS.glob("*.txt")) for fault in faults(_asked(lock, programs))]


def _asked(lock: Path, programs: Path) -> list[dict[str, Any]]:
    options = ["--disable-pip", "--require-hashes", "--progress-spinner", "off", "-f", "json", "-r", lock]
    report = json.loads(tools.run([programs / "pip-audit", *options], fine=(0, 1)))
    return report["dependencies"]  # type: ignore[no-any-return]


def faults(dependencies: list[dict[str, Any]]) -> Iterator[str]:
    """The holes of a report. A package that was skipped was not judged: that is a fault too."""
    for dependency in dependencies:
        if "skip_reason" in dependency:
            yield f"{dependency['name']}: {dependency['skip_reason']}"
        for hole in dependency.get("vulns", []):
            mended = ", ".join(hole["fix_versions"]) or "no release yet"
            yield f"{dependency['name']} {dependency['version']}: {hole['id']}, mended in {mended}"
