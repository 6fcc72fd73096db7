"""A deployment in memory on which every call to AWS is noted: the adapters of production make it, nobody sends it.

Rows and objects are the memory world's; queues, the topic and the bucket's notices are short lists here.
"""

import dataclasses
import io
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from botocore.response import StreamingBody
from fakes import MemoryStore, MemoryWorld
from permissions.hands import Hands
from permissions.stage import BUCKET, Actor, Stage, clients_of, policies_by_role, queue_url, world_over

from shared.aws.clients import Clients
from shared.protocol.intents import ChangeRow, CountMessages, FindRows, HeadObject, ObjectFacts, PutRow, ReadRows

ENDPOINT = "http://127.0.0.1:9"
"""Where nobody answers: a call that is not answered here would fail at once."""
OK = SimpleNamespace(status_code=200)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class Versioned(MemoryStore):
    """Buckets that keep versions, as far as a pin needs one; of objects with a plain name they keep none."""

    def head(self, intent: HeadObject) -> ObjectFacts | None:
        facts = super().head(intent)
        return dataclasses.replace(facts, version_id="1") if facts and "plain" not in intent.key else facts


@dataclass
class Answers:
    """What AWS would answer, as far as the adapters look at it."""

    memory: MemoryWorld
    queues: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def attach(self, clients: Clients) -> None:
        for client in (clients.s3, clients.sqs, clients.sns, clients.dynamodb):
            client.meta.events.register("before-call", self.answer)

    def answer(self, model: Any, context: Any, **_: Any) -> Any:
        special = getattr(self, f"_{model.name}", None)
        asked = context["asked"]
        return OK, special(asked) if special else PLAIN.get(model.name, {})

    def uploaded(self, key: str) -> None:
        """What the bucket tells of an object under audio/."""
        if key.startswith("audio/"):
            self._tell("uploads", json.dumps({"Records": [{"s3": {"object": {"key": key}}}]}))

    def _tell(self, queue: str, body: str, attributes: Any = None) -> None:
        message = {"MessageId": "1", "ReceiptHandle": "1", "Body": body, "Attributes": {"ApproximateReceiveCount": "1"}}
        self.queues[queue_url(ENDPOINT, queue)].append({**message, "MessageAttributes": attributes or {}})

    def _SendMessage(self, asked: Any) -> Any:
        self._tell(asked["QueueUrl"].rsplit("/callscribe-local-", 1)[1], asked["MessageBody"])
        return {}

    def _ReceiveMessage(self, asked: Any) -> Any:
        waiting = self.queues[asked["QueueUrl"]]
        taken, waiting[:] = waiting[: asked["MaxNumberOfMessages"]], waiting[asked["MaxNumberOfMessages"] :]
        return {"Messages": taken}

    def _Publish(self, asked: Any) -> Any:
        self._tell("webhooks", asked["Message"], asked["MessageAttributes"])
        return {}

    def _GetQueueAttributes(self, asked: Any) -> Any:
        waiting = str(len(self.queues[asked["QueueUrl"]]))
        return {"Attributes": dict.fromkeys(asked["AttributeNames"], waiting)}

    def _PutObject(self, asked: Any) -> Any:
        if asked["Bucket"] == BUCKET:
            self.uploaded(asked["Key"])
        return {"ETag": ""}

    def _GetObject(self, asked: Any) -> Any:
        body, _ = self.memory.store.objects.get((asked["Bucket"], asked["Key"]), (b"", {}))
        return {"Body": StreamingBody(io.BytesIO(body), len(body))}

    def _ListObjectVersions(self, asked: Any) -> Any:
        keys = [key for bucket, key in self.memory.store.objects if bucket == asked["Bucket"]]
        facts = {"VersionId": "1", "IsLatest": True, "LastModified": LONG_AGO}
        return {"Versions": [{"Key": key, **facts} for key in keys if key.startswith(asked["Prefix"])]}


PLAIN: dict[str, Any] = {
    "HeadObject": {"ContentLength": 0, "ETag": "", "Metadata": {}},
    "UpdateItem": {"Attributes": {}},
    "Query": {"Items": []},
    "Scan": {"Items": []},
    "BatchGetItem": {"Responses": {}},
}


@dataclass(frozen=True)
class Noted:
    """One role's world: each intent is carried out by the adapters, for the notes, and in memory, for the answer."""

    memory: MemoryWorld
    aws: Any

    @property
    def doorbell(self) -> Any:
        return self.aws.doorbell

    @property
    def store(self) -> "NotedStore":
        return NotedStore(self)

    @property
    def ledger(self) -> "NotedLedger":
        return NotedLedger(self)

    def perform(self, intent: Any) -> Any:
        told = self.aws.perform(intent)
        return told if isinstance(intent, CountMessages) else self.memory.perform(intent)


@dataclass(frozen=True)
class NotedStore:
    """The bucket, as far as it is no intent."""

    world: Noted
    bucket: str = BUCKET

    def put(self, bucket: str, key: str, body: bytes) -> None:
        self.world.aws.store.put(bucket, key, body)
        self.world.memory.store.put(bucket, key, body)

    def presign_put(self, audio: Any, expires_s: int) -> Any:
        return self.world.aws.store.presign_put(audio, expires_s)

    def presign_get(self, playable: Any, expires_s: int) -> str:
        return self.world.aws.store.presign_get(playable, expires_s)

    def read(self, key: str) -> bytes:
        self.world.aws.store.read(key)
        return self.world.memory.store.read(key)

    def fetch(self, audio: Any) -> Any:
        self.world.aws.store.fetch(audio).close()
        return self.world.memory.store.fetch(audio)


@dataclass(frozen=True)
class NotedLedger:
    """The table, as `callscribe keys` uses it."""

    world: Noted

    def create(self, intent: Any) -> Any:
        return self.world.perform(intent)

    def change(self, intent: ChangeRow) -> Any:
        # No test at all is one that nothing passes in memory.
        return self.world.perform(dataclasses.replace(intent, guard=intent.guard or ((),)))

    def find(self, intent: FindRows) -> Any:
        return self.world.perform(intent)

    def put(self, key: Any, row: Any) -> None:
        self.world.perform(PutRow(key, row))

    def read_many(self, keys: Any) -> Any:
        return self.world.perform(ReadRows(keys))


def noted() -> Stage:
    """A deployment without anything in it, and everybody on it."""
    memory, clients = MemoryWorld(store=Versioned(bucket=BUCKET)), clients_of(ENDPOINT)
    Answers(memory).attach(clients)
    hands = Hands(clients)
    actors = {role: _actor(memory, hands) for role in (*policies_by_role(), "admin")}
    return Stage(ENDPOINT, actors.pop("admin"), actors)


def _actor(memory: MemoryWorld, hands: Hands) -> Actor:
    clients, asking = hands.given({})
    return Actor(clients, Noted(memory, world_over(clients, ENDPOINT)), asking)
