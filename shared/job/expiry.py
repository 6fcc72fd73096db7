"""When retention removes what a job holds: counted from its end, also where it failed or was canceled."""

from shared.job.row import Job
from shared.job.states import Status

DAY_S = 86_400
TOMBSTONE_S = 365 * DAY_S
"""So long after an erasure or an expiry the job is still known, and says so; then it is a 404."""


def audio_expires_at(job: Job) -> float | None:
    """When its recording goes; None while it runs, or where the recording is not ours or gone already."""
    is_ours = job.audio.source != "s3" and job.revision_of is None and job.audio.removed_at is None
    return job.completed_at + job.retention.audio_days * DAY_S if job.completed_at is not None and is_ours else None


def listening_expires_at(job: Job) -> float | None:
    """When what is drawn and played of it goes; None while it runs, or where it is gone already.

    That is made anew of every revision and of a caller's own recording, so it goes whoever holds the recording, and
    also where the job failed: a worker that was lost may have written it. A record that is scrubbed holds none.
    """
    is_scrubbed = job.tombstone is not None and job.audio.removed_at is not None
    if job.completed_at is None or job.listening_removed_at is not None or is_scrubbed:
        return None
    return job.completed_at + job.retention.audio_days * DAY_S


def transcript_expires_at(job: Job) -> float | None:
    """When its transcript goes; None where there is none."""
    has_one = job.status is Status.COMPLETED and job.completed_at is not None and job.tombstone is None
    return job.completed_at + job.retention.transcript_days * DAY_S if has_one and job.completed_at else None


def record_expires_at(job: Job) -> float | None:
    """When nothing is left of the job but that it was; None while it runs."""
    if job.completed_at is None:
        return None
    return job.completed_at + max(job.retention.audio_days, job.retention.transcript_days) * DAY_S


def next_expiry_at(job: Job) -> float | None:
    """The first of these moments: when retention has something to do."""
    record_at = record_expires_at(job) if not job.tombstone else None
    moments = (audio_expires_at(job), listening_expires_at(job), transcript_expires_at(job), record_at)
    return min((moment for moment in moments if moment is not None), default=None)
