"""Machines that stand empty are given back, and no other: on ECS and Auto Scaling as moto plays them."""

import json

import boto3
import pytest
from botocore.stub import Stubber
from moto.ec2.utils import generate_instance_identity_document

from shared.aws.fleet import EMPTY_SINCE, connect_fleet
from shared.capacity.shrinking import EMPTY_S, Machine, steps
from shared.errors.transient import StorageUnavailable

NOW = 1_800_000_000.0
CLUSTER = "callscribe-test"
IMAGE = "ami-12c6146b"
"""One that moto knows."""


def machine(**facts):
    return Machine(**{"arn": "arn:m", "instance_id": "i-1", "tasks": 0, **facts})


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"tasks": 1}, [], id="at-work"),
        pytest.param({"tasks": 1, "empty_since": NOW - 999}, ["unmark"], id="at-work-again"),
        pytest.param({}, ["mark"], id="first-seen-empty"),
        pytest.param({"empty_since": NOW - EMPTY_S + 1}, [], id="just-booted"),
        pytest.param({"empty_since": NOW - EMPTY_S}, ["drain"], id="empty-for-long"),
        pytest.param({"empty_since": NOW - EMPTY_S, "is_draining": True}, ["end"], id="drained"),
        pytest.param({"tasks": 1, "is_draining": True}, [], id="draining-with-a-task"),
    ],
)
def test_each_machine_is_asked_for_its_next_step_alone(facts, expected):
    assert [step for step, _ in steps([machine(**facts)], NOW)] == expected


@pytest.fixture
def account(mocked_aws):
    return _Account()


class _Account:
    """A cluster with one machine out of a group that is protected from scale-in, as ours are."""

    def __init__(self):
        self.ecs, self.scaling = (boto3.client(name) for name in ("ecs", "autoscaling"))
        self.ecs.create_cluster(clusterName=CLUSTER)
        self.scaling.create_launch_configuration(LaunchConfigurationName="gpu", ImageId=IMAGE, InstanceType="g6.xlarge")
        self.scaling.create_auto_scaling_group(
            AutoScalingGroupName="gpu", LaunchConfigurationName="gpu", MinSize=0, MaxSize=2, DesiredCapacity=1,
            AvailabilityZones=["eu-central-1a"], NewInstancesProtectedFromScaleIn=True,
        )  # fmt: skip
        instance = boto3.resource("ec2").Instance(self.group["Instances"][0]["InstanceId"])
        identity = json.dumps(generate_instance_identity_document(instance))
        self.ecs.register_container_instance(cluster=CLUSTER, instanceIdentityDocument=identity)

    @property
    def group(self):
        return self.scaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]


def test_an_empty_machine_is_marked_drained_and_ended(account):
    fleet, taken = connect_fleet(CLUSTER), []

    for now in (NOW, NOW + EMPTY_S / 2, NOW + EMPTY_S, NOW + EMPTY_S + 60):
        for step, found in list(steps(fleet.machines(), now)):
            fleet.do(step, found, now)
            taken.append(step)

    assert taken == ["mark", "drain", "end"]
    assert account.group["DesiredCapacity"] == 0


def test_a_machine_that_is_needed_again_loses_its_mark(account):
    """moto deletes an attribute only with its value, which AWS asks not to send: so the request is looked at."""
    fleet = connect_fleet(CLUSTER)
    (found,) = fleet.machines()
    mark = {"name": EMPTY_SINCE, "targetId": found.arn}

    with Stubber(fleet.ecs) as stubbed:
        stubbed.add_response("delete_attributes", {}, {"cluster": CLUSTER, "attributes": [mark]})
        fleet.do("unmark", found, NOW)

        stubbed.assert_no_pending_responses()


def test_a_machine_that_has_gone_meanwhile_is_no_error(account):
    fleet = connect_fleet(CLUSTER)
    (found,) = fleet.machines()

    with Stubber(fleet.autoscaling) as stubbed:
        stubbed.add_client_error("terminate_instance_in_auto_scaling_group", "ValidationError")
        fleet.do("end", found, NOW)

        stubbed.assert_no_pending_responses()


def test_a_cluster_out_of_reach_is_named_as_such(account):
    fleet = connect_fleet(CLUSTER)

    with Stubber(fleet.ecs) as stubbed:
        stubbed.add_client_error("list_container_instances", "ServerException")

        with pytest.raises(StorageUnavailable):
            list(fleet.machines())


def test_the_mark_is_the_moment_it_was_first_seen_empty(account):
    fleet = connect_fleet(CLUSTER)
    (found,) = fleet.machines()

    fleet.do("mark", found, NOW + 0.7)

    (marked,) = fleet.machines()
    assert marked.empty_since == NOW
