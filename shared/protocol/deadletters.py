"""What becomes of a message that was received too often in vain: it never fails a job that somebody works on."""

from shared.job import MAX_ATTEMPTS, Job, Key, Row, Status
from shared.protocol.announcing import announce
from shared.protocol.claiming import exhaust
from shared.protocol.intents import ChangeRow, Guard, ReadRow, Steps, Where


def bury(tenant: str, job_id: str, now: float, base_url: str) -> Steps[bool]:
    """Whether the message may go: only when its job has ended and its events are told.

    A job that still can be done gets a new ring from the reconciler, and its dead letter waits for its end.

    Raises:
        EventsUnavailable: SNS refused; the message stays.
    """
    row: Row | None = yield ReadRow(Key.of_job(tenant, job_id))
    if row is None:
        return False
    job = Job.model_validate(row)
    if not job.status.is_terminal and job.attempts >= MAX_ATTEMPTS and job.lease_until < now:
        job = (yield from exhaust(job, now)).job or job
    if job.status.is_terminal:
        yield from announce(job, base_url)
        return True
    if job.status is Status.QUEUED or job.lease_until < now:
        unmoved: Guard = ((Where("status", "=", job.status.value), Where("fence", "=", job.fence)),)
        yield ChangeRow(job.row_key, unmoved, {"rung_at": None, "next_check_at": now})
    return False
