"""A batch on its way: jobs are made in slices, counted until all have ended, and the end is told once."""

from shared.batch import BatchStatus, JobBatch
from shared.job import Key, Row
from shared.protocol.batching.ending import check, stop, tell
from shared.protocol.batching.preparing import prepare
from shared.protocol.intents import ReadRow, Steps

__all__ = ["advance"]


def advance(key: Key, now: float, base_url: str) -> Steps[JobBatch | None]:
    """Do one bounded slice of what the batch at `key` needs; the batch as it is then, None if there is none.

    Every slice may be repeated, interrupted anywhere, or run twice at once: each job is made once.

    Raises:
        TransientError: a dependency is out of reach; the batch is looked at again.
    """
    row: Row | None = yield ReadRow(key)
    if row is None:
        return None
    batch = JobBatch.model_validate(row)
    match batch.status:
        case BatchStatus.PREPARING:
            return (yield from prepare(batch, now))
        case BatchStatus.RUNNING:
            return (yield from check(batch, now))
        case BatchStatus.COMPLETED:
            return (yield from tell(batch, now))
        case BatchStatus.CANCELED:
            return (yield from stop(batch, now, base_url))
