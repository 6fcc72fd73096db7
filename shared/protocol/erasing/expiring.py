"""Retention: what has been kept long enough is removed."""

from typing import Any

from shared.erasure import is_erased, kept_under, scrubbed
from shared.job import (
    Job,
    Key,
    Row,
    Status,
    audio_expires_at,
    listening_expires_at,
    next_expiry_at,
    record_expires_at,
    transcript_expires_at,
)
from shared.protocol.erasing.burying import revisions_of
from shared.protocol.intents import Answer, Changed, ChangeRow, DeleteVersions, ReadRows, Steps
from shared.protocol.working import as_seen

REVISION_CHECK_S = 3_600
"""A recording that a live revision still needs is looked at again so much later."""


def expire(job: Job, now: float) -> Steps[Job]:
    """Remove what has been kept long enough, and say when to look again; called twice it does no harm.

    The row says first what is gone: a retry is refused before the recording is missing. Only when all is deleted
    the look is done; a lost process leaves it due.
    """
    audio_at = audio_expires_at(job)
    is_needed = audio_at is not None and audio_at <= now and (yield from _has_live_revision(job))
    sets = {} if is_erased(job) else _overdue(job, now, is_needed=is_needed)
    if sets:
        marked: Answer = yield ChangeRow(job.row_key, as_seen(job), sets)
        if not isinstance(marked, Changed):
            return marked.job or job
        job = marked.job
    for prefix in _over(job):
        yield DeleteVersions(prefix)
    again_at = now + REVISION_CHECK_S if is_needed else next_expiry_at(job)
    rested: Answer = yield ChangeRow(job.row_key, as_seen(job), {"next_check_at": again_at})
    return rested.job or job


def _overdue(job: Job, now: float, *, is_needed: bool) -> dict[str, Any]:
    """What the row says of what is over: recording and listening, the transcript, and at last the record itself."""
    audio_at, transcript_at, record_at = audio_expires_at(job), transcript_expires_at(job), record_expires_at(job)
    keeps_audio = audio_at is not None and (is_needed or audio_at > now)
    sets: dict[str, Any] = {"audio.removed_at": now} if audio_at is not None and not keeps_audio else {}
    listening_at = listening_expires_at(job)
    if listening_at is not None and listening_at <= now:
        sets |= {"listening_removed_at": now}
    tombstone = {"tombstone": {"reason": "transcript_expired", "at": now}} if job.tombstone is None else {}
    if transcript_at is not None and transcript_at <= now:
        sets |= tombstone
    is_over = (record_at is not None and record_at <= now) or job.tombstone is not None or "tombstone" in sets
    return {**sets, **tombstone, **scrubbed(job, now)} if is_over and not keeps_audio else sets


def _over(job: Job) -> list[str]:
    """The prefixes under which nothing of `job` may be left.

    The request stays as long as the transcript: a table that is made anew takes from it what the caller had said.
    """
    audio, request, *results = (place for place in kept_under(job.tenant, job.id) if place != job.listening_prefix)
    removed = [audio] if job.audio.removed_at is not None else []
    unheard = [job.listening_prefix] if job.listening_removed_at is not None else []
    return [*removed, *unheard, *([request, *results] if job.tombstone else [])]


def _has_live_revision(job: Job) -> Steps[bool]:
    found: tuple[str, ...] = yield from revisions_of(job.tenant, job.id)
    rows: tuple[Row | None, ...] = yield ReadRows(tuple(Key.of_job(job.tenant, job_id) for job_id in found))
    return any(not Status(row["status"]).is_terminal for row in rows if row)
