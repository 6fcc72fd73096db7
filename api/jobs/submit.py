"""Use case: accept a call. The row is born, and where the audio is at hand the job is queued at once."""

import hashlib
from dataclasses import dataclass

from api.access.allowances import require_room, take_audio
from api.access.principal import Principal
from api.access.pseudonyms import pseudonym
from api.backlog import live_jobs, place_of
from api.contract.jobs import JobView, view_of
from api.contract.reading.bodies import Incoming, Wish, read_wish
from api.contract.submission import MAX_AUDIO_BYTES, S3_URI, Deployment, MultipartSubmission, Submission
from api.parts import Parts
from shared.capacity import estimated_audio_s
from shared.containers import HEAD_BYTES
from shared.erasure import is_erased
from shared.errors.jobs import AudioNotFound, EmptyFile
from shared.errors.requests import AudioTooLarge, BucketNotAllowed, Erased, QueueFull, QuotaExceeded, UploadMissing
from shared.errors.transient import TransientError
from shared.ids import new_id
from shared.job import Audio, ChannelOptions, Job, Lane, Options, Retention, Status, audio_key
from shared.job.params import params_hash
from shared.protocol.creating import IdempotencyKey, earlier
from shared.protocol.drive import drive
from shared.protocol.intents import HeadObject, PutObject
from shared.protocol.submitting import Submitted, submit
from shared.tracing import note, span, traceparent

ROUTE = "POST /v1/jobs"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The job that answers a submission, and whether an earlier one made it."""

    view: JobView
    replayed: bool


@dataclass(frozen=True, slots=True)
class Birth:
    """Under what name, whose, and when a job comes into the world."""

    job_id: str
    tenant: str
    at: float


def accept(incoming: Incoming, principal: Principal, parts: Parts) -> Accepted:
    """Make a job of a submission, or find the one that an equal submission made.

    Raises:
        RequestError: the submission is refused; nothing was written and no key used up.
        JobError: the audio that came along, or is referred to, cannot be taken; nothing was written.
    """
    wish = read_wish(incoming, Deployment(parts.settings.models, parts.settings.languages))
    known_by = incoming.known_by(principal.tenant, ROUTE, wish.fingerprint)
    now = parts.now()
    birth = Birth(new_id("job", now), principal.tenant, now)
    with span("submit", tenant=birth.tenant, lane=wish.asked.lane):
        return _accept(wish, birth, known_by, parts)


def _accept(wish: Wish, birth: Birth, known_by: IdempotencyKey | None, parts: Parts) -> Accepted:
    own_place = (parts.settings.bucket, audio_key(birth.tenant, birth.job_id))
    audio = _brought(wish, own_place) or _referred(wish.asked, known_by, parts)
    job = _job_of(wish, audio, birth, parts)
    _require_allowance(job, known_by, parts)
    submitted = drive(submit(job, known_by), parts.world)
    note(job_id=submitted.job.id)
    return _answer(submitted, wish.audio, parts)


def _require_allowance(job: Job, known_by: IdempotencyKey | None, parts: Parts) -> None:
    """Go on only with room and hours left; a repetition makes nothing and is answered all the same.

    A repetition that is let pass counts its hours again: the day's limit errs on that side, never on the other.
    """
    try:
        require_room(job.tenant, live_jobs(job.tenant, parts.settings.live_jobs_max, parts), parts)
        take_audio(job.tenant, job.audio_s, parts)
    except TransientError:
        # A limit that cannot be looked up stops nobody: what the job itself needs of the table will say so.
        return
    except (QueueFull, QuotaExceeded):
        if drive(earlier(known_by, parts.now()), parts.world) is None:
            raise


def _brought(wish: Wish, place: tuple[str, str]) -> Audio | None:
    """The audio that came along, or is announced; None if it is referred to."""
    bucket, key = place
    if wish.audio is not None:
        sha256 = hashlib.sha256(wish.audio).hexdigest()
        return Audio(source="multipart", bucket=bucket, key=key, size_bytes=len(wish.audio), sha256=sha256)
    upload = wish.asked.audio.upload if isinstance(wish.asked, Submission) else None
    if upload is None:
        return None
    return Audio(source="upload", bucket=bucket, key=key, size_bytes=upload.size_bytes, sha256=upload.sha256)


def _referred(asked: MultipartSubmission, known_by: IdempotencyKey | None, parts: Parts) -> Audio:
    """The object that `s3_uri` names, pinned; it is read in place and stays the caller's."""
    assert isinstance(asked, Submission), "only JSON refers to an object"
    match = S3_URI.fullmatch(asked.audio.s3_uri or "")
    assert match is not None, "validation knows the form"
    bucket, key = match.groups()
    if bucket not in parts.settings.allowed_buckets:
        raise BucketNotAllowed
    if drive(earlier(known_by, parts.now()), parts.world) is not None:
        # A repetition is answered with its job, also when the object has gone since.
        return Audio(source="s3", bucket=bucket, key=key)
    facts = parts.world.perform(HeadObject(bucket, key))
    if facts is None:
        raise AudioNotFound
    if facts.size_bytes == 0:
        raise EmptyFile
    if facts.size_bytes > MAX_AUDIO_BYTES:
        raise AudioTooLarge
    pins = {"version_id": facts.version_id, "etag": facts.etag, "size_bytes": facts.size_bytes}
    return Audio(source="s3", bucket=bucket, key=key, **pins)


def _job_of(wish: Wish, audio: Audio, birth: Birth, parts: Parts) -> Job:
    """The row as it is born: waiting for audio, also where the audio is at hand."""
    asked = wish.asked
    channels = ChannelOptions(mode=asked.options.channels.mode, roles=dict(asked.options.channels.roles))
    options = Options(**{**dict(asked.options), "channels": channels})
    return Job(
        tenant=birth.tenant,
        id=birth.job_id,
        lane=Lane(asked.lane),
        reference=asked.reference,
        subject_hmac=pseudonym(asked.subject_ref, birth.tenant, parts.settings.subject_key),
        metadata=asked.metadata,
        tags=asked.tags,
        options=options,
        params_hash=params_hash(options),
        audio=audio,
        audio_s=estimated_audio_s(audio.size_bytes, (wish.audio or b"")[:HEAD_BYTES]) if audio.size_bytes else 0.0,
        retention=Retention(**asked.retention.model_dump()),
        created_at=birth.at,
        traceparent=traceparent(),
        deadline_at=asked.deadline_at.timestamp() if asked.deadline_at else None,
    )


def _answer(submitted: Submitted, audio: bytes | None, parts: Parts) -> Accepted:
    """The job as it is now; an upload place only for who is to upload.

    Raises:
        Erased: an equal submission made a job that was erased since.
    """
    if is_erased(submitted.job):
        raise Erased
    job = _with_audio(submitted.job, audio, parts)
    waits = job.status is Status.AWAITING_UPLOAD and job.audio.source == "upload"
    view = view_of(job, parts.upload_place(job) if waits else None, place_of(job, parts))
    return Accepted(view, submitted.replayed)


def _with_audio(job: Job, audio: bytes | None, parts: Parts) -> Job:
    """Store what came along and queue; a repetition finishes what a lost process began."""
    if job.status is not Status.AWAITING_UPLOAD or job.audio.source == "upload":
        return job
    if audio is not None:
        parts.world.perform(PutObject(job.audio.key, audio, {"job": job.id, "tenant": job.tenant}))
    try:
        return parts.arrived(job)
    except UploadMissing:
        # A referenced object went between two looks: the job waits as for any upload, and expires.
        return job
