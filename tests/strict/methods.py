"""Every method of the adapters, with what it leaves behind: the rows of the fault tables."""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fakes import BUCKET
from strict.worlds import with_queues

from shared.job import DUE, Audio, Key, Lane
from shared.protocol.intents import (
    ChangeRow,
    CountMessages,
    CreateRows,
    Delete,
    DeleteRow,
    DeleteVersions,
    FindRows,
    HeadObject,
    Hide,
    Publish,
    PutObject,
    PutRow,
    ReadObject,
    ReadRow,
    ReadRows,
    Ring,
    RingDelivery,
    Where,
)

NOW = 1_768_471_200.0
ROW = {"status": "queued", "fence": 3, "check_shard": "s", "next_check_at": 5.0}
FENCED = ((Where("fence", "=", 3),),)


@dataclass(frozen=True, slots=True)
class Scene:
    """A world with something in it that bears `name`; a receipt where there are messages."""

    world: Any
    name: str
    receipt: Any = None

    @property
    def key(self) -> Key:
        return Key(f"T#sales#J#{self.name}", "JOB")

    def row(self) -> Any:
        return self.world.perform(ReadRow(self.key))

    def versions(self, prefix: str) -> int:
        answer = self.world.store.client.list_object_versions(Bucket=BUCKET, Prefix=f"{prefix}{self.name}")
        return len(answer.get("Versions", [])) + len(answer.get("DeleteMarkers", []))

    def messages(self) -> int:
        return sum(self.world.doorbell.count(lane) for lane in Lane)


def scene(world: Any, method: "Method") -> Scene:
    """Make what `method` needs: a row; an upload; two objects of work; queues with a message in flight."""
    made = Scene(world, uuid.uuid4().hex)
    match method.service:
        case "dynamodb":
            world.perform(PutRow(made.key, ROW))
        case "s3" if method.left(made) is None:
            world.store.put(BUCKET, f"audio/{made.name}", b"audio")
        case "s3":
            for part in "ab":
                world.perform(PutObject(f"work/{made.name}/{part}", b"done", {}))
        case "sqs":
            return _with_queues(made)
    return made


def _with_queues(made: Scene) -> Scene:
    world = with_queues(made.world)
    for _ in range(2):
        world.perform(Ring(Lane.BATCH, "sales", made.name))
    return Scene(world, made.name, world.doorbell.receive(Lane.BATCH, 0, 60))


@dataclass(frozen=True, slots=True)
class Method:
    """One method: the calls it makes, what it does, what it leaves, and what it says after a lost answer.

    `left`: what of the world to look at afterwards, and `done`: how that looks after the effect and, where that
    differs, after the effect has been applied twice.
    """

    name: str
    service: str
    operation: str
    act: Callable[[Scene], Any]
    left: Callable[[Scene], Any] = lambda _scene: None
    done: tuple[Any, ...] = (None,)
    replayed: Any = "the same"


def _fetched(s: Scene) -> bytes:
    etag = f'"{hashlib.md5(b"audio").hexdigest()}"'
    with s.world.store.fetch(Audio(source="upload", bucket=BUCKET, key=f"audio/{s.name}", etag=etag)) as file:
        return file.read()


def _received(s: Scene) -> str | None:
    receipt = s.world.doorbell.receive(Lane.BATCH, 0, 60)
    return None if receipt is None else "a receipt"


METHODS = [
    Method("read", "dynamodb", "GetItem", lambda s: s.world.ledger.read(s.key)),
    Method("read_many", "dynamodb", "BatchGetItem", lambda s: s.world.perform(ReadRows((s.key,)))),
    Method("find", "dynamodb", "Query", lambda s: len(s.world.perform(FindRows(None, s.key.pk)).rows)),
    Method("find due", "dynamodb", "Query", lambda s: bool(s.world.perform(FindRows(DUE, "s")).rows)),
    Method(
        "create", "dynamodb", "TransactWriteItems",
        lambda s: s.world.perform(CreateRows(((Key(s.key.pk, "NEW"), {"a": 1}),), NOW)),
        lambda s: s.world.perform(ReadRow(Key(s.key.pk, "NEW"))), ({"a": 1},), replayed=False,
    ),
    Method(
        "change", "dynamodb", "UpdateItem",
        lambda s: s.world.perform(ChangeRow(s.key, FENCED, {"status": "processing"}, {"fence": 1})).row["fence"],
        lambda s: (s.row()["fence"], s.row()["status"]), ((4, "processing"),),
    ),
    Method(
        "put", "dynamodb", "PutItem", lambda s: s.world.perform(PutRow(Key(s.key.pk, "SIGN"), {"a": 1})),
        lambda s: s.world.perform(ReadRow(Key(s.key.pk, "SIGN"))), ({"a": 1},),
    ),
    Method("remove", "dynamodb", "DeleteItem", lambda s: s.world.perform(DeleteRow(s.key)), lambda s: s.row(), (None,)),
    Method("head", "s3", "HeadObject", lambda s: s.world.perform(HeadObject(BUCKET, f"audio/{s.name}")).size_bytes),
    Method("head none", "s3", "HeadObject", lambda s: s.world.perform(HeadObject(BUCKET, f"none/{s.name}"))),
    Method(
        "put_once", "s3", "PutObject", lambda s: s.world.perform(PutObject(f"transcripts/{s.name}", b"text", {})),
        lambda s: s.versions("transcripts/"), (1,), replayed=None,
    ),
    Method(
        "delete_versions", "s3", "DeleteObjects", lambda s: s.world.perform(DeleteVersions(f"work/{s.name}")),
        lambda s: s.versions("work/"), (0,),
    ),
    Method(
        "delete_versions, listing", "s3", "ListObjectVersions", lambda s: s.world.perform(DeleteVersions(f"work/{s.name}")),
        lambda s: s.versions("work/"), (0,),
    ),
    Method("read object", "s3", "GetObject", lambda s: s.world.store.read(f"audio/{s.name}")),
    Method("read_if_there", "s3", "GetObject", lambda s: s.world.perform(ReadObject(f"audio/{s.name}"))),
    Method("fetch", "s3", "GetObject", _fetched),
    Method(
        "ring", "sqs", "SendMessage", lambda s: s.world.perform(Ring(Lane.INTERACTIVE, "sales", s.name)),
        lambda s: s.world.perform(CountMessages(Lane.INTERACTIVE)), (1, 2, 3),
    ),
    Method(
        "ring_delivery", "sqs", "SendMessage", lambda s: s.world.perform(RingDelivery("T#sales#D#1", "sk")),
        lambda s: s.world.perform(CountMessages(Lane.INTERACTIVE)), (1, 2, 3),
    ),
    Method("count", "sqs", "GetQueueAttributes", lambda s: s.world.perform(CountMessages(Lane.BATCH))),
    Method(
        "receive", "sqs", "ReceiveMessage", _received, lambda s: s.messages(), (2,), replayed=None,
    ),
    Method("hide", "sqs", "ChangeMessageVisibility", lambda s: s.world.perform(Hide(s.receipt, 60))),
    Method("delete", "sqs", "DeleteMessage", lambda s: s.world.perform(Delete(s.receipt)), lambda s: s.messages(), (1,)),
    Method("publish", "sns", "Publish", lambda s: s.world.perform(Publish("{}", {"type": "job.completed"}))),
]  # fmt: skip
