"""What is left: every version and delete marker of the bucket, every row, every message, past all that the code shows."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

_READ = TypeDeserializer().deserialize


@dataclass(frozen=True, slots=True)
class Left:
    """Everything that is stored: keys of versions and markers, rows by place, texts of messages."""

    versions: tuple[str, ...]
    rows: dict[tuple[str, str], dict[str, Any]]
    messages: tuple[str, ...]

    def of(self, *job_ids: str) -> list[str]:
        """Keys of what is still there of these jobs."""
        return [key for key in self.versions if any(job_id in key for job_id in job_ids)]


def look(world: Any) -> Left:
    """Read all of a world on AWS's API."""
    return Left(tuple(_versions(world)), dict(_rows(world)), tuple(_messages(world)))


def _versions(world: Any) -> Iterator[str]:
    pages = world.store.client.get_paginator("list_object_versions").paginate(Bucket=world.store.bucket)
    for page in pages:
        for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            yield one["Key"]


def _rows(world: Any) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    pages = world.ledger.client.get_paginator("scan").paginate(TableName=world.ledger.table, ConsistentRead=True)
    for page in pages:
        for item in page["Items"]:
            row = {name: _READ(value) for name, value in item.items()}
            yield (row["pk"], row["sk"]), row


def _messages(world: Any) -> Iterator[str]:
    """Every message that a queue still holds; they stay there."""
    for url in set(world.doorbell.urls.values()):
        for _ in range(200):
            answer = world.doorbell.client.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=60, MessageAttributeNames=["All"]
            )
            if not answer.get("Messages"):
                break
            for message in answer["Messages"]:
                yield json.dumps([message["Body"], message.get("MessageAttributes", {})], default=str)
