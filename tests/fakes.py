"""The memory world: the same intents, answered from dictionaries.

Not imitated: consistency lags, throttling, duplicate or reordered messages, lost responses, versions of objects
(a put over a put is refused by put_once and overwrites by put), message visibility over time.
"""

import copy
import hashlib
import io
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.aws.store import PresignedPut
from shared.errors.jobs import AudioAccessDenied, AudioNotFound, UploadMismatch
from shared.errors.transient import EventsUnavailable, StorageUnavailable
from shared.job import Audio, Key, Row
from shared.protocol.intents import (
    Changed,
    ChangeRow,
    CreateRows,
    Delete,
    Guard,
    HeadObject,
    Hide,
    Intent,
    ObjectFacts,
    Publish,
    PutObject,
    ReadRow,
    Refused,
    Ring,
    Where,
)

BUCKET = "calls"
COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
}


@dataclass
class MemoryStore:
    """Objects by (bucket, key): body and metadata. Bodies written with `put` have no metadata."""

    bucket: str = BUCKET
    objects: dict[tuple[str, str], tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    denied_buckets: set[str] = field(default_factory=set)

    def put(self, bucket: str, key: str, body: bytes) -> None:
        self.objects[bucket, key] = (body, {})

    def head(self, intent: HeadObject) -> ObjectFacts | None:
        if intent.bucket in self.denied_buckets:
            raise AudioAccessDenied
        found = self.objects.get((intent.bucket, intent.key))
        if found is None:
            return None
        body, metadata = found
        return ObjectFacts(len(body), _etag(body), None, hashlib.sha256(body).hexdigest(), metadata)

    def put_once(self, intent: PutObject) -> str | None:
        if (self.bucket, intent.key) in self.objects:
            return None
        sha256 = hashlib.sha256(intent.body).hexdigest()
        self.objects[self.bucket, intent.key] = (intent.body, {**intent.metadata, "sha256": sha256})
        return _etag(intent.body)

    def read(self, key: str) -> bytes:
        return self.objects[self.bucket, key][0]

    def fetch(self, audio: Audio) -> io.BytesIO:
        if (audio.bucket, audio.key) not in self.objects:
            raise AudioNotFound
        body = self.objects[audio.bucket, audio.key][0]
        if audio.sha256 not in (None, hashlib.sha256(body).hexdigest()):
            raise UploadMismatch
        return io.BytesIO(body)

    def presign_put(self, audio: Audio, expires_s: int) -> PresignedPut:
        headers = {"Content-Type": "application/octet-stream", "If-None-Match": "*"}
        return PresignedPut(f"memory://{audio.bucket}/{audio.key}?expires={expires_s}", headers)


@dataclass
class MemoryWorld:
    """A table, a store, and lists of what was rung, published, hidden and deleted."""

    store: MemoryStore = field(default_factory=MemoryStore)
    rows: dict[Key, Row] = field(default_factory=dict)
    rung: list[Ring] = field(default_factory=list)
    published: list[Publish] = field(default_factory=list)
    hidden: list[Hide] = field(default_factory=list)
    deleted: list[Delete] = field(default_factory=list)
    refuses_events: bool = False
    is_out_of_reach: bool = False
    before: list[Any] = field(default_factory=list)
    """Functions of (world, intent) that run before an intent: races and failures are arranged here."""

    def perform(self, intent: Intent[Any]) -> Any:
        for hook in list(self.before):
            hook(self, intent)
        if self.is_out_of_reach:
            raise StorageUnavailable
        return getattr(self, f"_{type(intent).__name__}")(intent)

    def row(self, tenant: str, job_id: str) -> Row:
        return self.rows[Key.of_job(tenant, job_id)]

    def _ReadRow(self, intent: ReadRow) -> Row | None:
        return copy.deepcopy(self.rows.get(intent.key))

    def _CreateRows(self, intent: CreateRows) -> bool:
        found = [self.rows[key] for key, _ in intent.rows if key in self.rows]
        if any(row.get("expires_at", intent.now) >= intent.now for row in found):
            return False
        self.rows.update({key: copy.deepcopy(row) for key, row in intent.rows})
        return True

    def _ChangeRow(self, intent: ChangeRow) -> Changed | Refused:
        row = self.rows.get(intent.key)
        if row is None or not holds(intent.guard, row):
            return Refused(copy.deepcopy(row))
        for name, value in intent.sets.items():
            _set(row, name.split("."), copy.deepcopy(value))
        for name, number in intent.adds.items():
            row[name] = row.get(name, 0) + number
        return Changed(copy.deepcopy(row))

    def _HeadObject(self, intent: HeadObject) -> ObjectFacts | None:
        return self.store.head(intent)

    def _PutObject(self, intent: PutObject) -> str | None:
        return self.store.put_once(intent)

    def _Ring(self, intent: Ring) -> None:
        self.rung.append(intent)

    def _Publish(self, intent: Publish) -> None:
        if self.refuses_events:
            raise EventsUnavailable
        self.published.append(intent)

    def _Hide(self, intent: Hide) -> None:
        self.hidden.append(intent)

    def _Delete(self, intent: Delete) -> None:
        self.deleted.append(intent)


def _set(row: Row, path: list[str], value: Any) -> None:
    for name in path[:-1]:
        row = row[name]
    if value is None:
        row.pop(path[-1], None)
    else:
        row[path[-1]] = value


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body).hexdigest()}"'


def holds(guard: Guard, row: Row) -> bool:
    """Whether `guard` holds for `row`, as the table judges it: `adapters` compares the two."""
    return any(all(_passes(test, row) for test in tests) for tests in guard)


def _passes(test: Where, row: Row) -> bool:
    value: Any = row
    for name in test.field.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if test.relation in ("absent", "present"):
        return (value is None) == (test.relation == "absent")
    return value is not None and COMPARED[test.relation](value, test.value)
