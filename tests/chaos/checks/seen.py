"""What is there when all is quiet: rows, versions of objects, events, messages, and what the processes noted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chaos.journal import Journal, Note
from chaos.place import Place

from shared.aws.expressions import key_item, row_of
from shared.job import Job

ROWS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an object; a delete marker has no etag."""

    key: str
    etag: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """One look."""

    rows: Mapping[str, Job]
    versions: Mapping[str, list[Version]]
    events: Mapping[str, list[dict[str, Any]]]
    notes: Mapping[str, list[Note]]
    left: Mapping[str, int]

    def noted(self, job_id: str, *kinds: str) -> list[Note]:
        """What was noted of a job, in order."""
        return [note for note in self.notes.get(job_id, []) if note.what in kinds]


def look(place: Place, journal: Journal, jobs: Iterable[Job]) -> Seen:
    """Read everything there is about `jobs`; events are taken from their queue and come once."""
    notes, events = defaultdict(list), defaultdict(list)
    for note in journal.notes():
        notes[note.job_id].append(note)
    for event in place.events():
        events[event["data"]["job_id"]].append(event)
    left = {name: place.count(name) for name in ("interactive", "dlq")}
    return Seen(rows_of(place, jobs), _versions(place), events, notes, left)


def rows_of(place: Place, jobs: Iterable[Job]) -> dict[str, Job]:
    """The rows as they are now, by job."""
    keys, table, rows = [key_item(job.row_key) for job in jobs], f"jobs-{place.name}", {}
    for begin in range(0, len(keys), ROWS_AT_ONCE):
        wanted: Any = {table: {"Keys": keys[begin : begin + ROWS_AT_ONCE], "ConsistentRead": True}}
        answer = place.clients.dynamodb.batch_get_item(RequestItems=wanted)
        assert not answer.get("UnprocessedKeys"), "the emulator answers a whole batch"
        for item in answer["Responses"][table]:
            job = Job.model_validate(row_of(item))
            rows[job.id] = job
    return rows


def _versions(place: Place) -> dict[str, list[Version]]:
    found = defaultdict(list)
    for page in place.clients.s3.get_paginator("list_object_versions").paginate(Bucket=place.bucket):
        for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            parts = one["Key"].split("/")
            if len(parts) > 2:
                found[parts[2].removesuffix(".json")].append(Version(one["Key"], one.get("ETag")))
    return found
