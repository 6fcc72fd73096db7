"""Roles that Terraform makes, taken and enforced: what each may and may not do, and a whole call under them."""

import pytest
from permissions.acting.everything import do_everything
from permissions.acting.journey import travel
from permissions.acting.matrix import MAY, seed, tried
from permissions.enforcing import opened, without
from permissions.stage import TABLE


@pytest.fixture(scope="module")
def stage():
    with opened() as stage:
        yield stage


def refused(stage):
    """How often each role was refused a call until now."""
    return {role: len(actor.asking.denied) for role, actor in stage.actors.items()}


def test_a_role_may_what_it_must_and_nothing_else(stage):
    seed(stage)

    with stage.enforcing():
        let = {role: tried(stage, role) for role in MAY}

    assert let == MAY


def test_a_call_goes_its_whole_way_under_roles(stage):
    earlier = refused(stage)

    with stage.enforcing():
        reached = travel(stage)

    assert reached == ["submitted", "uploaded", "transcribed", "read", "delivered"]
    assert refused(stage) == earlier


def test_a_call_stops_where_one_right_is_missing(stage):
    stops = {}
    for role, action in (("uploaded", "sqs:SendMessage"), ("worker", "s3:PutObject"), ("deliver", "dynamodb:PutItem")):
        with without(stage, role, action), stage.enforcing():
            stops[f"{role} {action}"] = travel(stage)[-1]

    assert stops == {
        "uploaded sqs:SendMessage": "submitted",
        "worker s3:PutObject": "uploaded",
        "deliver dynamodb:PutItem": "read",
    }


@pytest.mark.infra_full
def test_everything_is_done_under_roles():
    with opened() as stage, stage.enforcing():
        do_everything(stage)

        assert set(refused(stage).values()) == {0}


def test_of_conditions_the_emulator_asks_none(stage):
    key = {"pk": {"S": "K#0123456789"}, "sk": {"S": "KEY"}}

    with stage.enforcing():
        answer = stage.actors["worker"].clients.dynamodb.put_item(TableName=TABLE, Item=key)

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200, (
        "moto reads conditions now: enforcing.py says it does not"
    )
