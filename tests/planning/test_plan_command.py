"""`callscribe plan` as a person types it."""

import json

import pytest
from planning.terraforming import plan as document
from rich.console import Console
from typer.testing import CliRunner

from api.cli.main import app
from api.cli.session import Session
from api.planning.asking import scene
from api.planning.costs import known_prices
from api.planning.fleet import committed_fleet
from api.planning.pictures import draw
from api.planning.question import Question

QUICK = ("--reps", "100", "--seeds", "1", "--policy", "responsive")


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def type_in(*words, columns=200):
        session = Session(lambda: 0.0)
        session.out = Console(width=columns, force_terminal=False, highlight=False)
        return CliRunner().invoke(app, ["plan", *words], obj=session)

    return type_in


def test_the_first_line_is_price_wait_and_vendor(run):
    first = run(*QUICK).stdout.splitlines()[0]

    assert first.startswith("100 reps, responsive: ")
    assert all(word in first for word in ("USD a month all in", "s at p95", "Amazon Transcribe"))


def test_a_narrow_terminal_gets_what_matters_most(run):
    wide, narrow = (run(*QUICK, columns=columns).stdout for columns in (200, 80))

    assert "p99 s" in wide
    assert "p99 s" not in narrow
    assert "all in USD" in narrow


def test_two_sizes_are_two_answers(run):
    told = json.loads(run("--reps", "50", "--reps", "100", "--seeds", "1", "--policy", "always", "--json").stdout)

    assert [size["reps"] for size in told["sizes"]] == [50, 100]
    assert [lane["policy"] for lane in told["sizes"][0]["lanes"]] == ["always", "night"]


def test_a_broken_promise_is_said_in_the_first_line(run):
    answer = run(*QUICK, "--r", "8", "--most", "1")

    assert "the promise of 300 s is BROKEN" in answer.stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--profile", "flat"), "usual, humps"),
        (("--profile", "1,2,x"), "24 numbers"),
        (("--region", "mars"), "known are eu-west-3"),
        (("--policy", "magic"), "--policy"),
        (("--trace", "none.csv"), "cannot be read"),
        (("--inputs", "none.toml"), "cannot be read"),
        (("--plan", "none.json"), "cannot be read"),
    ],
)
def test_a_wrong_word_is_named_with_what_to_write(run, words, message):
    answer = run(*QUICK, *words)

    assert answer.exit_code == 2
    assert message in " ".join(answer.stderr.replace("│", " ").split())


def test_a_plan_of_ones_own_takes_the_place_of_ours(run, tmp_path):
    (tmp_path / "mine.json").write_text(json.dumps(document()))

    told = json.loads(run(*QUICK, "--plan", "mine.json", "--night", "0", "--json").stdout)

    assert (told["region"], told["instance"], told["egress"]) == ("eu-north-1", "g5.xlarge", "nat")


def test_a_trace_is_played_instead_of_drawn_days(run, tmp_path):
    (tmp_path / "day.csv").write_text("\n".join(f"{9 + place // 60}:{place % 60:02},120" for place in range(120)))

    told = json.loads(run(*QUICK, "--trace", "day.csv", "--json").stdout)

    assert told["sizes"][0]["lanes"][0]["calls"] == 120


def test_the_plots_are_three_small_pictures(tmp_path):
    at = scene(Question(reps=(20,), seeds=1, policy=("economy",)), committed_fleet(), known_prices())

    made = draw(at, tmp_path, swept={"r": (60.0, 120.0)})

    assert {path.name for path in made} == {"day.svg", "money.svg", "waits.svg"}
    assert all(path.stat().st_size < 150_000 for path in made)
