"""The promised waits and bills, under the settings of the planned Terraform; and each broken plan is found out."""

import json

import pytest
from planning.promises import (
    AIMED_BILLED_TO_BUSY,
    BILLED_TO_BUSY,
    GOAL_S,
    HARSH,
    PATIENT_S,
    QUICK,
    USUAL,
    altered,
    broken,
    live,
)

from api.planning.fleet import Fleet, committed_fleet

ALL_SPOT = 1.0


@pytest.mark.parametrize("reps", [100, 1_000])
@pytest.mark.parametrize("day", [USUAL, HARSH], ids=["usual", "harsh"])
@pytest.mark.parametrize("r", [60, 120])
def test_live_calls_wait_no_longer_than_promised(reps, day, r):
    answer = live("responsive", reps, r=r, **day)

    assert answer.goal_s == GOAL_S
    assert broken(answer) == []


def test_economy_keeps_its_promise_within_the_bill():
    answer = live("economy", 100, seeds=5)

    assert answer.goal_s == PATIENT_S
    assert broken(answer, BILLED_TO_BUSY) == []


def test_a_quick_start_and_a_quick_end_reach_the_aim():
    answer = live("economy", 100, seeds=5, **QUICK)

    assert broken(answer, AIMED_BILLED_TO_BUSY) == []


@pytest.mark.parametrize("name", ["responsive", "economy"])
def test_a_call_hour_at_a_hundred_reps_costs_at_most_three_cents(name):
    answer = live(name, 100, spot=ALL_SPOT)

    assert answer.gpu_usd_call_hour <= 0.03


def test_a_call_hour_at_a_thousand_reps_costs_less_than_a_cent():
    answer = live("economy", 1_000, spot=ALL_SPOT, r=120)

    assert answer.gpu_usd_call_hour <= 0.0065
    assert answer.misses == 0


@pytest.mark.parametrize("reps", [100, 1_000])
def test_ours_misses_nothing_where_counting_messages_does(reps):
    ours, theirs = (live(name, reps, seeds=1, boot=180) for name in ("responsive", "messages"))

    assert ours.misses == 0
    assert theirs.misses > 0


def test_a_ceiling_at_the_bare_mean_breaks_the_promise():
    """The peak through the bare R alone: neither overhead nor reserve."""
    answer = live("responsive", 1_000, seeds=1, most=4, **HARSH)

    assert "p95" in broken(answer)


def test_a_tenfold_target_breaks_the_promise():
    def tenfold(text):
        fleet = json.loads(text)
        lane = fleet["responsive"]["lanes"]["interactive"]
        lane["tracking"]["target"] *= 10
        lane["alarms"] = [alarm | {"threshold": 10 * alarm["threshold"]} for alarm in lane["alarms"]]
        return json.dumps(fleet)

    answer = live("responsive", 1_000, altered(tenfold), seeds=1, floor=1)

    assert "p95" in broken(answer)


def test_a_wake_rule_without_fill_does_not_wake():
    """No task, no metric, no alarm: only the burst rule starts a worker, hours too late."""
    fleet = altered(lambda text: text.replace("FILL(desired, 0)", "desired"))

    answer = live("economy", 100, fleet)

    assert broken(answer, BILLED_TO_BUSY)[:2] == ["p95", "missed"]


def test_a_wake_rule_that_forgets_the_deadline_misses_it():
    fleet = altered(lambda text: text.replace("FILL(slack, 86400) <= 120", "FILL(slack, 86400) <= -600"))

    answer = live("economy", 100, fleet)

    assert "missed" in broken(answer, BILLED_TO_BUSY)


def test_empty_machines_that_stay_break_the_bill():
    def without(text):
        fleet = json.loads(text)
        for pool in ("on_demand", "spot"):
            fleet["economy"][pool]["empty_s"] = None
        return json.dumps(fleet)

    answer = live("economy", 100, altered(without))

    assert "billed to busy" in broken(answer, BILLED_TO_BUSY)


def test_the_extract_is_read_as_it_was_written():
    fleet = committed_fleet()

    assert Fleet.model_validate_json(fleet.model_dump_json()) == fleet
