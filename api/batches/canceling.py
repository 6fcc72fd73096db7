"""Use case: call a batch off. It makes no more jobs, and those that have not ended are canceled."""

from typing import Any

from api.access.principal import Principal
from api.batches.showing import find_batch, view_of
from api.batches.slicing import begin
from api.contract.batches import BatchView
from api.contract.reading.bodies import Incoming, refuse_content
from api.parts import Parts
from shared.batch import BatchStatus, JobBatch
from shared.errors.requests import StateConflict
from shared.job import shard_of
from shared.protocol.intents import Answer, Changed, ChangeRow, Guard, Where


def cancel(batch_id: str, incoming: Incoming, principal: Principal, parts: Parts) -> BatchView:
    """Cancel a batch at once, and its jobs as far as the time of a request goes; the rest follow.

    Raises:
        NotFound: no id, unknown, or another tenant's.
        ValidationFailed: a body came along.
        StateConflict: it has completed.
    """
    batch = find_batch(batch_id, principal.tenant, parts)
    refuse_content(incoming)
    now = parts.now()
    live: Guard = tuple((Where("status", "=", each.value),) for each in (BatchStatus.PREPARING, BatchStatus.RUNNING))
    ended: dict[str, Any] = {
        "status": BatchStatus.CANCELED.value,
        "completed_at": now,
        "slice_until": None,
        "check_shard": shard_of(batch.id),
        "next_check_at": now,
    }
    answer: Answer = parts.world.perform(ChangeRow(batch.row_key, live, ended))
    batch = JobBatch.model_validate(answer.row) if answer.row else batch
    if batch.status is BatchStatus.COMPLETED:
        raise StateConflict("The batch is completed: only one that has not ended can be canceled.")
    if isinstance(answer, Changed):
        batch = begin(batch, parts)
    return view_of(batch, parts)
