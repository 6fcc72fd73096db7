"""The same world three times: from dictionaries, on moto in this process, and on the emulator of the local stack."""

import boto3
import pytest
from fakes import BUCKET, MemoryWorld
from jobs import Jobs
from moto import mock_aws

from shared.aws.clients import connect
from shared.aws.doorbell import Doorbell
from shared.aws.events import Events
from shared.aws.ledger import Ledger
from shared.aws.store import Store
from shared.aws.world import AwsWorld
from shared.emulator.making import table_definition
from shared.job import Key, Lane


class AwsJobsWorld(AwsWorld):
    """An AwsWorld that tests can look into as they look into the memory world."""

    def row(self, tenant, job_id):
        return self.ledger.read(Key.of_job(tenant, job_id))


def make_world(clients):
    clients.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    clients.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    clients.dynamodb.create_table(**table_definition("jobs"))
    queues = {lane: clients.sqs.create_queue(QueueName=f"q-{lane}")["QueueUrl"] for lane in Lane}
    topic = clients.sns.create_topic(Name="events")["TopicArn"]
    return AwsJobsWorld(
        Ledger(clients.dynamodb, "jobs"), PuttingStore(clients.s3, BUCKET), Doorbell(clients.sqs, queues),
        Events(clients.sns, topic),
    )  # fmt: skip


class PuttingStore(Store):
    """A Store that can also do what a client does with a presigned URL."""

    def put(self, bucket, key, body):
        self.client.put_object(Bucket=bucket, Key=key, Body=body)


@pytest.fixture
def moto_world(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        yield make_world(connect())
    boto3.DEFAULT_SESSION = None


@pytest.fixture(params=["memory", "moto"])
def world(request):
    return MemoryWorld() if request.param == "memory" else request.getfixturevalue("moto_world")


@pytest.fixture
def jobs(world):
    return Jobs(world)
