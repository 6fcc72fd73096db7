"""From inputs to an answer in money: prices, what a question changes of the plan, files that people edit."""

import json

import pytest
from planning.promises import live

from api.planning.asking import ask, night_answer, scene
from api.planning.costs import NoPrice, Volume, gpu_usd, known_prices, other_usd
from api.planning.demand import DAY_BEGINS_S, DAY_S, Day, Lengths
from api.planning.fleet import committed_fleet
from api.planning.formulas import effective_r, night_workers, peak_workers, target_wait_s
from api.planning.inputs import BadInput, question_of, trace_of
from api.planning.question import Question

PRICES = known_prices()
FRANKFURT = PRICES.market("eu-central-1", "g6.xlarge", "endpoints")
PLANNED = committed_fleet().responsive


def test_a_vendor_charges_each_minute_by_its_tier():
    transcribe = PRICES.vendors["Amazon Transcribe, batch"]

    assert transcribe.usd(3_150) == pytest.approx(4_536)
    assert transcribe.usd(33_400) == pytest.approx(27_700, rel=0.02)


def test_gpu_hours_cost_what_each_was_bought_for():
    assert gpu_usd(Volume(calls=0, call_hours=0, on_demand_h=10, spot_h=100), FRANKFURT.gpu) == pytest.approx(47.06)


def test_two_zones_of_endpoints_cost_more_than_a_nat_gateway():
    ways = {egress: PRICES.network_per_month.usd(egress) for egress in ("public", "nat", "endpoints")}

    assert ways == {"public": 0, "nat": 38, "endpoints": pytest.approx(193.6)}


def test_all_that_stands_around_a_thousand_reps_is_cheaper_than_their_gpus():
    month = Volume(calls=16_000 * 21, call_hours=33_400, spot_h=40 * 21)

    assert sum(other_usd(month, FRANKFURT).values()) < 400


def test_every_price_says_where_it_is_from():
    told = json.loads(PRICES.model_dump_json())
    groups = [told[name] for name in told if isinstance(told[name], dict) and name != "vendors"]

    assert PRICES.as_of
    assert all(group["source"] for group in [*groups, *told["vendors"].values()])


@pytest.mark.parametrize(("region", "instance"), [("us-east-1", "g6.xlarge"), ("eu-west-3", "g5.xlarge")])
def test_an_unknown_price_names_those_that_are_known(region, instance):
    with pytest.raises(NoPrice, match="known are"):
        PRICES.market(region, instance, "nat")


def test_ceilings_and_targets_are_computed_as_terraform_does():
    load, machine = PLANNED.load, PLANNED.machine
    rate = effective_r(machine, load.mean_s)
    day = Day(night_hours=load.night_hours, night_at_h=load.night_at_h, night_due_h=load.night_due_h)
    live_lane = PLANNED.lanes["interactive"]

    assert live_lane.most == peak_workers(day.peak_load, rate)
    assert PLANNED.lanes["batch"].most == night_workers(day, rate)
    assert live_lane.tracking.target == target_wait_s(live_lane.goal_s, PLANNED.ready_s)


def test_a_question_says_what_it_changed_of_the_plan():
    answer = live("responsive", 1_000, seeds=1, r=120)

    assert answer.notes == ("worker max 2 → 7", "floor 1 → 3", "measured_r 60 → 120")


def test_the_plan_itself_is_changed_in_nothing():
    assert live("responsive", 100, seeds=1).notes == ()


def test_a_month_is_its_working_days():
    month, week = (live("responsive", 100, seeds=1, days=days, spot=0) for days in (20, 5))

    assert month.gpu_usd_month == pytest.approx(4 * week.gpu_usd_month)
    assert week.gpu_usd_month == pytest.approx(5 * week.billed_h * FRANKFURT.gpu.on_demand)


def test_a_worker_that_never_leaves_is_paid_at_weekends():
    answer = live("always", 20, seeds=1, spot=0, most=1)

    assert answer.gpu_usd_month == pytest.approx(365 / 12 * 24 * FRANKFURT.gpu.on_demand, rel=0.03)


def test_twice_the_speed_halves_the_busy_hours():
    slow, fast = (live("always", 100, seeds=1, r=r, overhead=0) for r in (60, 120))

    assert slow.busy_h == pytest.approx(2 * fast.busy_h)


def test_the_night_is_over_by_its_deadline():
    at = scene(Question(seeds=1), committed_fleet(), PRICES)

    answer = night_answer(at, 1_000)

    assert answer.misses == 0
    assert answer.call_hours == pytest.approx(500)


def test_the_same_seed_gives_the_same_answer():
    at = scene(Question(reps=(20,), seeds=1, policy=("economy",)), committed_fleet(), PRICES)

    assert ask(at) == ask(at)


def test_a_day_has_the_calls_that_were_asked_for():
    calls = Day(reps=1_000, lengths=Lengths(sigma=0.8)).drawn(3)

    assert len(calls.at_s) == pytest.approx(16_000, rel=0.03)
    assert calls.hours == pytest.approx(1_592, rel=0.03)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("day.csv", "time,seconds\n09:15:00,240\n05:00,60\n33000,10\n"),
        ("day.csv", "2026-03-02T09:15:00+01:00,240\n2026-03-03T05:00:00,60\n33000,10\n"),
        (
            "day.jsonl",
            '{"time": "09:15", "seconds": 240}\n{"time": "05:00", "seconds": 60}\n{"time": 33000, "seconds": 10}',
        ),
    ],
)
def test_a_trace_is_a_day_from_six_to_six(tmp_path, name, text):
    (tmp_path / name).write_text(text)

    calls = trace_of(tmp_path / name)

    assert calls.at_s == (33_000, 33_300, 5 * 3_600 + DAY_S)
    assert calls.audio_s == (10, 240, 60)
    assert calls.at_s[0] >= DAY_BEGINS_S


@pytest.mark.parametrize("text", ["", "time,seconds\n", "09:15,240\nlunch,60\n", "09:15,0\n", '{"when": 3}'])
def test_a_trace_that_is_none_is_refused_by_its_line(tmp_path, text):
    (tmp_path / "day.csv").write_text(text)

    with pytest.raises(BadInput, match="--trace"):
        trace_of(tmp_path / "day.csv")


def test_options_overrule_the_file_of_inputs(tmp_path):
    path = tmp_path / "inputs.toml"
    path.write_text('reps = [250]\nminutes = 4\nprofile = "humps"\nload = 20\n')

    question = question_of(path, {"minutes": 5.0})

    assert (question.reps, question.minutes, question.profile, question.load) == ((250,), 5.0, "humps", 20)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rep": 3}, "did you mean reps"),
        ({"spot": 3}, "--spot"),
        ({"profile": "flat"}, "usual, humps"),
        ({"profile": (1, 2)}, "24 weights"),
        ({"boot": 30, "load": 60}, "part of boot"),
        ({"reps": (0,)}, "at least 1"),
    ],
)
def test_an_input_out_of_range_is_named(given, message):
    with pytest.raises(BadInput, match=message):
        question_of(None, given)
