"""Real processes are killed at every step of the protocol, on a real emulator, and nothing is lost or done twice."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from chaos.points import Point

TESTS = Path(__file__).parents[1]
LONGEST_S = 170.0
LEASE_S = 6

pytestmark = pytest.mark.crash


def killed(folder, *names):
    """The report of a run that kills once at each of the points, and has each of the faults happen once."""
    report = folder / "chaos.json"
    command = [sys.executable, "-m", "chaos", "--kills", "1", "--lease", str(LEASE_S), "--patience", "6"]
    ended = subprocess.run(
        [*command, "--report", str(report), "--only", ",".join(names)],
        env={"PATH": os.defpath, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    assert report.exists(), ended.stderr
    return ended, json.loads(report.read_text("utf-8"))["points"]


def points_of(role):
    return [point for point in Point if point.role == role]


def test_a_worker_may_die_after_any_step(tmp_path):
    ended, verdicts = killed(tmp_path, *points_of("W"))

    assert ended.returncode == 0, ended.stdout
    assert {name: verdict["kills"] for name, verdict in verdicts.items()} == dict.fromkeys(points_of("W"), 1)
    assert all(verdict["ends"] == {"completed": 6} for verdict in verdicts.values())


def test_a_submission_and_the_reconciler_may_die_after_any_step(tmp_path):
    points = [*points_of("S"), *points_of("R")]
    ended, verdicts = killed(tmp_path, *points)

    assert ended.returncode == 0, ended.stdout
    assert {name: verdict["kills"] for name, verdict in verdicts.items()} == dict.fromkeys(points, 1)


def test_a_worker_may_be_stopped_or_frozen_at_work(tmp_path):
    ended, verdicts = killed(tmp_path, "sigterm-job", "sigterm-poll", "frozen")

    assert ended.returncode == 0, ended.stdout
    assert [verdict["lost"] + verdict["doubled"] + verdict["double_ids"] for verdict in verdicts.values()] == [0, 0, 0]
