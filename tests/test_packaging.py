"""What is shipped and what it stands on: the named packages, the locks, the classifier that keeps us off an index."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ROOT / "docker" / "lock"
EXTRAS = PROJECT["project"]["optional-dependencies"]
GROUPS = PROJECT["dependency-groups"]
DIRECT = PROJECT["project"]["dependencies"]
HOLDS = {
    "api.txt": [*DIRECT, *EXTRAS["api"]],
    "worker.txt": [*DIRECT, *EXTRAS["worker"]],
    "worker-gpu.txt": [*DIRECT, *EXTRAS["worker"], *EXTRAS["gpu"]],
    "api-local.txt": [*DIRECT, *EXTRAS["api"], *EXTRAS["local"]],
    "local.txt": [*DIRECT, *EXTRAS["api"], *EXTRAS["worker"], *EXTRAS["local"]],
    "dev.txt": [*DIRECT, *EXTRAS["api"], *EXTRAS["worker"], *EXTRAS["local"], *GROUPS["dev"]],
    "emulator.txt": GROUPS["emulator"],
    "supply.txt": GROUPS["supply"],
    "fuzz.txt": GROUPS["fuzz"],
    "checkov.txt": GROUPS["checkov"],
}


def name_of(requirement):
    """The distribution that a requirement or a line of a lock names, in its normal form."""
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", requirement)[0]).lower()


def locked(lock):
    lines = (LOCKS / lock).read_text("utf-8").splitlines()
    return {name_of(line) for line in lines if "==" in line}


def test_every_package_on_disk_is_named():
    found = {
        ".".join(init.parent.relative_to(ROOT).parts)
        for top in ("api", "worker", "shared")
        for init in (ROOT / top).rglob("__init__.py")
        if "models" not in init.parts
    }

    assert set(PROJECT["tool"]["setuptools"]["packages"]) == found


@pytest.mark.parametrize("folder", ["docker", "infra", "tests"])
def test_folders_that_are_no_packages_have_no_init(folder):
    assert not list((ROOT / folder).rglob("__init__.py"))


def test_there_is_a_lock_for_each_use():
    assert {path.name for path in LOCKS.iterdir()} == set(HOLDS)


@pytest.mark.parametrize("lock", HOLDS)
def test_a_lock_holds_every_direct_dependency(lock):
    assert {name_of(requirement) for requirement in HOLDS[lock]} <= locked(lock)


@pytest.mark.parametrize("lock", HOLDS)
def test_a_lock_names_no_host_and_no_path(lock):
    text = (LOCKS / lock).read_text("utf-8")

    assert "://" not in text
    assert not re.search(r"(^|\s)(-|/|\.\.?/)(?!-hash)\w", text)


@pytest.mark.parametrize("lock", HOLDS)
def test_a_lock_pins_every_package_by_hash(lock):
    entries = re.split(r"\n(?=\S)", (LOCKS / lock).read_text("utf-8").strip())

    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_editable_install_finds_its_build_tool_in_the_lock():
    assert "setuptools" in locked("dev.txt")


def test_the_distribution_may_reach_no_index():
    assert "Private :: Do Not Upload" in PROJECT["project"]["classifiers"]


def test_git_holds_no_environment_and_no_local_state():
    ignored = subprocess.run(
        ["git", "check-ignore", ".venv/x", ".venv-aws/x", ".venv-supply/x", ".local/env"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert len(ignored.stdout.split()) == 4
