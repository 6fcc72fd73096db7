"""One receipt in this worker: the line of `shared.protocol.attending`, and what its ending asks for."""

from shared.errors.root import CallscribeError
from shared.job import Claim, Outcome, Receipt
from shared.protocol.announcing import settle
from shared.protocol.attending import attend, patiently
from shared.protocol.drive import drive
from shared.protocol.working import Ending, charge
from worker.desk import Desk, JobShelf, Parts
from worker.speech.progress import Progress


def finish_claim(held: Claim, progress: Progress, parts: Parts) -> Ending:
    """Work on a held job until it ends, one way or another.

    Raises:
        StorageUnavailable: not even its end could be written, for minutes.
    """
    desk = Desk(held, progress, parts, JobShelf(held, parts))
    try:
        return drive(patiently(lambda: attend(held, parts.store.bucket, parts.now)), desk)
    except CallscribeError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever nobody named is charged to this job alone
        parts.observer.tell_crash(error, job_id=held.job.id, stage=progress.standing.stage)
        return drive(charge(held, "internal_error", parts.now()), parts.world)


def settle_receipt(ending: Ending, receipt: Receipt, parts: Parts) -> Outcome:
    """Tell what must be told and do to the message what the ending asks for."""
    outcome = drive(settle(ending, receipt, parts.base_url), parts.world)
    parts.observer.tell(
        "receipt_settled",
        job_id=receipt.job_id,
        lane=receipt.lane.value,
        receive_count=receipt.receive_count,
        outcome=outcome.value,
    )
    return outcome
