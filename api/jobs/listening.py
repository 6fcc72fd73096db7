"""Use cases: what a page needs to draw a call, and to play it."""

from dataclasses import dataclass

from api.access.principal import Principal
from api.contract.listening import ListeningView
from api.jobs.results import retry_after_s
from api.parts import Parts
from shared.aws.store import Playable
from shared.errors.jobs import AudioExpired
from shared.errors.requests import NoRecording, NotReady
from shared.event import instant
from shared.job import Job, Status
from shared.protocol.intents import HeadObject, ObjectFacts, ReadObject

PLAYS_S = 3_600
"""Seconds that a signed address plays: the longest usual call."""


def peaks(job_id: str, principal: Principal, parts: Parts) -> str:
    """Read the peaks as they are stored.

    Raises:
        NotReady: the job has not ended.
        NoRecording: it ended without having been heard, or nothing was kept to listen to.
        AudioExpired: retention removed the recording.
    """
    job = _heard(job_id, principal, parts)
    stored: bytes | None = parts.world.perform(ReadObject(f"{job.listening_key}.json"))
    if stored is None:
        raise NoRecording
    return stored.decode()


def audio(job_id: str, principal: Principal, parts: Parts) -> ListeningView:
    """Sign an address that plays the recording: itself where every browser can, else what was made of it.

    Raises:
        AudioAccessDenied: the bucket of a referenced recording refuses us.
        NotReady, NoRecording, AudioExpired: as `peaks`.
    """
    job = _heard(job_id, principal, parts)
    kept = _kept(job, parts)
    playable = _original(job, kept.media_type, parts) if kept.is_original else _derivative(job, kept.media_type, parts)
    return ListeningView(
        job_id=job.id,
        url=parts.store.presign_get(playable, PLAYS_S),
        media_type=kept.media_type,
        is_original=kept.is_original,
        duration=kept.duration_s,
        expires_at=instant(parts.now() + PLAYS_S),
    )


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept to listen to, as the worker wrote it beside the peaks."""

    media_type: str
    is_original: bool
    duration_s: float


def _heard(job_id: str, principal: Principal, parts: Parts) -> Job:
    """The job, if its call was heard and its recording is still kept."""
    job = parts.job(principal.tenant, job_id)
    if not job.status.is_terminal:
        raise NotReady(retry_after_s=retry_after_s(job, parts.now()))
    if job.status is not Status.COMPLETED:
        raise NoRecording(f"There is no recording to listen to: the job is {job.status.value}.")
    if job.listening_removed_at is not None or job.audio.removed_at is not None:
        raise AudioExpired
    return job


def _kept(job: Job, parts: Parts) -> _Kept:
    """What may be played of `job`.

    Raises:
        NoRecording: nothing.
    """
    found: ObjectFacts | None = parts.world.perform(HeadObject(parts.settings.bucket, f"{job.listening_key}.json"))
    if found is None or not found.metadata.get("media-type"):
        raise NoRecording
    told = found.metadata
    return _Kept(told["media-type"], told["playable"] == "original", round(float(told["duration-s"]), 3))


def _derivative(job: Job, media_type: str, parts: Parts) -> Playable:
    return Playable(parts.settings.bucket, f"{job.listening_key}.webm", None, media_type)


def _original(job: Job, media_type: str, parts: Parts) -> Playable:
    """The recording itself, as it was pinned, wherever it lies.

    Raises:
        AudioAccessDenied: its bucket refuses us.
        NoRecording: its owner took it away, or put another in its place.
        AudioExpired: it was ours, kept by an older revision whose retention is over.
    """
    original = job.audio
    found: ObjectFacts | None = parts.world.perform(HeadObject(original.bucket, original.key, original.version_id))
    if found is None or original.etag not in (None, found.etag):
        raise NoRecording("The recording is no longer in its bucket.") if original.source == "s3" else AudioExpired
    return Playable(original.bucket, original.key, original.version_id, media_type)
