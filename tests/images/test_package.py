"""The zip of the functions: what goes in, what stays out, and that the same tree gives the same bytes."""

import importlib.metadata
import os
import re
import sys
import zipfile

import pytest
from images.imports import reached
from lambdas.layout import ROOT, locked, package
from lambdas.service import FUNCTIONS

ZIP = ROOT / "build" / "functions.zip"
AARCH64 = (183).to_bytes(2, "little")
ASKED = re.compile(r'\.client\(\s*"([a-z0-9-]+)"')
BY_OTHERS = {"SecretsProvider": "secretsmanager"}
"""Clients that a library makes for us."""


@pytest.fixture(scope="module")
def needed():
    """Our files that the handlers reach, and the foreign top-level names."""
    return reached(ROOT, [told["handler"].rpartition(".")[0] for told in FUNCTIONS.values()])


@pytest.fixture(scope="module")
def built():
    if not ZIP.is_file():
        pytest.skip("no build/functions.zip: `make package` builds it")
    if any((ROOT / name).stat().st_mtime > ZIP.stat().st_mtime for name in package.ours(ROOT)):
        pytest.skip("build/functions.zip is older than the tree: `make package` builds it anew")
    with zipfile.ZipFile(ZIP) as packed:
        yield packed


def test_all_that_the_handlers_import_is_packed(needed):
    assert needed[0] - set(package.ours(ROOT)) == set()


def test_every_foreign_import_is_in_the_lock(needed):
    held, provided = set(locked(package.LOCK)), importlib.metadata.packages_distributions()
    foreign = needed[1] - sys.stdlib_module_names

    missing = {name for name in foreign if not held & {one.lower().replace("_", "-") for one in provided[name]}}

    assert missing == set()


def test_the_services_kept_are_those_we_ask():
    texts = [(ROOT / name).read_text("utf-8") for name in package.ours(ROOT) if name.endswith(".py")]
    asked = {service for text in texts for service in ASKED.findall(text)}
    asked |= {service for made, service in BY_OTHERS.items() if any(made in text for text in texts)}

    assert asked == set(package.SERVICES)


@pytest.mark.parametrize("name", ["worker/intake.py", "api/cli/main.py", "shared/emulator/server.py", "api/README.md"])
def test_what_runs_elsewhere_stays_out(name):
    assert name not in set(package.ours(ROOT))


def test_the_canarys_call_goes_along():
    assert {"api/console/calls/appointment-en.json", "api/console/calls/appointment-en.mp3"} <= set(package.ours(ROOT))


@pytest.mark.parametrize(
    "name",
    [
        "botocore/data/ec2/2016-11-15/service-2.json.gz",
        "boto3/data/s3/2006-03-01/resources-1.json",
        "setuptools/__init__.py",
        "setuptools-84.2.1.dist-info/METADATA",
        "pydantic/__pycache__/main.cpython-312.pyc",
        "google/protobuf/any.pyi",
        "httpcore-1.0.9.dist-info/RECORD",
        "bin/jp.py",
        ".lock",
    ],
)
def test_ballast_is_dropped(name):
    assert package.is_ballast(name)


@pytest.mark.parametrize(
    "name",
    [
        "botocore/data/sqs/2012-11-05/service-2.json.gz",
        "botocore/data/endpoints.json",
        "opentelemetry_api-1.45.2.dist-info/entry_points.txt",
        "certifi-2026.10.18.dist-info/licenses/LICENSE",
        "setuptools_of_another_kind/x.py",
        "binary/x.py",
    ],
)
def test_what_is_read_at_run_time_stays(name):
    assert not package.is_ballast(name)


def test_empty_folders_and_ballast_leave_the_tree(tmp_path):
    kept, dropped = tmp_path / "botocore/data/s3/1/a.gz", tmp_path / "botocore/data/ec2/1/a.gz"
    for path in (kept, dropped):
        path.parent.mkdir(parents=True)
        path.write_text("{}")

    package.prune(tmp_path)

    assert sorted(path.name for path in tmp_path.rglob("*")) == ["1", "a.gz", "botocore", "data", "s3"]


def test_the_same_files_give_the_same_bytes(tmp_path):
    for number, order in enumerate((("b.py", "a/c.py"), ("a/c.py", "b.py"))):
        for name in order:
            path = tmp_path / str(number) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
            path.chmod(0o600 + number)
            os.utime(path, (number * 1e8, number * 1e8))
        package.write(tmp_path / str(number), tmp_path / f"{number}.zip")

    assert (tmp_path / "0.zip").read_bytes() == (tmp_path / "1.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "0.zip") as packed:
        assert [(one.filename, one.date_time[0], one.external_attr >> 16) for one in packed.infolist()] == [
            ("a/c.py", 1980, 0o100644), ("b.py", 1980, 0o100644),
        ]  # fmt: skip


def test_the_built_zip_is_small(built):
    assert ZIP.stat().st_size <= package.MOST_BYTES


def test_every_library_of_the_built_zip_is_for_arm64(built):
    libraries = {name: built.read(name)[:20] for name in built.namelist() if ".so" in name}

    assert any(name.startswith("pydantic_core/") for name in libraries)
    assert {name for name, head in libraries.items() if head[:4] != b"\x7fELF" or head[18:20] != AARCH64} == set()


def test_the_built_zip_holds_every_locked_package(built):
    held = {name.split("/")[0].rsplit("-", 2)[0].lower() for name in built.namelist() if ".dist-info/" in name}

    assert {name.replace("-", "_") for name in locked(package.LOCK)} - held == {"setuptools"}


def test_the_built_zip_is_of_this_tree(built):
    changed = [name for name in package.ours(ROOT) if _held(built, name) != (ROOT / name).read_bytes()]

    assert changed == []


def _held(built, name):
    return built.read(name) if name in built.namelist() else None
