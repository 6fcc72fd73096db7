"""The calls that a batch names: each is looked at before anything is made, and a bad one is told with its reason."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from api.access.principal import Principal
from api.access.pseudonyms import pseudonym
from api.contract.batches import BatchItem
from api.contract.submission import MAX_AUDIO_BYTES, S3_URI
from api.parts import Parts
from shared.batch import Item, Pin, Rejection, first_of
from shared.erasure import is_erased
from shared.errors.fields import FieldError
from shared.errors.jobs import AudioAccessDenied, AudioExpired, AudioNotFound, EmptyFile
from shared.errors.requests import (
    AudioTooLarge,
    BucketNotAllowed,
    Erased,
    NotFound,
    StateConflict,
    ValidationFailed,
)
from shared.ids import is_id
from shared.job import Job, Key, Row, audio_expires_at
from shared.protocol.intents import HeadObject, ObjectFacts, ReadRows

LOOKS_AT_ONCE = 16
"""A thousand objects are looked at within the gateway's 29 seconds."""
MOST_ERRORS = 32
FIXES: Mapping[str, str] = MappingProxyType(
    {
        BucketNotAllowed.code: "Name an object in an allowed bucket.",
        AudioNotFound.code: "There is no such object: check bucket and key.",
        AudioAccessDenied.code: "Allow the service to read the object.",
        AudioTooLarge.code: "At most 536,870,912 bytes.",
        EmptyFile.code: "The object has no bytes.",
        NotFound.code: "There is no such job: check the id.",
        Erased.code: "The job was erased.",
        AudioExpired.code: "The audio was removed at the end of its retention.",
        StateConflict.code: "The job has not ended: wait, or cancel it.",
    }
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was named: the calls that can be taken, and the others."""

    items: tuple[Item, ...] = ()
    rejected: tuple[Rejection, ...] = ()


def check(named: tuple[BatchItem, ...], principal: Principal, parts: Parts) -> Checked:
    """Look at every item.

    Raises:
        ValidationFailed: none of them can be taken.
    """
    jobs = _jobs(named, principal.tenant, parts)
    with ThreadPoolExecutor(LOOKS_AT_ONCE) as pool:
        pins = tuple(pool.map(partial(_pin, parts=parts), named))
    found = tuple(pin or _why_not(jobs, item, parts.now()) for item, pin in zip(named, pins, strict=True))
    rejected = tuple(Rejection(index=i, code=code) for i, code in enumerate(found) if isinstance(code, str))
    if len(rejected) == len(named):
        raise ValidationFailed(tuple(_field_error(one) for one in rejected[:MOST_ERRORS]))
    items = tuple(
        Item(
            index=index,
            pin=good,
            job_id=item.job_id,
            reference=item.reference,
            subject_hmac=pseudonym(item.subject_ref, principal.tenant, parts.settings.subject_key),
        )
        for index, (item, good) in enumerate(zip(named, found, strict=True))
        if not isinstance(good, str)
    )
    return Checked(items, rejected)


def _pin(item: BatchItem, parts: Parts) -> Pin | str | None:
    """The object as it is now, or the code of why it cannot be taken; None where a job is named."""
    match = S3_URI.fullmatch(item.s3_uri) if item.s3_uri is not None else None
    if match is None:
        return None
    bucket, key = match.groups()
    if bucket not in parts.settings.allowed_buckets:
        return BucketNotAllowed.code
    try:
        facts: ObjectFacts | None = parts.world.perform(HeadObject(bucket, key))
    except AudioAccessDenied as error:
        return error.code
    refusal = _refusal(facts)
    if facts is None or refusal is not None:
        return refusal
    return Pin(bucket=bucket, key=key, version_id=facts.version_id, etag=facts.etag, size_bytes=facts.size_bytes)


def _refusal(facts: ObjectFacts | None) -> str | None:
    """The code of why an object cannot be taken; None if it can."""
    if facts is None:
        return AudioNotFound.code
    if facts.size_bytes == 0:
        return EmptyFile.code
    return AudioTooLarge.code if facts.size_bytes > MAX_AUDIO_BYTES else None


def _jobs(named: tuple[BatchItem, ...], tenant: str, parts: Parts) -> dict[str, Job]:
    """The jobs that are named, and the first ones of their calls, by id."""
    ids = [item.job_id for item in named if item.job_id is not None and is_id("job", item.job_id)]
    jobs = _read(ids, tenant, parts)
    firsts = {first_of(job) for job in jobs.values()} - set(jobs)
    return {**jobs, **_read(sorted(firsts), tenant, parts)}


def _read(ids: list[str], tenant: str, parts: Parts) -> dict[str, Job]:
    keys = tuple(Key.of_job(tenant, job_id) for job_id in ids)
    rows: tuple[Row | None, ...] = parts.world.perform(ReadRows(keys)) if keys else ()
    return {str(row["id"]): Job.model_validate(row) for row in rows if row}


def _why_not(jobs: Mapping[str, Job], item: BatchItem, now: float) -> str | None:
    """Why a job cannot be transcribed again; None if it can."""
    job = jobs.get(item.job_id or "")
    if job is None:
        return NotFound.code
    if is_erased(job):
        return Erased.code
    if not job.status.is_terminal:
        return StateConflict.code
    first = jobs.get(first_of(job))
    expires_at = audio_expires_at(first) if first else now
    is_gone = first is None or first.audio.removed_at is not None or (expires_at is not None and expires_at <= now)
    return AudioExpired.code if is_gone else None


def _field_error(one: Rejection) -> FieldError:
    return FieldError(f"/items/{one.index}", "not_allowed", f"{one.code}: {FIXES[one.code]}")
