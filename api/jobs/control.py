"""Use cases: end a job, or try it once more."""

from api.access.allowances import require_room
from api.access.principal import Principal
from api.backlog import live_jobs, place_of
from api.contract.jobs import JobView, view_of
from api.contract.reading.bodies import Incoming, refuse_content
from api.parts import Parts
from shared.protocol import controlling
from shared.protocol.drive import drive


def cancel(job_id: str, incoming: Incoming, principal: Principal, parts: Parts) -> JobView:
    """End a job that has not ended; canceling twice is no error.

    Raises:
        StateConflict: it has completed or failed.
    """
    job = parts.job(principal.tenant, job_id)
    refuse_content(incoming)
    canceled = drive(controlling.cancel(job, parts.now()), parts.world)
    if canceled.sequence != job.sequence:
        parts.observer.tell("job_canceled", job_id=job.id, tenant=job.tenant, lane=job.lane.value)
    return view_of(parts.told(canceled))


def retry(job_id: str, incoming: Incoming, principal: Principal, parts: Parts) -> JobView:
    """Queue a failed or canceled job again.

    Raises:
        StateConflict: it is live, or completed.
        UploadMissing: its audio never came.
        AudioExpired: its audio is gone.
        QueueFull: the tenant has as many live jobs as it may.
    """
    job = parts.job(principal.tenant, job_id)
    refuse_content(incoming)
    require_room(job.tenant, live_jobs(job.tenant, parts.settings.live_jobs_max, parts), parts)
    # What has not been told of the earlier end is told while the row still shows it.
    parts.told(job)
    queued = drive(controlling.retry(job, parts.now()), parts.world)
    parts.observer.tell("job_retried", job_id=job.id, tenant=job.tenant, lane=job.lane.value)
    return view_of(queued, queue=place_of(queued, parts))
