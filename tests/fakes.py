"""The memory world: the same intents, answered from dictionaries.

Not imitated: consistency lags, throttling, duplicate or reordered messages, lost responses, versions of objects
(a put over a put is refused by put_once and overwrites by put), message visibility over time, the fields that an
index carries (a found row is whole), a pinned version that was replaced (`fetch` never finds one), receipts that have
run out (any can be hidden and deleted), the moments at which objects were written (all are 0).
"""

import copy
import hashlib
import io
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.aws.store import Playable, PresignedPut
from shared.errors.jobs import AudioAccessDenied, AudioNotFound, UploadMismatch
from shared.errors.transient import EventsUnavailable, StorageUnavailable
from shared.job import Audio, Key, Lane, Row
from shared.protocol.intents import (
    Changed,
    ChangeRow,
    CountMessages,
    CreateRows,
    Delete,
    DeleteRow,
    DeleteVersions,
    FindRows,
    Found,
    FoundRow,
    Guard,
    HeadObject,
    Hide,
    Intent,
    ListVersions,
    ObjectFacts,
    ObjectVersion,
    Publish,
    PutObject,
    PutRow,
    ReadObject,
    ReadRow,
    ReadRows,
    Refused,
    Ring,
    RingDelivery,
    Scanned,
    ScanRows,
    Versions,
    Where,
)

BUCKET = "calls"
COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    "contains": operator.contains,
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

    def delete_versions(self, intent: DeleteVersions) -> int:
        gone = [place for place in self.objects if place[0] == self.bucket and place[1].startswith(intent.prefix)]
        for place in gone:
            del self.objects[place]
        return len(gone)

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

    def presign_get(self, playable: Playable, expires_s: int) -> str:
        version = f"&version={playable.version_id}" if playable.version_id else ""
        return f"memory://{playable.bucket}/{playable.key}?expires={expires_s}&as={playable.media_type}{version}"


@dataclass
class MemoryWorld:
    """A table, a store, and lists of what was rung, published, hidden and deleted."""

    store: MemoryStore = field(default_factory=MemoryStore)
    rows: dict[Key, Row] = field(default_factory=dict)
    rung: list[Ring] = field(default_factory=list)
    published: list[Publish] = field(default_factory=list)
    hidden: list[Hide] = field(default_factory=list)
    deleted: list[Delete] = field(default_factory=list)
    deliveries_rung: list[RingDelivery] = field(default_factory=list)
    messages: dict[Lane, int] = field(default_factory=dict)
    """What each queue is said to hold, where it is not what was rung and not deleted."""
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

    def _ReadRows(self, intent: ReadRows) -> tuple[Row | None, ...]:
        return tuple(copy.deepcopy(self.rows.get(key)) for key in intent.keys)

    def _FindRows(self, intent: FindRows) -> Found:
        index = intent.index
        placed = [
            (row.get(index.hash_field), row.get(index.range_field), key, row) if index else (key.pk, key.sk, key, row)
            for key, row in self.rows.items()
        ]
        under = [(at, key, row) for hash_key, at, key, row in placed if hash_key == intent.hash_key and at is not None]
        within = [
            (at, key, row)
            for at, key, row in under
            if (intent.low is None or at >= intent.low) and (intent.high is None or at <= intent.high)
        ]
        ordered = sorted(within, key=lambda found: found[0], reverse=intent.newest_first)
        kept = [one for one in ordered if not any(intent.guard) or holds(intent.guard, one[2])]
        rows = tuple(FoundRow(key, copy.deepcopy(row)) for _, key, row in kept[: intent.limit])
        return Found(rows, kept[intent.limit - 1][0] if len(kept) > intent.limit else None)

    def _ScanRows(self, intent: ScanRows) -> Scanned:
        behind = [
            key for key in sorted(self.rows, key=_place) if not intent.after or _place(key) > _place(intent.after)
        ]
        rows = tuple(FoundRow(key, copy.deepcopy(self.rows[key])) for key in behind[: intent.limit])
        return Scanned(rows, rows[-1].key if len(behind) > intent.limit else None)

    def _PutRow(self, intent: PutRow) -> None:
        self.rows[intent.key] = {name: copy.deepcopy(v) for name, v in intent.row.items() if v is not None}

    def _DeleteRow(self, intent: DeleteRow) -> None:
        self.rows.pop(intent.key, None)

    def _CreateRows(self, intent: CreateRows) -> bool:
        found = [self.rows[key] for key, _ in intent.rows if key in self.rows]
        if any(row.get("expires_at", intent.now) >= intent.now for row in found):
            return False
        for key, row in intent.rows:
            self.rows[key] = {name: copy.deepcopy(value) for name, value in row.items() if value is not None}
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

    def _ReadObject(self, intent: ReadObject) -> bytes | None:
        found = self.store.objects.get((self.store.bucket, intent.key))
        return found[0] if found else None

    def _ListVersions(self, intent: ListVersions) -> Versions:
        ours = sorted(
            (key, body) for (bucket, key), (body, _) in self.store.objects.items() if bucket == self.store.bucket
        )
        found = [one for one in ours if one[0].startswith(intent.prefix) and one[0] > (intent.after or "")]
        kept = [ObjectVersion(key, None, _etag(body), len(body), 0.0, is_latest=True) for key, body in found]
        versions = tuple(kept[: intent.limit])
        return Versions(versions, versions[-1].key if len(kept) > intent.limit else None)

    def _DeleteVersions(self, intent: DeleteVersions) -> int:
        return self.store.delete_versions(intent)

    def _RingDelivery(self, intent: RingDelivery) -> None:
        self.deliveries_rung.append(intent)

    def _CountMessages(self, intent: CountMessages) -> int:
        waiting = [ring for ring in self.rung if ring.lane is intent.lane]
        return self.messages.get(intent.lane, max(0, len(waiting) - len(self.deleted)))

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


def _place(key: Key) -> tuple[str, str]:
    return key.pk, key.sk


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
