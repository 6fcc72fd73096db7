"""S3 says that audio has arrived: the job is queued, also if its client never calls `upload/complete`."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

from api.parts import Parts, serving
from shared.errors.requests import Erased, NotFound, UploadMissing
from shared.errors.transient import TransientError
from shared.job import audio_key
from shared.protocol.intents import DeleteVersions

PREFIX = "audio"


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Take a batch of SQS messages that hold S3 events; what failed comes back and is sent again."""
    with serving() as parts:
        return take(event, parts)


def take(event: dict[str, Any], parts: Parts) -> dict[str, Any]:
    """Queue the job of each uploaded object.

    Returns:
        The ids of the messages to send again (partial batch response): a dependency was out of reach.
    """
    failed = []
    for record in event.get("Records", []):
        try:
            for tenant, job_id in _arrivals(str(record.get("body", ""))):
                _take_one(tenant, job_id, parts)
        except TransientError as error:
            parts.observer.tell("upload_ignored", code=error.code)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def _take_one(tenant: str, job_id: str, parts: Parts) -> None:
    """An event that comes twice, late, or of an object that went again, changes nothing."""
    try:
        parts.arrived(parts.job(tenant, job_id))
    except Erased:
        # A place that was signed before the erasure was used after it.
        gone = parts.world.perform(DeleteVersions(audio_key(tenant, job_id)))
        parts.observer.tell("erasure_advanced", job_id=job_id, tenant=tenant, versions=gone)
    except (NotFound, UploadMissing) as error:
        parts.observer.tell("upload_ignored", job_id=job_id, tenant=tenant, code=error.code)


def _arrivals(body: str) -> Iterator[tuple[str, str]]:
    """Tenant and job of every object that an S3 event names; a test event, or anything else, names none."""
    try:
        records = json.loads(body).get("Records", [])
        keys = [unquote_plus(record["s3"]["object"]["key"]) for record in records]
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        return
    for key in keys:
        match key.split("/"):
            case [prefix, tenant, job_id] if prefix == PREFIX:
                yield tenant, job_id
            case _:
                continue
