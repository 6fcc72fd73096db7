"""The service stands under licences that were read, and under no other."""

import pytest
from supply.checks import here
from supply.checks.licences import BUNDLED, bundled, faults, licence
from supply.tools import ROOT


@pytest.mark.parametrize("expression", ["MIT", "BSD-3-Clause AND (MIT AND Zlib)", "GPL-3.0-only OR Apache-2.0"])
def test_an_accepted_licence_is_no_fault(expression):
    assert list(faults({"some": expression})) == []


@pytest.mark.parametrize("expression", ["AGPL-3.0-only", "GPL-2.0-or-later", "MIT AND GPL-3.0-only", "Proprietary", ""])
def test_a_licence_that_nobody_accepted_is_named(expression):
    assert len(list(faults({"some": expression}))) == 1


def test_an_installed_package_says_its_licence():
    assert licence("pydantic") == "MIT"
    assert licence("no-such-package") == ""


def test_libraries_bundled_in_a_wheel_are_found(tmp_path):
    (tmp_path / "libx264-d6533a8d.so.165").touch()
    (tmp_path / "libopus-114e2b1a.so.0.11.1").touch()

    assert bundled(tmp_path) == {"libx264"} <= set(BUNDLED)


def test_everything_the_service_runs_has_an_accepted_licence():
    assert here.terms(ROOT) == []
