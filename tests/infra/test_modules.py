"""Tier D: the root module is valid, formatted, and does what its own tests promise."""

import xml.etree.ElementTree as ET

import pytest
from infra.reading import runs
from infra.terraform import ROOT

pytestmark = pytest.mark.infra
RUNS = [(file, name) for file, name, _ in runs()]


def test_the_root_module_is_valid(terraform):
    assert "Success" in terraform.run("validate")


def test_every_file_is_formatted(terraform):
    ended = terraform.attempt("fmt", "-check", "-recursive", "-diff", str(ROOT))

    assert (ended.code, ended.output) == (0, "")


@pytest.fixture(scope="module")
def outcomes(terraform, workplace):
    """What each run of `terraform test` came to: None, or why it failed."""
    report = workplace / "tests.xml"
    ended = terraform.attempt("test", f"-junit-xml={report}")
    assert report.exists(), ended.output
    return {
        (suite.get("name").rpartition("/")[2], case.get("name")): _failure(case)
        for suite in ET.parse(report).iter("testsuite")
        for case in suite.iter("testcase")
    }


def _failure(case):
    """The text of a failure, an error or a skip; a run that another one kept from starting has failed too."""
    found = [part for part in case if part.tag in ("failure", "error", "skipped")]
    return (found[0].text or found[0].get("message") or found[0].tag) if found else None


@pytest.mark.parametrize(("file", "name"), RUNS, ids=[name for _, name in RUNS])
def test_a_run_keeps_its_promise(outcomes, file, name):
    assert outcomes[file, name] is None
