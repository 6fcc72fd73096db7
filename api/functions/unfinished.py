"""Which batches the last night made, and how many of their jobs have not ended: by the morning it should be none."""

from collections.abc import Iterable
from typing import Final

from api.parts import Parts
from shared.batch import BatchStatus, JobBatch
from shared.job import Key, Status
from shared.protocol.batching.ending import count
from shared.protocol.drive import drive
from shared.protocol.intents import PutRow, ReadRow, ReadRows

NIGHT: Final = Key("NIGHT", "NIGHT")
"""The row that names them; the next night writes its own over it."""
OPEN: Final = frozenset({BatchStatus.PREPARING, BatchStatus.RUNNING})


def remember(made: Iterable[tuple[str, str]], parts: Parts) -> None:
    """Keep the batches of tonight, each with its tenant."""
    parts.world.perform(PutRow(NIGHT, {"batches": [{"tenant": tenant, "id": batch_id} for tenant, batch_id in made]}))


def open_jobs(parts: Parts) -> int:
    """How many of their jobs have not ended; a batch that is still being made counts one for what is to come.

    Raises:
        StorageUnavailable: the table is out of reach.
    """
    row = parts.world.perform(ReadRow(NIGHT))
    keys = tuple(Key.of_batch(one["tenant"], one["id"]) for one in row["batches"]) if row else ()
    rows = parts.world.perform(ReadRows(keys)) if keys else ()
    return sum(_open(JobBatch.model_validate(one), parts) for one in rows if one)


def _open(batch: JobBatch, parts: Parts) -> int:
    if batch.status not in OPEN:
        return 0
    counted = drive(count(batch), parts.world)
    return counted[Status.QUEUED.value] + counted[Status.PROCESSING.value] + (batch.status is BatchStatus.PREPARING)
