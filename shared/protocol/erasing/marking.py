"""A batch may be about to make jobs of whom it is asked to forget: a marker tells it so."""

from shared.batch import BatchStatus
from shared.erasure import MARKER_S, Erasure, Marker
from shared.job import Key, Row
from shared.protocol.intents import ChangeRow, PutRow, ReadRow, Steps, Where


def mark(erasure: Erasure) -> Steps[None]:
    """Leave the marker before any job is looked for: a job that the search does not find is made after it.

    The marker of a later erasure of the same scope stays. One call that is known by its job needs none: its tombstone
    tells it. A batch that is erased forgets its own name too, and by what it chose, if it is done with choosing.
    """
    scope = erasure.scope
    if scope is None or scope.kind == "job_id":
        return
    key = Marker.key_of(erasure.tenant, scope)
    row: Row | None = yield ReadRow(key)
    if row is None or Marker.model_validate(row).at < erasure.created_at:
        marker = Marker(at=erasure.created_at, expires_at=int(erasure.created_at) + MARKER_S)
        yield PutRow(key, marker.model_dump())
    if scope.kind == "batch_id":
        batch_key = Key.of_batch(erasure.tenant, scope.value)
        prepared = Where("status", "<>", BatchStatus.PREPARING.value)
        yield ChangeRow(batch_key, ((Where("status", "present"),),), {"reference": None})
        yield ChangeRow(batch_key, ((Where("status", "present"), prepared),), {"choice": None})
