"""Worlds of AWS's API for tests: a table, a bucket, two queues and a topic, as small as they can be."""

import contextlib
import dataclasses
import uuid
from typing import Any

import pytest

from shared.aws.clients import Clients, connect
from shared.aws.doorbell import Doorbell
from shared.aws.events import Events
from shared.aws.ledger import Ledger
from shared.aws.patience import Patience
from shared.aws.store import Store
from shared.aws.world import AwsWorld
from shared.emulator.making import table_definition
from shared.emulator.resources import aws_environment
from shared.job import Key, Lane

REGION = "eu-central-1"


class AwsJobsWorld(AwsWorld):
    """An AwsWorld that tests can look into as they look into the memory world."""

    def row(self, tenant: str, job_id: str) -> Any:
        return self.ledger.read(Key.of_job(tenant, job_id))


class PuttingStore(Store):
    """A Store that can also do what a client does with a presigned URL."""

    def put(self, bucket: str, key: str, body: bytes) -> None:
        self.client.put_object(Bucket=bucket, Key=key, Body=body)


def make_world(clients: Clients, bucket: str, suffix: str = "") -> AwsJobsWorld:
    """Make the resources and put the adapters over them; `suffix` keeps worlds of one engine apart."""
    with contextlib.suppress(clients.s3.exceptions.BucketAlreadyOwnedByYou):
        clients.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    clients.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    clients.dynamodb.create_table(**table_definition(f"jobs{suffix}"))
    queues = {lane: clients.sqs.create_queue(QueueName=f"q-{lane}{suffix}")["QueueUrl"] for lane in Lane}
    topic = clients.sns.create_topic(Name=f"events{suffix}")["TopicArn"]
    bell = Doorbell(clients.sqs, queues, queues[Lane.INTERACTIVE])
    return AwsJobsWorld(
        Ledger(clients.dynamodb, f"jobs{suffix}"), PuttingStore(clients.s3, bucket), bell, Events(clients.sns, topic)
    )


def connect_to(endpoint: str, patience: Patience | None = None) -> Clients:
    """Clients of an emulator, made as production makes them."""
    with pytest.MonkeyPatch.context() as set_in:
        for name, value in aws_environment(endpoint).items():
            set_in.setenv(name, value)
        return connect(patience)


def with_queues(world: AwsJobsWorld) -> AwsJobsWorld:
    """The same world with queues that nobody has used."""
    sqs, name = world.doorbell.client, uuid.uuid4().hex
    queues = {lane: sqs.create_queue(QueueName=f"{lane}-{name}")["QueueUrl"] for lane in Lane}
    return dataclasses.replace(world, doorbell=Doorbell(sqs, queues, queues[Lane.INTERACTIVE]))
