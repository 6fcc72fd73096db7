"""Writes down what each role asks of AWS: the action as a policy names it, and the resource as a policy would.

recorder = Recorder().attach(clients)
with recorder.playing("worker"):
    ...
recorder.seen["worker"]   # {("s3:GetObject", "calls/transcripts/*"), …}
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from shared.aws.clients import Clients

Permission = tuple[str, str]
NAMED_OTHERWISE = {
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:DeleteObjects": "s3:DeleteObjectVersion",
    "s3:ListObjectsV2": "s3:ListBucket",
}
"""Operations whose permission has another name."""


@dataclass
class Recorder:
    """What was asked, by role."""

    role: str = "nobody"
    seen: dict[str, set[Permission]] = field(default_factory=lambda: defaultdict(set))

    def attach(self, clients: Clients) -> "Recorder":
        for client in (clients.s3, clients.sqs, clients.sns, clients.dynamodb):
            client.meta.events.register("before-parameter-build", self.note)
        return self

    @contextmanager
    def playing(self, role: str) -> Iterator[None]:
        """All that is asked now is asked by `role`."""
        earlier, self.role = self.role, role
        try:
            yield
        finally:
            self.role = earlier

    def note(self, params: Any, model: Any, **_: Any) -> None:
        service = model.service_model.service_name
        self.seen[self.role] |= set(permissions(service, model.name, params))


def permissions(service: str, operation: str, params: Any) -> Iterator[Permission]:
    """What one request needs: each write of a transaction, and each object of a batch, on its own."""
    match service:
        case "dynamodb":
            yield from _of_rows(operation, params)
        case "s3":
            yield from _of_objects(operation, params)
        case "sqs":
            yield f"sqs:{operation}", params["QueueUrl"].rsplit("/", 1)[1]
        case "sns":
            yield f"sns:{operation}", params["TopicArn"].rsplit(":", 1)[1]


def _of_rows(operation: str, params: Any) -> Iterator[Permission]:
    if operation == "TransactWriteItems":
        writes = [write for item in params["TransactItems"] for write in item.items()]
        yield from ((f"dynamodb:{verb}Item", asked["TableName"]) for verb, asked in writes)
    elif operation == "BatchGetItem":
        yield from (("dynamodb:BatchGetItem", table) for table in params["RequestItems"])
    else:
        index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
        yield f"dynamodb:{operation}", f"{params['TableName']}{index}"


def _of_objects(operation: str, params: Any) -> Iterator[Permission]:
    action = NAMED_OTHERWISE.get(f"s3:{operation}", f"s3:{operation}")
    if action == "s3:GetObject" and "VersionId" in params:
        action = "s3:GetObjectVersion"
    keys = [one["Key"] for one in params.get("Delete", {}).get("Objects", [])] or [params.get("Key", "")]
    if operation in ("ListObjectVersions", "ListObjectsV2"):
        keys = [params.get("Prefix", "")]
    for key in keys:
        yield action, f"{params['Bucket']}/{key.split('/', 1)[0]}/*"
    if operation == "HeadObject":
        # Without it S3 answers 403 instead of 404 where nothing is.
        yield "s3:ListBucket", params["Bucket"]
