"""Use cases: give an upload place, and be told by the client that the audio is there."""

from api.access.principal import Principal
from api.backlog import place_of
from api.contract.jobs import JobView, view_of
from api.contract.reading.bodies import Incoming, refuse_content
from api.parts import Parts
from shared.errors.requests import StateConflict
from shared.job import Status


def sign(job_id: str, incoming: Incoming, principal: Principal, parts: Parts) -> JobView:
    """Give a fresh place to upload to.

    Raises:
        StateConflict: the job does not wait for an upload.
    """
    job = parts.job(principal.tenant, job_id)
    refuse_content(incoming)
    if job.status is not Status.AWAITING_UPLOAD or job.audio.source != "upload":
        raise StateConflict(f"The job is {job.status.value}: it waits for no upload.")
    return view_of(job, parts.upload_place(job))


def confirm(job_id: str, incoming: Incoming, principal: Principal, parts: Parts) -> JobView:
    """Queue a job whose audio is there; saying it twice is no error.

    Raises:
        UploadMissing: no object is there.
    """
    job = parts.job(principal.tenant, job_id)
    refuse_content(incoming)
    queued = parts.arrived(job)
    return view_of(queued, queue=place_of(queued, parts))
