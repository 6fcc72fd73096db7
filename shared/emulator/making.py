"""Fills a fresh engine: our stack as Terraform recorded it, and beside it what other teams own."""

import functools
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from shared.emulator.recording import Recording
from shared.emulator.replay import replay
from shared.emulator.resources import ACCOUNT, REGION, SECRET, arn, environment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

RECORDINGS = "callscribe-local-recordings"
"""A bucket of the sales backend, from which jobs may name recordings."""
EVENTS = "callscribe-local-events"
"""Our topic; and, by the same name, a queue of a team that listens to it."""


@dataclass(frozen=True, slots=True)
class Clients:
    """The four services that our code speaks to."""

    s3: "S3Client"
    sqs: "SQSClient"
    sns: "SNSClient"
    dynamodb: "DynamoDBClient"


def connect(endpoint: str) -> Clients:
    """Clients of the emulator at `endpoint`, whatever the environment says."""
    session = boto3.Session(ACCOUNT, SECRET, region_name=REGION)
    config = Config(signature_version="s3v4", s3={"addressing_style": "path"}, proxies={})
    return Clients(
        s3=session.client("s3", endpoint_url=endpoint, config=config),
        sqs=session.client("sqs", endpoint_url=endpoint, config=Config(proxies={})),
        sns=session.client("sns", endpoint_url=endpoint, config=Config(proxies={})),
        dynamodb=session.client("dynamodb", endpoint_url=endpoint, config=Config(proxies={})),
    )


def make(endpoint: str, services: Collection[str] | None = None) -> dict[str, str]:
    """Make everything in a fresh engine: the environment for the processes that use it.

    Args:
        endpoint: where the engine answers.
        services: the engine's services, by the names that calls are signed for; None if it has all.

    Raises:
        ReplayFailed: the engine does not take what Terraform asked of the recorded one.
    """
    recording = recorded()
    ids = replay(recording, endpoint, services)
    make_others(connect(endpoint))
    return environment(recording, ids, endpoint)


def make_others(clients: Clients) -> None:
    """Make what other teams own: a bucket of recordings, and a queue that hears every event.

    Raw delivery: the message is the event itself, as a webhook would get it, not SNS's envelope around it.
    """
    clients.s3.create_bucket(Bucket=RECORDINGS, CreateBucketConfiguration={"LocationConstraint": REGION})
    clients.s3.put_bucket_versioning(Bucket=RECORDINGS, VersioningConfiguration={"Status": "Enabled"})
    clients.sqs.create_queue(QueueName=EVENTS, Attributes={"ReceiveMessageWaitTimeSeconds": "20"})
    clients.sns.subscribe(
        TopicArn=arn("sns", EVENTS),
        Protocol="sqs",
        Endpoint=arn("sqs", EVENTS),
        Attributes={"RawMessageDelivery": "true"},
        ReturnSubscriptionArn=True,
    )


@functools.cache
def recorded() -> Recording:
    """The recording that ships."""
    return Recording.load()


def table_definition(name: str) -> Any:
    """What CreateTable wants to hear of a table like ours: as Terraform said, with another name and no key."""
    [call] = [call for call in recorded().calls if (call.service, call.action) == ("dynamodb", "CreateTable")]
    said = json.loads(call.body)
    kept = ("AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema")
    return {"TableName": name, **{field: said[field] for field in kept}}
