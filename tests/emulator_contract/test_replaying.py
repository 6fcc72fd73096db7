"""A recording replayed: the calls in their order, with the ids that the engine makes up."""

import json

import pytest
from infra.moto import moto

from shared.emulator.learning import Ids
from shared.emulator.making import recorded, table_definition
from shared.emulator.recording import Call, Recording
from shared.emulator.replay import ReplayFailed, replay

OLD_KEY, NEW_KEY = "0d9f9bd4-7f00-4ee6-8c2a-3ac9d46ec4a4", "6f2b7d0a-94b5-4c3c-a0e8-b1f7d8f5e2c1"


def learned(recorded_answer, answer):
    ids = Ids()
    ids.learn(recorded_answer, answer)
    return ids


def test_an_id_is_found_at_the_same_place():
    ids = learned(f'{{"Key": {{"KeyId": "{OLD_KEY}"}}}}', f'{{"More": 1, "Key": {{"KeyId": "{NEW_KEY}"}}}}')

    assert ids.renew(f'{{"TargetKeyId": "{OLD_KEY}"}}') == f'{{"TargetKeyId": "{NEW_KEY}"}}'


def test_an_id_inside_an_arn_may_stand_alone_later():
    arn = '{{"Arn": "arn:aws:kms:eu-central-1:123456789012:key/{}"}}'

    assert learned(arn.format(OLD_KEY), arn.format(NEW_KEY)).known == {OLD_KEY: NEW_KEY}


def test_an_id_is_found_in_xml_of_another_namespace():
    ids = learned(
        '<R xmlns="urn:a"><Item><VpcId>vpc-0123</VpcId></Item><Item><VpcId>vpc-4567</VpcId></Item></R>',
        '<R xmlns="urn:b"><Item><VpcId>vpc-abc1</VpcId></Item><Item><VpcId>vpc-abc2</VpcId></Item></R>',
    )

    assert ids.known == {"vpc-0123": "vpc-abc1", "vpc-4567": "vpc-abc2"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Enabled", "ENABLED"),
        ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
        ("123456789", "987654321"),
        ("a1", "b2"),
    ],
)
def test_a_word_or_a_moment_is_no_id(old, new):
    assert learned(json.dumps({"Status": old}), json.dumps({"Status": new})).known == {}


def test_the_longer_id_goes_first():
    ids = Ids({"key-12": "short", "key-1234": "long"})

    assert ids.renew("key-1234 key-12") == "long short"


def test_a_refused_call_ends_the_replay(endpoint):
    call = Call(
        service="sqs",
        region="eu-central-1",
        method="POST",
        path="/",
        headers={"X-Amz-Target": "AmazonSQS.GetQueueUrl", "Content-Type": "application/x-amz-json-1.0"},
        body='{"QueueName": "nobody-made-it"}',
        status=200,
        answer="",
    )

    with pytest.raises(ReplayFailed, match="sqs GetQueueUrl"):
        replay(Recording({}, (call,)), endpoint)


def test_a_service_that_an_engine_has_not_is_left_out(endpoint):
    call = Call("ecs", "eu-central-1", "POST", "/", {}, "{}", 200, "")

    assert replay(Recording({}, (call,)), endpoint, ("sqs",)).known == {"{endpoint}": endpoint}


def test_everything_that_terraform_made_can_be_made_again():
    with moto() as endpoint:
        ids = replay(recorded(), endpoint)

    outputs = json.dumps(recorded().header["outputs"])
    assert len(ids.known) > 50
    assert ids.renew(outputs) != outputs


def test_a_table_of_a_test_is_ours_under_another_name():
    definition = table_definition("jobs-of-a-test")

    assert (definition["TableName"], len(definition["GlobalSecondaryIndexes"])) == ("jobs-of-a-test", 5)
    assert "SSESpecification" not in definition
