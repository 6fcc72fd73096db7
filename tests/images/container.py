"""A worker's container without an engine: its environment laid out from this one, its walls from the kernel.

What the engine would do with namespaces: a root that cannot be written to, an empty /tmp, no network, uid 10001, no
capability. Not imitated: the image's own Python and Debian, limits of memory, the engine's own seccomp filter.
"""

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from lambdas.layout import ROOT, bring_bytecode, link, locked

HOME = "/opt/callscribe"
"""Where the Dockerfiles put the environment."""
USER = "10001"
NEEDED = ("unshare", "setpriv", "mount")
PYTHON = Path(os.path.realpath(sys.executable))
LIBRARIES = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
SOURCES = ("*.py", "py.typed", "console/calls/*", "models/*/*.bin", "models/*/*.json")
PATIENCE_S = 180


def why_not() -> str | None:
    """What is missing here for walls of the kernel; None if nothing is."""
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        return f"no {missing[0]} on PATH"
    tried = subprocess.run(["unshare", "--mount", "--net", "true"], capture_output=True, check=False)
    return None if tried.returncode == 0 else "the kernel grants no mount namespace: root is needed, or an engine"


def furnish(folder: Path, lock: Path) -> Path:
    """Lay out what an image has in /opt/callscribe: an environment of the locked packages, our code and commands."""
    site = folder / LIBRARIES
    link(locked(lock), site)
    for top in ("api", "shared", "worker"):
        _copy(ROOT / top, site / top)
    (folder / "pyvenv.cfg").write_text(f"home = {PYTHON.parent}\ninclude-system-site-packages = false\n", "utf-8")
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(PYTHON)
    command = folder / "bin" / "callscribe-worker"
    command.write_text(f"#!{HOME}/bin/python\nfrom worker.__main__ import main\nmain()\n", "utf-8")
    command.chmod(0o755)
    return folder


def run(folder: Path, words: list[str], environment: dict[str, str], given: bytes = b"") -> subprocess.CompletedProcess:
    """Run `words` behind the walls; `given` is its standard input."""
    program = ["env", "-i", *(f"{name}={value}" for name, value in environment.items()), *words]
    inner = f"{_walls(folder)}\nexec {shlex.join([*_nobody(), *program])}"
    command = ["unshare", "--mount", "--net", "--propagation", "private", "sh", "-euc", inner]
    return subprocess.run(command, input=given, capture_output=True, check=False, timeout=PATIENCE_S)


def _copy(source: Path, target: Path) -> None:
    for path in (path for pattern in SOURCES for path in source.rglob(pattern)):
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
        bring_bytecode(path, place)


def _walls(folder: Path) -> str:
    """The mounts, as words of a shell: what is needed is held first, then what is closed to others is covered."""
    needed = [Path(sys.base_prefix), Path(sysconfig.get_path("purelib"))]
    covered = sorted({Path("/opt"), *(place for path in needed if (place := _closed(path)))})
    lines = ["mount -t tmpfs -o mode=755 tmpfs /mnt"]
    places = {f"/mnt/{number}": path for number, path in enumerate([folder, *needed])}
    lines += [f"mkdir {held}; mount --bind {shlex.quote(str(path))} {held}" for held, path in places.items()]
    lines += [f"mount -t tmpfs -o mode=755 tmpfs {shlex.quote(str(place))}" for place in covered]
    lines += ["mount -t tmpfs -o nosuid,nodev,noexec tmpfs /tmp"]
    # This tree may lie in /tmp itself.
    hidden = [*covered, Path("/tmp")]
    seen = {**{held: path for held, path in places.items() if _is_under(path, hidden)}, "/mnt/0": Path(HOME)}
    for held, path in seen.items():
        lines += [f"mkdir -p {shlex.quote(str(path))}; mount --bind {held} {shlex.quote(str(path))}"]
        lines += [f"mount -o remount,bind,ro {shlex.quote(str(path))}"]
    lines += [f"mount -o remount,ro {shlex.quote(str(place))}" for place in covered]
    lines += ["umount -l /mnt", "mount -o remount,bind,ro /"]
    return "\n".join(lines)


def _nobody() -> list[str]:
    who = ["--reuid", USER, "--regid", USER, "--clear-groups"]
    return ["setpriv", *who, "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]


def _closed(path: Path) -> Path | None:
    """The highest folder on the way to `path` that others may not enter."""
    return next((place for place in _ancestors(path) if not place.stat().st_mode & 0o001), None)


def _ancestors(path: Path) -> Iterator[Path]:
    yield from reversed([path, *path.parents])


def _is_under(path: Path, covered: list[Path]) -> bool:
    return any(path.is_relative_to(place) for place in covered)
