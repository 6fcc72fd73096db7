"""What is read out of a plan, what is refused, and that the committed extract is of today's Terraform."""

import re

import pytest
from planning.sources import INFRA, fingerprint
from planning.terraforming import ALARM, plan, resource

from api.planning.fleet import LIVE, committed_fleet
from api.planning.scaling import Share, Step, Timed
from api.planning.simulation.maths import formula
from api.planning.terraform import UNSAID, NotPlanned, planned

SHRINK = resource("aws_lambda_function", "shrink", {})


def test_the_extract_is_of_this_terraform():
    assert committed_fleet().sources_sha256 == fingerprint(), "infra changed: run `PYTHONPATH=tests python -m planning`"


def test_a_lane_is_read_with_its_rules():
    lane = planned(plan()).lanes[LIVE]

    assert (lane.goal_s, lane.least, lane.most, lane.share) == (330, 0, 4, Share(base=1, on_demand=1, spot=3))
    assert lane.timetable == (Timed(at_s=7.75 * 3_600, least=1, most=4),)
    assert (lane.tracking.target, lane.tracking.in_cooldown_s) == (90, 600)


def test_an_alarm_is_read_with_its_step_and_its_maths():
    (alarm,) = planned(plan()).lanes[LIVE].alarms

    assert (alarm.name, alarm.periods, alarm.points, alarm.steps) == ("wake", 2, 2, (Step(above=0.0, adjust=1.0),))
    assert formula(alarm.maths)({"QueuedAudioSeconds": None}) == 0


def test_what_a_variable_leaves_out_is_its_default():
    read = planned(plan())

    assert (read.r, read.overhead_s, read.load.reps, read.load.calls_per_rep) == (90, 1.5, 300, 16)
    assert (read.load.night_at_h, read.load.night_due_h) == (21.5, 30)


def test_pools_are_read_from_their_modules():
    read = planned(plan())

    assert (read.on_demand.most, read.spot.most, read.spot.warm_up_s) == (4, 5, 60)
    assert (read.on_demand.empty_s, planned(plan(SHRINK)).on_demand.empty_s) == (None, 240)


@pytest.mark.parametrize("kind", ["aws_appautoscaling_target", "aws_ecs_service", "aws_autoscaling_group", ALARM])
def test_a_plan_without_a_part_is_refused_by_its_name(kind):
    with pytest.raises(NotPlanned, match=kind if kind != ALARM else "no alarm is named like"):
        planned(plan(without=kind))


@pytest.mark.parametrize("document", [{}, {"format_version": "1.2", "values": {}}])
def test_a_state_is_not_taken_for_a_plan(document):
    with pytest.raises(NotPlanned, match="terraform show"):
        planned(document)


@pytest.mark.parametrize("name", ["worker", "load", "nightly"])
def test_the_defaults_are_those_of_the_variables(name):
    declared = (INFRA / "variables_capacity.tf").read_text("utf-8")
    block = re.search(rf'variable "{name}" {{.*?\n}}', declared, flags=re.DOTALL)[0]
    found = dict(re.findall(r'(\w+)\s*=\s*optional\(\w+, "?([^")]+)"?\)', block))

    assert {field: str(value) for field, value in UNSAID[name].items()}.items() <= found.items()


def test_every_expression_of_the_plan_is_understood():
    fleet = committed_fleet()
    lanes = [lane for planned_one in (fleet.responsive, fleet.economy) for lane in planned_one.lanes.values()]

    for rules in (rule for lane in lanes for rule in (*lane.alarms, lane.tracking)):
        assert formula(rules.maths)({"QueuedAudioSeconds": 60, "RunningTaskCount": 1}) is not None


@pytest.mark.parametrize("lane", ["interactive", "batch"])
def test_a_silent_backlog_leaves_the_messages_to_count(lane):
    tracking = committed_fleet().responsive.lanes[lane].tracking
    messages = {"ApproximateNumberOfMessagesVisible": 2, "ApproximateNumberOfMessagesNotVisible": 1}

    assert formula(tracking.maths)(messages) == pytest.approx(3 * 360 / 60)
