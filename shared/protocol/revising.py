"""A call is transcribed again: a job is born that names what it revises. The old transcript stays as it is."""

from dataclasses import dataclass
from typing import Any

from shared.batch import JobBatch, first_of, overlaid
from shared.erasure import is_erased
from shared.errors.jobs import JobError
from shared.errors.requests import UploadMissing
from shared.errors.transient import StorageUnavailable
from shared.ids import derived_id
from shared.job import REVISION_SK, Audio, Job, Key, Options, Row, Status, audio_expires_at
from shared.job.params import params_hash
from shared.protocol.intents import CreateRows, FindRows, Found, HeadObject, ReadRows, Steps
from shared.protocol.submitting import UPLOAD_CHECK_S, found_by, queue

MOST_REVISIONS = 1_000
"""Revisions of a call that are looked at."""
TRIES = 3
"""The number of a revision may be taken by another batch between look and write: then everything is judged anew."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it stands: its first job, its revisions by number, and of which job this batch's revision was made."""

    first: Job
    revisions: tuple[Job, ...]
    last_number: int
    made_of: str | None = None

    @property
    def audio_s(self) -> float:
        """Seconds of the recording, as far as they are known."""
        known = (job.audio.duration_s for job in (self.first, *self.revisions))
        return next((duration_s for duration_s in known if duration_s is not None), 0.0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a job becomes a revision: `reason` says why not; `source` and `call` are there where it does."""

    reason: str | None
    source: Job | None = None
    call: Call | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How a batch treats the jobs that it finds; `is_named`: each was named, so equal options are meant."""

    batch: JobBatch
    is_named: bool


def revision_id(batch: JobBatch, first_id: str) -> str:
    """The one id that a revision of that call has in `batch`: made twice it is made once."""
    return derived_id("job", batch.created_at, f"{batch.id}/{first_id}")


def judge(plan: Plan, job_id: str, first_id: str, now: float) -> Steps[Verdict]:
    """Look at the call, strongly consistent, and say whether a revision of `job_id` is to be made."""
    call = yield from _look(plan.batch, first_id)
    return Verdict("erased") if call is None else verdict_on(plan, call, job_id, now)


def verdict_on(plan: Plan, call: Call, job_id: str, now: float) -> Verdict:
    """Whether `call` gets a revision made of its job `job_id`.

    A revision of this batch that is there already and was made of `job_id` gives no reason against it.
    """
    source = next((job for job in (call.first, *call.revisions) if job.id == job_id), None)
    if call.made_of is not None:
        return Verdict(None if call.made_of == job_id else "newer_revision", source, call)
    return Verdict(_why_not(plan, source, call, now) if source else "erased", source, call)


def revise(plan: Plan, job_id: str, first_id: str, now: float) -> Steps[str | None]:
    """Make the revision of `job_id` that `plan` asks for; the reason if there is to be none.

    Raises:
        StorageUnavailable: other revisions of the call took its number again and again.
        JobError: the bucket of the recording refuses.
    """
    for _ in range(TRIES):
        verdict = yield from judge(plan, job_id, first_id, now)
        if verdict.reason is not None or verdict.source is None or verdict.call is None:
            return verdict.reason
        call = verdict.call
        own = next((job for job in call.revisions if job.id == revision_id(plan.batch, first_id)), None)
        if own is None:
            own = _born(plan.batch, verdict.source, call)
            facts = yield HeadObject(own.audio.bucket, own.audio.key, own.audio.version_id)
            if facts is None:
                return "audio_expired"
            if not (yield CreateRows(_rows(own, call.first, job_id), now)):
                continue
        yield from queue_if_there(own, now)
        return None
    raise StorageUnavailable


def queue_if_there(job: Job, now: float) -> Steps[None]:
    """Queue a job whose audio was there a moment ago.

    If that went since, the job waits for it, or has failed of it, as any job would: it is made all the same.
    """
    try:
        yield from queue(job, now)
    except (UploadMissing, JobError):
        return


def effective(batch: JobBatch, source: Job) -> Options:
    """The options of a revision: those of the batch, laid over those that the call had."""
    return overlaid(source.options, batch.overlay)


def _why_not(plan: Plan, source: Job, call: Call, now: float) -> str | None:
    """The reason to leave a call out, in the order in which a reader would ask."""
    jobs = (call.first, *call.revisions)
    expires_at = audio_expires_at(call.first)
    if is_erased(call.first) or is_erased(source):
        return "erased"
    if call.first.audio.removed_at is not None or (expires_at is not None and expires_at <= now):
        return "audio_expired"
    if any(not job.status.is_terminal for job in jobs):
        return "in_progress"
    wanted = effective(plan.batch, source)
    same = [job for job in jobs if job.status is Status.COMPLETED and job.options == wanted]
    if not plan.is_named and any(job.revision >= source.revision for job in same):
        return "same_options"
    return None


def _look(batch: JobBatch, first_id: str) -> Steps[Call | None]:
    """The first job and the items of its revisions lie under one key; one question answers for most calls."""
    found: Found = yield FindRows(None, Key.of_job(batch.tenant, first_id).pk, limit=MOST_REVISIONS)
    items = {row.key.sk: row.row for row in found.rows}
    first = items.pop(Key.of_job(batch.tenant, first_id).sk, None)
    if first is None:
        return None
    given = {sk: row for sk, row in items.items() if sk.startswith(REVISION_SK)}
    ids = [str(row["job_id"]) for row in given.values()]
    rows: tuple[Row | None, ...] = (yield ReadRows(tuple(Key.of_job(batch.tenant, i) for i in ids))) if ids else ()
    own = revision_id(batch, first_id)
    return Call(
        Job.model_validate(first),
        tuple(Job.model_validate(row) for row in rows if row),
        max((int(sk.removeprefix(REVISION_SK)) for sk in given), default=1),
        next((str(row.get("made_of")) for row in given.values() if row["job_id"] == own), None),
    )


def _born(batch: JobBatch, source: Job, call: Call) -> Job:
    """The row of the revision: what was said of the call stays, what the batch asks for is new."""
    options = effective(batch, source)
    kept = ("reference", "subject_hmac", "metadata", "tags")
    pinned = {name: getattr(call.first.audio, name) for name in Audio.model_fields if name != "removed_at"}
    return Job(
        **{name: getattr(call.first, name) for name in kept},
        tenant=batch.tenant,
        id=revision_id(batch, call.first.id),
        lane=batch.lane,
        batch_id=batch.id,
        revision_of=first_of(source),
        revision=call.last_number + 1,
        options=options,
        params_hash=params_hash(options),
        audio=Audio(**pinned),
        audio_s=call.audio_s,
        retention=batch.retention,
        created_at=batch.created_at,
        deadline_at=batch.deadline_at,
    )


def _rows(job: Job, first: Job, source_id: str) -> tuple[tuple[Key, dict[str, Any]], ...]:
    waiting = job.model_copy(update={**found_by(job), "next_check_at": job.created_at + UPLOAD_CHECK_S})
    item = {"job_id": job.id, "made_of": source_id}
    number = Key.of_revision(job.tenant, first.id, job.revision)
    return ((job.row_key, waiting.model_dump(mode="json", exclude_none=True)), (number, item))
