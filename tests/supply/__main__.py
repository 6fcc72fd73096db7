"""`make supply`, `make sbom`, `make advisories`: what we stand on, and whether anything of it lets somebody in.

check        locks, licences, workflows, rights; then bandit, zizmor, the schemas, linters of images and shells,
             kingfisher: offline
sbom         a bill of materials for each lock into build/sbom/, held against CycloneDX's schema
advisories   known holes in the locks; needs an advisory service, and says when there is none: exit 69
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from supply import advisories, bill, tools
from supply.checks import here

CHECKS: dict[str, tools.Tool] = {
    "locks": lambda _: here.locks(tools.ROOT),
    "licences": lambda _: here.terms(tools.ROOT),
    "workflows": lambda _: here.flows(tools.ROOT),
    "rights in infra/": lambda _: here.rights(tools.ROOT),
    "bandit": tools.bandit,
    "zizmor": tools.zizmor,
    "schemas of .github": tools.schemas,
    "hadolint": tools.hadolint,
    "shellcheck": tools.shellcheck,
    "secrets in history and tree": tools.kingfisher,
}
OUT_OF_REACH = 69


def main() -> int:
    asked = argparse.ArgumentParser(prog="make supply", description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("what", choices=["check", "sbom", "advisories"])
    what = asked.parse_args().what
    if what == "sbom":
        for path in bill.write(tools.ROOT / "build" / "sbom"):
            print(f"  {path.relative_to(tools.ROOT)}  {path.stat().st_size:,} bytes")
    try:
        return checked({"check": CHECKS, "sbom": {"schema": tools.bills}, "advisories": {"": advisories.check}}[what])
    except advisories.OutOfReach as silence:
        print(silence)
        return OUT_OF_REACH


def checked(checks: dict[str, tools.Tool]) -> int:
    """Run checks, each in a scratch folder of its own, and print what they found."""
    faults = 0
    for name, check in checks.items():
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as scratch:
            found = _found(check, Path(scratch))
        faults += len(found)
        print(f"  {name:<28} {len(found)} faults  {time.monotonic() - began:5.1f} s", flush=True)
        for fault in found:
            print(f"    {fault}")
    return 1 if faults else 0


def _found(check: tools.Tool, scratch: Path) -> list[str]:
    try:
        return check(scratch)
    except tools.BlindTool as blind:
        return [str(blind)]


if __name__ == "__main__":
    sys.exit(main())
