"""The hours in the scoping document come from the history: how a commit's time is counted and spread."""

from hours import FIRST_S, Commit, area_of, hours

HOUR_S = 3_600
AT = 1_800_000_000


def test_a_commit_counts_the_time_since_the_one_before():
    spent = hours([Commit(AT, {"api/app.py": 1}), Commit(AT + HOUR_S, {"worker/lease.py": 9})])

    assert spent["job protocol and worker"] == 1.0


def test_a_break_counts_as_a_fresh_start():
    spent = hours([Commit(AT, {"api/app.py": 1}), Commit(AT + 9 * HOUR_S, {"worker/lease.py": 9})])

    assert spent["job protocol and worker"] == FIRST_S / HOUR_S


def test_a_commit_is_spread_by_lines():
    spent = hours([Commit(AT, {"infra/iam.tf": 30, "tests/test_hours.py": 10})])

    assert spent["infrastructure"] == 3 * spent["tests, harnesses, benchmarks"]


def test_a_lock_counts_nothing_beside_code():
    spent = hours([Commit(AT, {"docker/lock/dev.txt": 9_000, "api/app.py": 1})])

    assert "infrastructure" not in spent


def test_what_belongs_nowhere_else_is_the_project():
    assert area_of("pyproject.toml") == "documents and project"
