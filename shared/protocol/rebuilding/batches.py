"""The row of a batch is made anew from its jobs: it counts them, ends when they have ended, and tells of it again.

Its reference, what it chose by, and what it left out were in the table alone.
"""

from ulid import ULID

from shared.batch import BatchStatus, Items, JobBatch
from shared.job import Job, Key, Lane, Retention, Row, shard_of
from shared.protocol.intents import CreateRows, ReadObject, ReadRow, Steps

SETTLED_S = 6 * 3_600
"""A batch is not counted before all of its jobs are back."""


def born_at(resource_id: str) -> float:
    """When the thing of that id was born, epoch seconds to the millisecond.

    Raises:
        ValueError: it is no id.
    """
    return ULID.from_str(resource_id.partition("_")[2]).timestamp


def keep_batch(tenant: str, batch_id: str, now: float, job: Job | None = None) -> Steps[bool]:
    """Make the row of a batch, as far as `job`, one of its own, tells of it; False if there is one.

    Raises:
        ValueError: its items cannot be read.
    """
    key = Key.of_batch(tenant, batch_id)
    known: Row | None = yield ReadRow(key)
    if known is not None:
        return False
    batch = JobBatch(
        tenant=tenant,
        id=batch_id,
        status=BatchStatus.RUNNING,
        lane=job.lane if job else Lane.BATCH,
        retention=job.retention if job else Retention(),
        deadline_at=job.deadline_at if job else None,
        created_at=born_at(batch_id),
        prepared_at=now,
        check_shard=shard_of(batch_id),
        next_check_at=now + SETTLED_S,
    )
    kept: bytes | None = yield ReadObject(batch.items_key)
    named = len(Items.model_validate_json(kept).items) if kept else 0
    row = batch.model_copy(update={"items": named}).model_dump(mode="json", exclude_none=True)
    created: bool = yield CreateRows(((key, row),), now)
    return created
