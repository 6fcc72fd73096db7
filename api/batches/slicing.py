"""What one process does of a batch at a time: so many slices as it may; the reconciler does the rest."""

from api.parts import Parts
from shared.batch import BatchStatus, JobBatch
from shared.errors.transient import TransientError
from shared.job import Key
from shared.protocol.batching import advance
from shared.protocol.drive import drive
from shared.telemetry import FactName

REQUEST_S = 5.0
"""A request that makes or cancels a batch goes on with it for so long: small ones are done with the answer."""
MOST_SLICES = 50


def begin(batch: JobBatch, parts: Parts) -> JobBatch:
    """Go on with a batch within a request; a dependency that is out of reach leaves it to the reconciler."""
    try:
        return go_on(batch.row_key, parts, REQUEST_S) or batch
    except TransientError:
        return batch


def go_on(key: Key, parts: Parts, budget_s: float) -> JobBatch | None:
    """Make, count or call off jobs of the batch at `key` until nothing is due at once or the time is up.

    Raises:
        TransientError: a dependency is out of reach; what is made already stays.
    """
    until = parts.now() + budget_s
    batch: JobBatch | None = None
    for _ in range(MOST_SLICES):
        batch = drive(advance(key, parts.now(), parts.settings.base_url), parts.world)
        if batch is None or not _has_more(batch, parts.now()) or parts.now() >= until:
            break
    if batch is not None:
        fact: FactName = "batch_completed" if batch.status is BatchStatus.COMPLETED else "batch_advanced"
        parts.observer.tell(fact, batch_id=batch.id, tenant=batch.tenant, jobs=batch.made)
    return batch


def _has_more(batch: JobBatch, now: float) -> bool:
    """Whether a slice is due at once; while another process has one, its batch is left to it."""
    is_free = batch.slice_until is None and batch.status is not BatchStatus.COMPLETED
    return is_free and batch.next_check_at is not None and batch.next_check_at <= now
