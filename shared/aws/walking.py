"""Walks over the whole table and the whole bucket: for operators only, no server needs them."""

from typing import Any

from shared.aws.clients import translated
from shared.aws.expressions import key_item, key_of, row_of
from shared.aws.ledger import Ledger
from shared.aws.store import Store
from shared.protocol.intents import FoundRow, ListVersions, ObjectVersion, Scanned, ScanRows, Versions


def scan(ledger: Ledger, intent: ScanRows) -> Scanned:
    """The next rows of the table."""
    begin: dict[str, Any] = {"ExclusiveStartKey": key_item(intent.after)} if intent.after else {}
    with translated():
        answer = ledger.client.scan(TableName=ledger.table, Limit=intent.limit, ConsistentRead=True, **begin)
    rows = tuple(FoundRow(key_of(item), row_of(item) or {}) for item in answer["Items"])
    last = answer.get("LastEvaluatedKey")
    return Scanned(rows, key_of(last) if last else None)


def list_versions(store: Store, intent: ListVersions) -> Versions:
    """The next versions and delete markers, by key."""
    begin: dict[str, Any] = {"KeyMarker": intent.after} if intent.after else {}
    with translated():
        answer = store.client.list_object_versions(
            Bucket=store.bucket, Prefix=intent.prefix, MaxKeys=intent.limit, **begin
        )
    found = [_version(one) for one in answer.get("Versions", [])]
    found += [_version(one, is_marker=True) for one in answer.get("DeleteMarkers", [])]
    ordered = tuple(sorted(found, key=lambda version: version.key))
    return Versions(ordered, ordered[-1].key if ordered and answer.get("IsTruncated") else None)


def _version(listed: Any, *, is_marker: bool = False) -> ObjectVersion:
    return ObjectVersion(
        key=listed["Key"],
        version_id=listed["VersionId"],
        etag=listed.get("ETag", ""),
        size_bytes=listed.get("Size", 0),
        at=listed["LastModified"].timestamp(),
        is_latest=listed["IsLatest"],
        is_marker=is_marker,
    )
