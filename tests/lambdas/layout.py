"""A folder as a function finds it in the cloud: our files of the zip, and the packages of its lock, and no others.

The zip's own packages are built for arm64; here the same versions come from this environment, each by its name.
"""

import importlib.metadata
import importlib.util
import re
import shutil
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from packaging.markers import Marker

ROOT = Path(__file__).parents[2]
SITE = Path(sysconfig.get_path("purelib"))
RUNTIME = ("awslambdaric", "simplejson", "snapshot-restore-py")
"""What AWS puts beside a function: its runtime client."""
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ]+)(?: ; (.+?))? \\$", re.MULTILINE)


def program(name: str) -> ModuleType:
    """A program of `infra` or `docker`, which are no packages."""
    spec = importlib.util.spec_from_file_location(name.replace("/", "_").removesuffix(".py"), ROOT / name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


package = program("infra/package.py")
"""What builds the zip."""


def locked(lock: Path, python: str | None = None) -> dict[str, str]:
    """The packages of a lock that this machine would get, with their versions; or another `python` of it."""
    other = {"python_full_version": python, "python_version": python.rpartition(".")[0]} if python else {}
    pins = PINNED.findall(lock.read_text("utf-8"))
    return {name: version for name, version, marker in pins if not marker or Marker(marker).evaluate(other)}


def link(distributions: Iterable[str], folder: Path) -> None:
    """Let `folder` hold the installed `distributions` and nothing else."""
    folder.mkdir(parents=True)
    for distribution in distributions:
        tops = {file.parts[0] for file in importlib.metadata.distribution(distribution).files}
        for top in tops - {"..", "bin", "__pycache__"}:
            if not (folder / top).exists():
                (folder / top).symlink_to(SITE / top)


def lay_out(folder: Path) -> tuple[Path, ...]:
    """Make the three folders that a function's interpreter searches: the task, its packages, AWS's runtime."""
    task, packages, runtime = folder / "task", folder / "packages", folder / "runtime"
    task.mkdir(parents=True)
    package.add_ours(ROOT, task)
    for name in package.ours(ROOT):
        bring_bytecode(ROOT / name, task / name)
    link((name for name in locked(package.LOCK) if name not in package.UNUSED), packages)
    link(RUNTIME, runtime)
    return task, packages, runtime


def bring_bytecode(source: Path, copy: Path) -> None:
    """Take over what is compiled already: it saves a second of CPU a process and changes nothing that runs."""
    shutil.copystat(source, copy)
    compiled = Path(importlib.util.cache_from_source(str(source))) if source.suffix == ".py" else source
    if compiled != source and compiled.is_file():
        place = Path(importlib.util.cache_from_source(str(copy)))
        place.parent.mkdir(exist_ok=True)
        shutil.copy2(compiled, place)
