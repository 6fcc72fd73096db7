"""Tier F: the whole stack applied, compared with the recording, planned again, used from outside, and taken down."""

import json
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from infra.distil import distilled
from infra.moto import moto
from infra.record import header_of, managed
from infra.shapes import shapes
from infra.terraform import Terraform

from shared.emulator.making import recorded
from shared.emulator.recording import ENDPOINT

pytestmark = pytest.mark.infra_full

LOCAL = Path("environments/local.tfvars")
UPDATED = {
    "aws_autoscaling_group": "warm-up and reservations of a group are not told",
    "aws_lambda_event_source_mapping": "an alias becomes the version that it stands for",
    "aws_launch_template": "versions are counted otherwise",
    "aws_sns_topic": "the version of signatures is not told",
    "aws_sns_topic_policy": "follows its topic",
    "aws_sqs_queue": "JSON is written with other white space",
    "aws_sqs_queue_policy": "follows its queue",
    "aws_vpc_security_group_egress_rule": "the description of a rule is not told",
    "aws_vpc_security_group_ingress_rule": "the description of a rule is not told",
}
"""Kind of resource that a second plan would change: what moto forgets. None may be replaced or deleted."""


@pytest.fixture(scope="module")
def place(workplace):
    """Where the emulator writes down what it sees."""
    folder = workplace / "whole"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def endpoint(place):
    with moto("--record", str(place / "raw.jsonl")) as address:
        yield address


@pytest.fixture(scope="module")
def stack(place, endpoint):
    """The root module, initialized before an empty emulator."""
    made = Terraform.copied(place / "infra", endpoint)
    made.init()
    return made


@pytest.fixture(scope="module")
def applied(place, endpoint, stack):
    """Header and calls of the apply."""
    state = stack.apply(LOCAL)
    header = header_of(json.loads(json.dumps(state).replace(endpoint, ENDPOINT)))
    return header, distilled(place / "raw.jsonl", endpoint, json.dumps(header)), state


def test_the_recording_is_what_terraform_does_now(applied):
    header, calls, _ = applied

    assert shapes(calls) == shapes(recorded().calls)
    assert header["hash"] == recorded().header["hash"]


def test_the_outputs_name_the_same_things(applied):
    header, *_ = applied

    assert header["outputs"].keys() == recorded().header["outputs"].keys()
    assert header["outputs"]["queue_urls"] == recorded().header["outputs"]["queue_urls"]


def test_a_second_plan_changes_only_what_the_emulator_forgets(applied, stack):
    del applied
    changes = [
        (change["type"], change["change"]["actions"])
        for change in stack.plan(LOCAL)["resource_changes"]
        if change["change"]["actions"] not in (["no-op"], ["read"])
    ]

    assert {tuple(actions) for _, actions in changes} == {("update",)}
    assert {kind for kind, _ in changes} == UPDATED.keys()


def clients_of(endpoint):
    """Clients of somebody who knows the endpoint and the outputs, nothing else."""
    session = boto3.Session("testing", "testing", region_name="eu-central-1")
    config = Config(s3={"addressing_style": "path"}, proxies={})
    return {
        service: session.client(service, endpoint_url=endpoint, config=config)
        for service in ("s3", "sqs", "sns", "dynamodb")
    }


def received(sqs, url):
    """Bodies of what a queue has, which is deleted."""
    messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=2, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [message["Body"] for message in messages]


def test_an_upload_and_an_event_go_their_way(applied, endpoint):
    said = json.loads(json.dumps(applied[0]["outputs"]).replace(ENDPOINT, endpoint))
    clients = clients_of(endpoint)
    clients["s3"].put_object(Bucket=said["bucket"], Key="audio/job-1", Body=b"call", IfNoneMatch="*")
    clients["sns"].publish(TopicArn=said["topic_arns"]["events"], Message='{"type": "job.completed"}')
    clients["dynamodb"].put_item(TableName=said["table"], Item={"pk": {"S": "T#t#J#1"}, "sk": {"S": "JOB"}})

    # The first message is S3's test of the queue.
    uploads = [body for _ in range(2) for body in received(clients["sqs"], said["queue_urls"]["uploads"])]

    assert any("job-1" in body for body in uploads)
    assert received(clients["sqs"], said["queue_urls"]["webhooks"]) == ['{"type": "job.completed"}']


def test_what_is_received_in_vain_becomes_a_dead_letter(applied, endpoint):
    urls = json.loads(json.dumps(applied[0]["outputs"]["queue_urls"]).replace(ENDPOINT, endpoint))
    sqs = clients_of(endpoint)["sqs"]
    sqs.send_message(QueueUrl=urls["interactive"], MessageBody="ring")
    for _ in range(10):
        [message] = sqs.receive_message(QueueUrl=urls["interactive"], VisibilityTimeout=0)["Messages"]

    assert "Messages" not in sqs.receive_message(QueueUrl=urls["interactive"], WaitTimeSeconds=0)
    assert message["Body"] == "ring"
    assert received(sqs, urls["interactive-dlq"]) == ["ring"]


def test_taking_it_down_leaves_nothing(applied, stack):
    _, _, state = applied
    stack.run("destroy", f"-var-file={LOCAL}", "-auto-approve")

    left = json.loads(stack.run("show", "-json")).get("values", {}).get("root_module", {})

    assert len(list(managed(state["values"]["root_module"]))) > 150
    assert list(managed(left)) == []
