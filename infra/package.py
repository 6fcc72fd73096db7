"""The one zip of all functions, built without Docker: our api and shared, the locked packages for arm64, pruned.

    python infra/package.py --out build/functions.zip

The same tree and lock give the same bytes, so that the artifact can be named by its sha256. Needs a package index.
"""  # noqa: INP001 - a program beside the Terraform that names its result, no package

import argparse
import hashlib
import itertools
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "docker" / "lock" / "api.txt"
MOST_BYTES = 10_000_000
"""A cold start fetches and unpacks it all; the limit keeps a careless dependency out."""

PYTHON = "3.12"
UV = ("uv", "pip", "install", "--quiet", "--python-platform", "aarch64-manylinux_2_28", "--link-mode", "copy")
PIP = (sys.executable, "-m", "pip", "install", "--quiet", "--no-compile")
PIP_PLATFORMS = ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64")
"""Lambda's python3.12 stands on Amazon Linux 2023 (glibc 2.34)."""
FOR_BOTH = ("--python-version", PYTHON, "--only-binary", ":all:", "--require-hashes", "--no-deps")

SERVICES = ("autoscaling", "dynamodb", "ecs", "s3", "secretsmanager", "sns", "sqs")
"""The services that our code makes clients of; botocore's models of the other four hundred weigh 27 MB."""
OURS = ("*.py", "py.typed", "openapi.json")
PAGE = ("*.html", "*.js", "*.css", "*.json", "*.svg", "LICENSE")
"""What of the page is text. Recordings to try are left out, for the gateway lets no bytes out."""
CANARY_CALL = "api/console/calls/appointment-en.*"
"""The known call that the canary sends, with what is said in it."""
LEFT_OUT = (
    "api/__main__.py",
    "api/cli/",
    "api/console/",
    "api/examples/",
    "api/local/",
    "api/planning/",
    "shared/emulator/",
)
"""What runs on a laptop only, and what people copy."""
UNUSED = (".lock", "setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence.pth", "bin", "boto3/data")
"""setuptools stands in every lock for builds from source; boto3's data is of its older interface."""
RECORDS = ("INSTALLER", "RECORD", "REQUESTED", "WHEEL", "direct_url.json", "uv_cache.json")
"""Notes of whoever installed: they differ between installers and nobody reads them at run time."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The oldest moment that a zip can hold."""
FILE_MODE = 0o100644
UNIX = 3


def main() -> int:
    """Build, write and describe the zip; 1 if it is too large."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("--out", type=Path, default=ROOT / "build" / "functions.zip")
    out: Path = asked.parse_args().out
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch)
        install(LOCK, tree)
        prune(tree)
        add_ours(ROOT, tree)
        write(tree, out)
    size_bytes, sha256 = out.stat().st_size, hashlib.sha256(out.read_bytes()).hexdigest()
    sys.stdout.write(f"{out}\nsha256 {sha256}\nbytes {size_bytes}\n")
    return 1 if size_bytes > MOST_BYTES else 0


def install(lock: Path, tree: Path) -> None:
    """Put what `lock` lists, by hash and for arm64, into `tree`.

    Raises:
        subprocess.CalledProcessError: a package is not to be had in that form; the installer has said which.
    """
    if shutil.which(UV[0]):
        command = [*UV, "--python", sys.executable]
    else:
        command = [*PIP, *(word for platform in PIP_PLATFORMS for word in ("--platform", platform))]
    command += [*FOR_BOTH, "--target", str(tree), "-r", str(lock)]
    subprocess.run(command, check=True)  # noqa: S603 - our own words


def prune(tree: Path) -> None:
    """Drop from installed packages what no function reads."""
    for path in sorted(tree.rglob("*"), reverse=True):
        name = path.relative_to(tree).as_posix()
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
        elif path.is_file() and is_ballast(name):
            path.unlink()


def is_ballast(name: str) -> bool:
    """Whether a file of an installed package, by its path in the zip, is left out."""
    parts = name.split("/")
    if parts[:2] == ["botocore", "data"] and len(parts) > 3:  # noqa: PLR2004 - <service>/<version>/<file>
        return parts[2] not in SERVICES
    return (
        "__pycache__" in parts
        or name.endswith((".pyc", ".pyi"))
        or (parts[0].endswith(".dist-info") and parts[-1] in RECORDS)
        or parts[0].startswith("setuptools-")
        or any(name == unused or name.startswith(f"{unused}/") for unused in UNUSED)
    )


def ours(root: Path) -> Iterator[str]:
    """The paths of our own files that belong in the zip, whatever else lies about."""
    for top, pattern in itertools.product(("api", "shared"), OURS):
        names = (path.relative_to(root).as_posix() for path in (root / top).rglob(pattern))
        yield from (name for name in names if not name.startswith(LEFT_OUT))
    console = root / "api" / "console"
    page = (path for pattern in PAGE for path in console.rglob(pattern) if path.parent.name != "calls")
    yield from (path.relative_to(root).as_posix() for path in (*page, *root.glob(CANARY_CALL)))


def add_ours(root: Path, tree: Path) -> None:
    """Copy our files, and write down our name and version where Python looks for them."""
    for name in ours(root):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, tree / name)
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    about = tree / f"{project['name']}-{project['version']}.dist-info" / "METADATA"
    about.parent.mkdir()
    about.write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n", "utf-8")


def write(tree: Path, out: Path) -> None:
    """Pack `tree` so that the same files give the same bytes: sorted, one moment, one mode."""
    out.parent.mkdir(parents=True, exist_ok=True)
    files = sorted(path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file())
    partial = out.with_name(f"{out.name}.partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in files:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr, entry.create_system = FILE_MODE << 16, UNIX
            packed.writestr(entry, (tree / name).read_bytes(), zipfile.ZIP_DEFLATED, 9)
    partial.replace(out)


if __name__ == "__main__":
    sys.exit(main())
