"""A tool that saw nothing counts for nothing, and a silent advisory service is not a clean bill."""

import json
import sys

import pytest
from supply import tools
from supply.advisories import OutOfReach, check, faults

CALL = {"test_id": "B603", "issue_text": "untrusted input", "line_number": 1}


@pytest.fixture
def speaking(tmp_path):
    """Makes a stand-in for `pip-audit` that gives the same report of every lock."""

    def made(report):
        told = json.dumps({"dependencies": report})
        tool = tmp_path / "pip-audit"
        tool.write_text(f"#!{sys.executable}\nprint({told!r})\n")
        tool.chmod(0o755)
        return tmp_path

    return made


def found(tmp_path, line):
    (tmp_path / "some.py").write_text(line)
    return list(tools.unexplained([CALL | {"filename": str(tmp_path / "some.py")}]))


@pytest.mark.parametrize("line", ["run(words)", "run(words)  # noqa: S603", "run(words)  # noqa: S602 - our own words"])
def test_a_call_that_nobody_explained_is_named(tmp_path, line):
    assert len(found(tmp_path, line)) == 1


def test_a_call_explained_to_ruff_is_explained(tmp_path):
    assert found(tmp_path, "run(words)  # noqa: S603 - our own script") == []


def test_a_tool_that_misses_what_was_planted_is_refused():
    with pytest.raises(tools.BlindTool, match=r"bandit .* planted\.py"):
        tools.without_planted("bandit", {"planted.py"}, ["api/app.py:3: B602"])


def test_what_was_planted_is_not_reported():
    assert tools.without_planted("bandit", {"planted.py"}, ["x/planted.py:3: B602", "api/app.py:3: B602"]) == [
        "api/app.py:3: B602"
    ]


def test_a_tool_that_fell_over_is_refused():
    with pytest.raises(tools.BlindTool, match="ended with 7"):
        tools.run([sys.executable, "-c", "raise SystemExit(7)"])


def test_planted_secrets_are_no_secrets_of_this_tree(tmp_path):
    secrets = [path.read_text() for path in tools.plant(tmp_path)]

    assert [text.split('"')[1].split("_")[0] for text in secrets] == ["csk", "whsec", "ghp"]


@pytest.mark.parametrize("report", [[], [{"name": "urllib3", "skip_reason": "not found"}]])
def test_a_silent_advisory_service_is_out_of_reach(speaking, tmp_path, report):
    with pytest.raises(OutOfReach):
        check(tmp_path, speaking(report))


def test_known_holes_are_named_for_every_lock(speaking, tmp_path):
    hole = {"id": "PYSEC-2021-108", "fix_versions": ["1.26.5"]}

    named = check(tmp_path, speaking([{"name": "urllib3", "version": "1.24.1", "vulns": [hole]}]))

    assert "api.txt: urllib3 1.24.1: PYSEC-2021-108, mended in 1.26.5" in named
    assert len(named) == len(list((tools.ROOT / "docker" / "lock").glob("*.txt")))


def test_a_package_that_was_not_judged_is_a_fault():
    assert list(
        faults([{"name": "odd", "skip_reason": "not found"}, {"name": "six", "version": "1", "vulns": []}])
    ) == ["odd: not found"]
