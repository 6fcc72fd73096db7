"""What the table, the bucket and the queues hold, read past the API."""

import re
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from races.local import Local
from races.progress import Progress

CANARY = re.compile(r"canary-\d+-\d{6}")
JOB_ID = re.compile(r"job_[0-9A-Z]{26}")
DRAINED_S = 150
"""A message that a worker lost comes back after its lease, and once more if another had it then."""
COUNTS = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an object; a delete marker has no etag."""

    key: str
    etag: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """One look: rows by job, places of each canary, object versions by job."""

    rows: Mapping[str, dict[str, Any]]
    canaries: Mapping[str, list[str]]
    versions: Mapping[str, list[Version]]


@dataclass(frozen=True, slots=True)
class Inside:
    """The stores behind one stack."""

    table: Any
    s3: Any
    sqs: Any
    bucket: str
    queues: Mapping[str, str]

    @classmethod
    def of(cls, local: Local) -> "Inside":
        named = local.environment
        session = boto3.Session(
            named["AWS_ACCESS_KEY_ID"], named["AWS_SECRET_ACCESS_KEY"], region_name=named["AWS_DEFAULT_REGION"]
        )
        at = {"endpoint_url": named["AWS_ENDPOINT_URL"]}
        queues = {name: url for name, url in named.items() if name.startswith("CALLSCRIBE_QUEUE_")}
        table = session.resource("dynamodb", **at).Table(named["CALLSCRIBE_TABLE"])
        return cls(table, session.client("s3", **at), session.client("sqs", **at), named["CALLSCRIBE_BUCKET"], queues)

    def look(self) -> Seen:
        """Read everything."""
        rows, canaries = {}, defaultdict(list)
        for item in self._items():
            if item["sk"] == "JOB":
                rows[item["id"]] = item
            for canary in set(CANARY.findall(repr(item))):
                canaries[canary].append(f"{item['pk']} {item['sk']}")
        return Seen(rows, canaries, self._versions())

    def queued(self) -> dict[str, int]:
        """Messages of any kind in each queue that holds some."""
        counts = {}
        for name, url in self.queues.items():
            answer = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=COUNTS)["Attributes"]
            counts[name] = sum(int(answer.get(count, 0)) for count in COUNTS)
        return {name: count for name, count in counts.items() if count}

    def drained(self, progress: Progress) -> dict[str, int]:
        """What is left in the queues when nothing moves any more; events that wait for the reconciler are waited for."""
        never = threading.Event()
        for _ in range(DRAINED_S):
            left = self.queued()
            progress.step(sum(left.values()))
            if not left and not self._pending():
                break
            never.wait(1.0)
        return left

    def _pending(self) -> bool:
        """Whether an event of any job is still to be told."""
        told = (entry["state"] for item in self._items() for entry in item.get("outbox", {}).values())
        return any(state == "pending" for state in told)

    def _items(self) -> list[dict[str, Any]]:
        found, after = [], {}
        while True:
            answer = self.table.scan(ConsistentRead=True, **after)
            found += answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return found
            after = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _versions(self) -> dict[str, list[Version]]:
        found = defaultdict(list)
        for page in self.s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket):
            for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                for job_id in JOB_ID.findall(one["Key"]):
                    found[job_id].append(Version(one["Key"], one.get("ETag")))
        return found
