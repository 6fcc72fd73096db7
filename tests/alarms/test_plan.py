"""The committed extract is what Terraform plans for production: with it, every test of this folder speaks of the plan."""

import json

import pytest
from alarms.cloudwatch.alarm import committed, resources
from alarms.planned.extract import extract
from infra.terraform import obstacle

pytestmark = [pytest.mark.infra, pytest.mark.skipif(obstacle() is not None, reason=obstacle() or "")]


@pytest.fixture(scope="module")
def plan(plans):
    return plans("prod").document


def test_the_extract_is_what_is_planned(plan):
    planned = json.loads(json.dumps(extract(plan)))

    assert {key: planned[key] == committed()[key] for key in planned} == dict.fromkeys(planned, True)


def test_every_alarm_tells_somebody(plan):
    unknown = {one["address"]: one["change"]["after_unknown"] for one in plan["resource_changes"]}
    alarms = [
        one
        for one in resources(plan)
        if one["type"].endswith("_alarm") and (one["values"]["tags"] or {}).get("priority")
    ]

    # The topic's ARN is known after the apply, and one action is planned.
    told = [unknown[one["address"]].get("alarm_actions") or one["values"]["alarm_actions"] for one in alarms]

    assert len(alarms) > 28
    assert all(told)


def test_the_forecast_of_the_budget_tells_the_same_topic(plan):
    budget = next(one["values"] for one in resources(plan) if one["type"] == "aws_budgets_budget")

    (notification,) = budget["notification"]

    assert (notification["notification_type"], notification["threshold"]) == ("FORECASTED", 80)
