"""Makes what `resources` lists, on the emulator or on moto; a second run changes nothing."""

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from shared.emulator.resources import ACCOUNT, LOCAL, REGION, SECRET, Bucket, Expiry, Queue, Table, Topic, arn
from shared.job import INDEXES, Index

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import LifecycleRuleTypeDef
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class Clients:
    """The four services that the stack stands on."""

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


def create(clients: Clients) -> None:
    """Make the whole stack; what is there already stays, with its contents."""
    for queue in LOCAL.queues:
        _create_queue(clients.sqs, queue)
    _create_topic(clients.sns, LOCAL.topic)
    for bucket in LOCAL.buckets:
        _create_bucket(clients.s3, bucket)
    _create_table(clients.dynamodb, LOCAL.table)


def _create_queue(sqs: "SQSClient", queue: Queue) -> None:
    """Make a queue; its dead-letter queue must be there, as on AWS, where the ARN is checked."""
    attributes = {
        "VisibilityTimeout": str(queue.visibility_s),
        "MessageRetentionPeriod": str(queue.retention_s),
        "ReceiveMessageWaitTimeSeconds": str(queue.long_poll_s),
    }
    if queue.dead_letters is not None:
        redrive = {"deadLetterTargetArn": arn("sqs", queue.dead_letters), "maxReceiveCount": queue.max_receive_count}
        attributes["RedrivePolicy"] = json.dumps(redrive)
    # mypy's stubs list the attribute names as literals; the dict above holds only such.
    sqs.create_queue(QueueName=queue.name, Attributes=attributes)  # type: ignore[arg-type]


def _create_topic(sns: "SNSClient", topic: Topic) -> None:
    """Make the topic and its subscriptions.

    Raw delivery: the message is the event itself, as a webhook would get it, not SNS's envelope around it.
    """
    topic_arn = sns.create_topic(Name=topic.name)["TopicArn"]
    for queue in topic.raw_queues:
        sns.subscribe(
            TopicArn=topic_arn,
            Protocol="sqs",
            Endpoint=arn("sqs", queue),
            Attributes={"RawMessageDelivery": "true"},
            ReturnSubscriptionArn=True,
        )


def _create_bucket(s3: "S3Client", bucket: Bucket) -> None:
    """Make a bucket and give it what the list says.

    Versions are always on: a job pins the version of its audio, so that a later upload cannot change what is heard.
    """
    with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=bucket.name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
    if bucket.expiries:
        rules = [_rule(expiry) for expiry in bucket.expiries]
        s3.put_bucket_lifecycle_configuration(Bucket=bucket.name, LifecycleConfiguration={"Rules": rules})
    if bucket.browser_uploads:
        _allow_browsers(s3, bucket.name)
    if bucket.notice is not None:
        _notify(s3, bucket.name, bucket.notice.prefix, bucket.notice.queue)


def _rule(expiry: Expiry) -> "LifecycleRuleTypeDef":
    """One expiry as S3 wants it; emulators keep it and never act on it."""
    rule: LifecycleRuleTypeDef = {"ID": expiry.name, "Status": "Enabled", "Filter": {"Prefix": expiry.prefix}}
    if expiry.days is not None:
        rule["Expiration"] = {"Days": expiry.days}
    if expiry.noncurrent_days is not None:
        rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": expiry.noncurrent_days}
    return rule


def _allow_browsers(s3: "S3Client", bucket: str) -> None:
    """Any origin: the presigned URL is the permission, and the console's port is not known beforehand."""
    s3.put_bucket_cors(
        Bucket=bucket,
        CORSConfiguration={
            "CORSRules": [
                {
                    "AllowedMethods": ["PUT"],
                    "AllowedOrigins": ["*"],
                    "AllowedHeaders": ["*"],
                    "ExposeHeaders": ["ETag", "x-amz-version-id"],
                    "MaxAgeSeconds": 3_000,
                }
            ]
        },
    )


def _notify(s3: "S3Client", bucket: str, prefix: str, queue: str) -> None:
    """Tell the queue of every object made under `prefix`; this replaces all notices of the bucket."""
    s3.put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={
            "QueueConfigurations": [
                {
                    "Id": "audio-uploaded",
                    "QueueArn": arn("sqs", queue),
                    "Events": ["s3:ObjectCreated:*"],
                    "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": prefix}]}},
                }
            ]
        },
    )


def _create_table(dynamodb: "DynamoDBClient", table: Table) -> None:
    """Make the table and its indexes, or leave it: a time to live cannot be switched on twice."""
    try:
        dynamodb.create_table(**table_definition(table.name))
    except dynamodb.exceptions.ResourceInUseException:
        return
    dynamodb.update_time_to_live(
        TableName=table.name, TimeToLiveSpecification={"Enabled": True, "AttributeName": table.ttl_field}
    )


def table_definition(name: str) -> Any:
    """What CreateTable wants to hear of our table: its keys, and every index of the one list."""
    types = {"pk": "S", "sk": "S"}
    for index in INDEXES:
        types |= {index.hash_field: "S", index.range_field: index.range_type}
    return {
        "TableName": name,
        "KeySchema": _key_schema("pk", "sk"),
        "AttributeDefinitions": [{"AttributeName": field, "AttributeType": kind} for field, kind in types.items()],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": index.name,
                "KeySchema": _key_schema(index.hash_field, index.range_field),
                "Projection": _projection(index),
            }
            for index in INDEXES
        ],
        "BillingMode": "PAY_PER_REQUEST",
    }


def _key_schema(hash_field: str, range_field: str) -> list[dict[str, str]]:
    return [{"AttributeName": hash_field, "KeyType": "HASH"}, {"AttributeName": range_field, "KeyType": "RANGE"}]


def _projection(index: Index) -> dict[str, Any]:
    """The fields that an index carries beside the keys; a key of its own cannot be named again."""
    carried = [field for field in index.carried if field not in (index.hash_field, index.range_field)]
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": carried} if carried else {"ProjectionType": "KEYS_ONLY"}
