"""One call a row: what it is called, and how it is made with a role's own clients."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from botocore.exceptions import ClientError
from permissions.enforcing import Enforced
from permissions.stage import BUCKET, NAME, SOURCE, TABLE, arn, queue_url

ROW = {"pk": {"S": "T#sales#J#job_1"}, "sk": {"S": "JOB"}}
DENIALS = ("AccessDenied", "AccessDeniedException", "AuthorizationError", "403")
Call = Callable[[Any, Enforced], Any]


def _s3(call: str, key: str, bucket: str = BUCKET, **more: Any) -> Call:
    return lambda clients, _: getattr(clients.s3, call)(Bucket=bucket, Key=key, **more)


def _rows(call: str, **more: Any) -> Call:
    return lambda clients, _: getattr(clients.dynamodb, call)(TableName=TABLE, **more)


def _sqs(call: str, queue: str, **more: Any) -> Call:
    return lambda clients, stage: getattr(clients.sqs, call)(QueueUrl=queue_url(stage.endpoint, queue), **more)


def _publish(topic: str) -> Call:
    return lambda clients, _: clients.sns.publish(TopicArn=arn("sns", f"{NAME}-{topic}"), Message="{}")


def _erase(folder: str) -> Call:
    return lambda clients, _: erased(clients, f"{folder}/gone")


def erased(clients: Any, key: str) -> None:
    """Of many that are deleted, each is refused on its own: the answer is 200 all the same."""
    named = {"Objects": [{"Key": key, "VersionId": "null"}]}
    for error in clients.s3.delete_objects(Bucket=BUCKET, Delete=named).get("Errors", []):
        raise ClientError({"Error": error}, "DeleteObjects")


CALLS: Mapping[str, Call] = MappingProxyType(
    {
        "get audio": _s3("get_object", "audio/one"),
        "get listening": _s3("get_object", "listening/one"),
        "get request": _s3("get_object", "requests/one"),
        "get transcript": _s3("get_object", "transcripts/one"),
        "get work": _s3("get_object", "work/one"),
        "get source": _s3("get_object", "one", SOURCE),
        "put audio": _s3("put_object", "audio/two"),
        "put listening": _s3("put_object", "listening/two"),
        "put request": _s3("put_object", "requests/two"),
        "put transcript": _s3("put_object", "transcripts/two"),
        "put work": _s3("put_object", "work/two"),
        "put source": _s3("put_object", "two", SOURCE),
        "erase audio": _erase("audio"),
        "erase listening": _erase("listening"),
        "erase transcript": _erase("transcripts"),
        "erase work": _erase("work"),
        "list versions": lambda clients, _: clients.s3.list_object_versions(Bucket=BUCKET, Prefix="work/"),
        "get row": _rows("get_item", Key=ROW),
        "put row": _rows("put_item", Item=ROW),
        "update row": _rows("update_item", Key=ROW, UpdateExpression="REMOVE gone"),
        "delete row": _rows("delete_item", Key=ROW),
        "scan": _rows("scan"),
        "receive live": _sqs("receive_message", "interactive", WaitTimeSeconds=0),
        "receive dead": _sqs("receive_message", "interactive-dlq", WaitTimeSeconds=0),
        "receive uploads": _sqs("receive_message", "uploads", WaitTimeSeconds=0),
        "receive webhooks": _sqs("receive_message", "webhooks", WaitTimeSeconds=0),
        "send live": _sqs("send_message", "batch", MessageBody="{}"),
        "send webhooks": _sqs("send_message", "webhooks", MessageBody="{}"),
        "publish events": _publish("events"),
        "publish alarms": _publish("alarms"),
    }
)

SWEEPS = {"erase audio", "erase listening", "erase transcript", "erase work", "list versions"}
MAKES_JOBS = {
    "get row",
    "put row",
    "update row",
    "put request",
    "get request",
    "get source",
    "send live",
    "publish events",
}
MAY: Mapping[str, set[str]] = MappingProxyType(
    {
        "api": MAKES_JOBS
        | SWEEPS
        | {"get audio", "get listening", "get transcript", "put audio", "delete row", "send webhooks"},
        "backlog": {"get row", "put row"},
        "deadletters": {"get row", "update row", "receive dead", "publish events"},
        "deliver": {"get row", "put row", "update row", "receive webhooks", "send webhooks"},
        "nightly": MAKES_JOBS | {"list versions"},
        "operator": (MAKES_JOBS - {"publish events"}) | {"get audio", "get transcript", "list versions", "scan"},
        "reconcile": MAKES_JOBS | SWEEPS | {"get audio", "send webhooks"},
        "uploaded": {
            *("get row", "update row", "put request", "get audio", "erase audio", "list versions"),
            *("receive uploads", "send live", "publish events"),
        },
        "worker": {
            *("get audio", "get source", "get transcript", "get work", "put transcript", "put work"),
            *("put listening", "erase listening", "erase transcript", "erase work", "list versions"),
            *("put row", "update row", "delete row", "receive live", "publish events"),
        },
    }
)
"""What each role may of these; all the rest is refused. Of which rows, no emulator can tell: the extract is asked."""


def seed(stage: Enforced) -> None:
    """What is read lies there."""
    for folder in ("audio", "listening", "requests", "transcripts", "work"):
        stage.admin.clients.s3.put_object(Bucket=BUCKET, Key=f"{folder}/one", Body=b"1")
    stage.admin.clients.s3.put_object(Bucket=SOURCE, Key="one", Body=b"1")
    stage.admin.clients.dynamodb.put_item(TableName=TABLE, Item=ROW)


def tried(stage: Enforced, role: str) -> set[str]:
    """The calls that `role` was let do."""
    return {name for name, call in CALLS.items() if _is_let(call, stage, role)}


def _is_let(call: Call, stage: Enforced, role: str) -> bool:
    try:
        call(stage.actors[role].clients, stage)
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIALS:
            raise
        return False
    return True
