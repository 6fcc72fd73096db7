"""One row is made anew from what the bucket tells of its job; a row that is there is never touched."""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared.capacity import estimated_audio_s
from shared.errors.jobs import AudioAccessDenied
from shared.ids import event_id, is_id
from shared.job import Audio, Job, Key, OutboxEntry, Row, Status, audio_key, next_expiry_at
from shared.job.params import params_hash
from shared.protocol.attending.storing import adopt
from shared.protocol.intents import CreateRows, HeadObject, ObjectFacts, ReadObject, ReadRow, Steps
from shared.protocol.rebuilding.batches import born_at, keep_batch
from shared.protocol.rebuilding.candidates import Candidate
from shared.protocol.submitting import found_by


class Word(StrEnum):
    """What became of a candidate."""

    COMPLETED = "completed"
    IN_PART = "completed, without its request"
    QUEUED = "queued"
    THERE = "there already"
    NO_AUDIO = "not rebuilt: its recording is gone"
    BATCH = "a batch, without the calls that it had not made yet"
    UNREADABLE = "not rebuilt: what is kept of it cannot be read"

    @property
    def is_loss(self) -> bool:
        """Whether something of the job, or all of it, does not come back."""
        return self in (Word.IN_PART, Word.NO_AUDIO, Word.BATCH, Word.UNREADABLE)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to rebuild: where our objects lie, when, whether ends are told again, and whether rows are written at all."""

    bucket: str
    now: float
    republish: bool = False
    writes: bool = True

    @property
    def beyond(self) -> int:
        """A fence and a sequence that no earlier life of a job has reached: they count claims, and ends.

        A worker that still holds a job of the lost table stays fenced, and no event gets an id that was told.
        """
        return int(self.now)


def restore(candidate: Candidate, plan: Plan) -> Steps[Word]:
    """Make the row of one job: `completed` where it has a transcript, else `queued`, to be rung by the reconciler."""
    try:
        if is_id("bat", candidate.id):
            return (yield from _batch(candidate, plan))
        job = yield from _job_of(candidate, plan)
    except (KeyError, ValueError):
        return Word.UNREADABLE
    if job is None:
        return Word.NO_AUDIO
    if plan.writes and not (yield from _write(job, plan)):
        return Word.THERE
    if job.status is Status.QUEUED:
        return Word.QUEUED
    return Word.COMPLETED if candidate.request else Word.IN_PART


def _batch(candidate: Candidate, plan: Plan) -> Steps[Word]:
    if plan.writes:
        yield from keep_batch(candidate.tenant, candidate.id, plan.now)
    return Word.BATCH


def _job_of(candidate: Candidate, plan: Plan) -> Steps[Job | None]:
    job = _known(candidate, (yield ReadObject(_request_key(candidate))) if candidate.request else None, plan)
    made = yield from (_completed(job, candidate, plan) if candidate.transcript else _queued(job, plan))
    return None if made is None else made.model_copy(update=found_by(made))


def _known(candidate: Candidate, request: bytes | None, plan: Plan) -> Job:
    """The job as its request tells of it; without one as its id does.

    Raises:
        ValueError: the request, or the id, cannot be read.
    """
    lost = Audio(source="upload", bucket=plan.bucket, key=audio_key(candidate.tenant, candidate.id))
    told: dict[str, Any] = {"audio": lost.model_copy(update={"removed_at": plan.now})}
    if request is not None:
        told = json.loads(request)
    born = {"created_at": born_at(candidate.id)}
    job = Job.model_validate({**born, **told, "tenant": candidate.tenant, "id": candidate.id, "params_hash": ""})
    return job.model_copy(update={"params_hash": params_hash(job.options)})


def _completed(job: Job, candidate: Candidate, plan: Plan) -> Steps[Job | None]:
    """`job` as it was committed, its event told, or to be told again under the same id."""
    assert candidate.transcript is not None, "only a job with a transcript is completed"
    revision = int(candidate.transcript.key.rsplit("/r", 1)[1].removesuffix(".json"))
    job = job.model_copy(update={"revision": revision})
    facts: ObjectFacts | None = yield HeadObject(plan.bucket, job.transcript_key)
    stored = yield from adopt(job, plan.bucket, plan.now)
    if facts is None or stored is None:
        return None
    noted = facts.metadata
    sequence = int(noted.get("sequence", 1))
    ended_at = _moment(noted.get("completed-at")) or candidate.transcript.at or plan.now
    state = "pending" if plan.republish else "published"
    entry = OutboxEntry(type="job.completed", id=event_id(job.id, sequence), state=state, at=ended_at)
    ended = {
        "status": Status.COMPLETED,
        "params_hash": noted["params-hash"],
        "attempts": int(noted.get("attempt", 1)),
        "result": stored.result,
        "audio": job.audio.model_copy(update=dict(stored.facts)),
        "audio_s": job.audio_s or stored.result.duration_s,
        "sequence": sequence,
        "outbox": {str(sequence): entry},
        "started_at": _moment(noted.get("started-at")),
        "completed_at": ended_at,
    }
    job = job.model_copy(update=ended)
    return job.model_copy(update={"next_check_at": plan.now if plan.republish else next_expiry_at(job)})


def _queued(job: Job, plan: Plan) -> Steps[Job | None]:
    """`job` as if it had just been queued; None if its recording is gone: it had ended, and can never end again."""
    facts = yield from _recording(job.audio)
    if facts is None:
        return None
    pins = {"size_bytes": facts.size_bytes, "etag": facts.etag, "version_id": facts.version_id}
    waiting = {
        "status": Status.QUEUED,
        "audio": job.audio if job.audio.etag else job.audio.model_copy(update=pins),
        "audio_s": job.audio_s or estimated_audio_s(facts.size_bytes),
        "fence": plan.beyond,
        "sequence": plan.beyond,
        "queued_at": job.queued_at or job.created_at,
        "next_check_at": plan.now,
    }
    return job.model_copy(update=waiting)


def _recording(audio: Audio) -> Steps[ObjectFacts | None]:
    """What is there of the recording; one in a caller's bucket that only the service may read counts as there."""
    try:
        facts: ObjectFacts | None = yield HeadObject(audio.bucket, audio.key, audio.version_id)
    except AudioAccessDenied:
        if audio.source != "s3":
            raise
        return ObjectFacts(audio.size_bytes or 0, audio.etag or "", audio.version_id, audio.sha256, {})
    return facts


def _write(job: Job, plan: Plan) -> Steps[bool]:
    """Create the row; before it its batch, and with it its number beside the first job, where they are not known."""
    if job.batch_id is not None:
        yield from keep_batch(job.tenant, job.batch_id, plan.now, job)
    rows: list[tuple[Key, Row]] = [(job.row_key, job.model_dump(mode="json", exclude_none=True))]
    if job.revision_of is not None:
        number = Key.of_revision(job.tenant, job.revision_of, job.revision)
        known: Row | None = yield ReadRow(number)
        rows += [(number, {"job_id": job.id, "made_of": job.revision_of})] if known is None else []
    created: bool = yield CreateRows(tuple(rows), plan.now)
    return created


def _request_key(candidate: Candidate) -> str:
    assert candidate.request is not None, "only a job with a request is asked for it"
    return candidate.request.key


def _moment(text: str | None) -> float | None:
    """A moment as the metadata of an object keeps it."""
    return None if text in (None, "None") else float(text or 0.0)
