"""ECS and Auto Scaling: the machines under the workers, seen and given back."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from shared.aws.clients import error_code, translated
from shared.capacity.shrinking import Machine, Step

if TYPE_CHECKING:
    from mypy_boto3_autoscaling import AutoScalingClient
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_ecs.type_defs import AttributeTypeDef, ContainerInstanceTypeDef

EMPTY_SINCE = "callscribe.empty-since"
"""Name of the attribute of a container instance that remembers since when it has been empty."""
AT_ONCE = 100
"""Most container instances that one DescribeContainerInstances takes."""
QUICK = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


@dataclass(frozen=True, slots=True)
class Fleet:
    """The container instances of one cluster."""

    ecs: "ECSClient"
    autoscaling: "AutoScalingClient"
    cluster: str

    def machines(self) -> Iterator[Machine]:
        """Every machine of the cluster, draining ones too.

        Raises:
            StorageUnavailable: ECS did not answer; a minute later it is asked again.
        """
        with translated():
            for page in self.ecs.get_paginator("list_container_instances").paginate(
                cluster=self.cluster, PaginationConfig={"PageSize": AT_ONCE}
            ):
                if arns := page["containerInstanceArns"]:
                    answer = self.ecs.describe_container_instances(cluster=self.cluster, containerInstances=arns)
                    yield from map(_machine, answer["containerInstances"])

    def do(self, step: Step, machine: Machine, now: float) -> None:
        """Take one step; a machine that is gone already is no error.

        Raises:
            StorageUnavailable: AWS did not answer.
        """
        with translated(), _forgiving():
            match step:
                case "mark":
                    since: AttributeTypeDef = {"name": EMPTY_SINCE, "targetId": machine.arn, "value": str(int(now))}
                    self.ecs.put_attributes(cluster=self.cluster, attributes=[since])
                case "unmark":
                    mark: AttributeTypeDef = {"name": EMPTY_SINCE, "targetId": machine.arn}
                    self.ecs.delete_attributes(cluster=self.cluster, attributes=[mark])
                case "drain":
                    self.ecs.update_container_instances_state(
                        cluster=self.cluster, containerInstances=[machine.arn], status="DRAINING"
                    )
                case "end":
                    # It ends a machine that is protected from scale-in too: that protection is from the group's choice.
                    self.autoscaling.terminate_instance_in_auto_scaling_group(
                        InstanceId=machine.instance_id, ShouldDecrementDesiredCapacity=True
                    )


def connect_fleet(cluster: str) -> Fleet:
    """The fleet of `cluster`, by the environment's region, credentials and endpoint."""
    session = boto3.session.Session()
    return Fleet(session.client("ecs", config=QUICK), session.client("autoscaling", config=QUICK), cluster)


def _machine(told: "ContainerInstanceTypeDef") -> Machine:
    since = next((one["value"] for one in told["attributes"] if one["name"] == EMPTY_SINCE and "value" in one), None)
    return Machine(
        arn=told["containerInstanceArn"],
        instance_id=told["ec2InstanceId"],
        tasks=told["runningTasksCount"] + told["pendingTasksCount"],
        is_draining=told["status"] == "DRAINING",
        empty_since=float(since) if since else None,
    )


@contextlib.contextmanager
def _forgiving() -> Iterator[None]:
    """Let pass that a machine is not there any more."""
    try:
        yield
    except ClientError as error:
        if error_code(error) not in ("TargetNotFoundException", "InvalidParameterException", "ValidationError"):
            raise
