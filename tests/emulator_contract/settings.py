"""Reads what stands in an engine back, in the words of Terraform: one function a kind of resource.

Each takes a client factory and what Terraform says of the resource, and returns the same settings as the engine has
them; what an engine cannot be asked is left out by the test that compares.
"""

import json
from collections.abc import Callable
from typing import Any

Client = Callable[[str], Any]


def queue(client: Client, said: Any) -> dict[str, Any]:
    """aws_sqs_queue."""
    has = _queue_attributes(client, said["url"])
    return {
        "name": has["QueueArn"].rpartition(":")[2],
        "visibility_timeout_seconds": int(has["VisibilityTimeout"]),
        "message_retention_seconds": int(has["MessageRetentionPeriod"]),
        "receive_wait_time_seconds": int(has["ReceiveMessageWaitTimeSeconds"]),
        "delay_seconds": int(has["DelaySeconds"]),
        "redrive_policy": has.get("RedrivePolicy", ""),
        "kms_master_key_id": has.get("KmsMasterKeyId", ""),
    }


def queue_policy(client: Client, said: Any) -> dict[str, Any]:
    """aws_sqs_queue_policy."""
    return {"policy": _queue_attributes(client, said["queue_url"])["Policy"]}


def redrive_allow(client: Client, said: Any) -> dict[str, Any]:
    """aws_sqs_queue_redrive_allow_policy."""
    return {"redrive_allow_policy": _queue_attributes(client, said["queue_url"])["RedriveAllowPolicy"]}


def _queue_attributes(client: Client, url: str) -> Any:
    return client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def topic(client: Client, said: Any) -> dict[str, Any]:
    """aws_sns_topic."""
    has = client("sns").get_topic_attributes(TopicArn=said["arn"])["Attributes"]
    return {
        "arn": has["TopicArn"],
        "kms_master_key_id": has.get("KmsMasterKeyId", ""),
        "signature_version": int(has.get("SignatureVersion", 0)),
    }


def topic_policy(client: Client, said: Any) -> dict[str, Any]:
    """aws_sns_topic_policy."""
    return {"policy": client("sns").get_topic_attributes(TopicArn=said["arn"])["Attributes"]["Policy"]}


def subscription(client: Client, said: Any) -> dict[str, Any]:
    """aws_sns_topic_subscription, found by its endpoint: its ARN is the engine's own."""
    sns = client("sns")
    listed = sns.list_subscriptions_by_topic(TopicArn=said["topic_arn"])["Subscriptions"]
    [arn] = [one["SubscriptionArn"] for one in listed if one["Endpoint"] == said["endpoint"]]
    has = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    return {
        "protocol": has["Protocol"],
        "raw_message_delivery": has.get("RawMessageDelivery", "false") == "true",
        "redrive_policy": has.get("RedrivePolicy", ""),
    }


def versioning(client: Client, said: Any) -> dict[str, Any]:
    """aws_s3_bucket_versioning."""
    return {"versioning_configuration.status": client("s3").get_bucket_versioning(Bucket=said["bucket"])["Status"]}


def notification(client: Client, said: Any) -> dict[str, Any]:
    """aws_s3_bucket_notification."""
    has = client("s3").get_bucket_notification_configuration(Bucket=said["bucket"])
    [rule] = has["QueueConfigurations"]
    return {
        "queue.queue_arn": rule["QueueArn"],
        "queue.events": rule["Events"],
        "queue.filter_prefix": rule["Filter"]["Key"]["FilterRules"][0]["Value"],
    }


def lifecycle(client: Client, said: Any) -> dict[str, Any]:
    """aws_s3_bucket_lifecycle_configuration."""
    rules = client("s3").get_bucket_lifecycle_configuration(Bucket=said["bucket"])["Rules"]
    return {
        f"rule.{rule['ID']}": (
            rule["Status"],
            rule.get("Expiration", {}).get("Days"),
            rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays"),
            rule.get("AbortIncompleteMultipartUpload", {}).get("DaysAfterInitiation"),
        )
        for rule in rules
    }


def bucket_policy(client: Client, said: Any) -> dict[str, Any]:
    """aws_s3_bucket_policy."""
    return {"policy": client("s3").get_bucket_policy(Bucket=said["bucket"])["Policy"]}


def bucket_key(client: Client, said: Any) -> dict[str, Any]:
    """aws_s3_bucket_server_side_encryption_configuration."""
    has = client("s3").get_bucket_encryption(Bucket=said["bucket"])["ServerSideEncryptionConfiguration"]
    chosen = has["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    return {"sse_algorithm": chosen["SSEAlgorithm"], "kms_master_key_id": chosen["KMSMasterKeyID"]}


def public_access(client: Client, said: Any) -> dict[str, Any]:
    """aws_s3_bucket_public_access_block."""
    has = client("s3").get_public_access_block(Bucket=said["bucket"])["PublicAccessBlockConfiguration"]
    return {
        "block_public_acls": has["BlockPublicAcls"],
        "block_public_policy": has["BlockPublicPolicy"],
        "ignore_public_acls": has["IgnorePublicAcls"],
        "restrict_public_buckets": has["RestrictPublicBuckets"],
    }


def table(client: Client, said: Any) -> dict[str, Any]:
    """aws_dynamodb_table."""
    dynamodb, name = client("dynamodb"), said["name"]
    has = dynamodb.describe_table(TableName=name)["Table"]
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    return {
        "keys": {key["KeyType"]: key["AttributeName"] for key in has["KeySchema"]},
        "attributes": {one["AttributeName"]: one["AttributeType"] for one in has["AttributeDefinitions"]},
        "indexes": {one["IndexName"]: _index(one) for one in has["GlobalSecondaryIndexes"]},
        "billing_mode": has["BillingModeSummary"]["BillingMode"],
        "ttl": (ttl["TimeToLiveStatus"], ttl["AttributeName"]),
        "deletion_protection_enabled": has.get("DeletionProtectionEnabled", False),
        "server_side_encryption.kms_key_arn": has.get("SSEDescription", {}).get("KMSMasterKeyArn"),
    }


def _index(has: Any) -> Any:
    keys = {key["KeyType"]: key["AttributeName"] for key in has["KeySchema"]}
    shown = has["Projection"]
    return keys["HASH"], keys["RANGE"], shown["ProjectionType"], sorted(shown.get("NonKeyAttributes", []))


def key(client: Client, said: Any) -> dict[str, Any]:
    """aws_kms_key."""
    kms, key_id = client("kms"), said["key_id"]
    return {
        "enable_key_rotation": kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"],
        "policy": kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"],
    }


READERS = {
    "aws_sqs_queue": queue,
    "aws_sqs_queue_policy": queue_policy,
    "aws_sqs_queue_redrive_allow_policy": redrive_allow,
    "aws_sns_topic": topic,
    "aws_sns_topic_policy": topic_policy,
    "aws_sns_topic_subscription": subscription,
    "aws_s3_bucket_versioning": versioning,
    "aws_s3_bucket_notification": notification,
    "aws_s3_bucket_lifecycle_configuration": lifecycle,
    "aws_s3_bucket_policy": bucket_policy,
    "aws_s3_bucket_server_side_encryption_configuration": bucket_key,
    "aws_s3_bucket_public_access_block": public_access,
    "aws_dynamodb_table": table,
    "aws_kms_key": key,
}


def plain(value: Any) -> Any:
    """The same value without what two writers of JSON may do otherwise."""
    if isinstance(value, str) and value.startswith("{"):
        return json.loads(value)
    return value
