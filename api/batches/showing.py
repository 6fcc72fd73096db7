"""Use cases: read a batch with its counts, and page through all of them."""

from api.access.paging import CursorScope, filters_of, read_page
from api.access.principal import Principal
from api.contract.batches import BatchCounts, BatchList, BatchQuery, BatchView, Rejected
from api.contract.reading.queries import Parameters, read_query
from api.parts import Parts
from shared.batch import BatchStatus, JobBatch
from shared.errors.requests import NotFound
from shared.event import instant
from shared.ids import is_id
from shared.job import Key, Row
from shared.protocol.batching.ending import count, shown
from shared.protocol.drive import drive
from shared.protocol.intents import FindRows, ReadRow, Where

ROUTE = "GET /v1/batches"
COUNTED_PAGES = 200
"""Jobs counted while somebody waits, in thousands: some two seconds."""
LISTED_PAGES = 2
"""The same for each batch of a list."""


def read(batch_id: str, principal: Principal, parts: Parts) -> BatchView:
    """Show a batch with its counts as they are now."""
    return view_of(find_batch(batch_id, principal.tenant, parts), parts)


def page(parameters: Parameters, principal: Principal, parts: Parts) -> BatchList:
    """Show a page of batches, newest first.

    Raises:
        ValidationFailed: a parameter is unknown or not valid.
        CursorInvalid: the cursor is of another list, or too old.
    """
    query = read_query(BatchQuery, parameters)
    guard = ((Where("status", "=", query.status),),) if query.status is not None else ()
    pk = Key.of_batch(principal.tenant, "").pk
    scope = CursorScope(principal.tenant, ROUTE, filters_of(query))
    found = read_page(FindRows(None, pk, guard=guard), query, scope, parts)
    data = tuple(view_of(JobBatch.model_validate(one.row), parts, LISTED_PAGES) for one in found.rows)
    return BatchList(has_more=found.has_more, next_cursor=found.next_cursor, data=data)


def find_batch(batch_id: str, tenant: str, parts: Parts) -> JobBatch:
    """The batch as it is now.

    Raises:
        NotFound: no id, unknown, or another tenant's: nobody can tell which.
    """
    row: Row | None = parts.world.perform(ReadRow(Key.of_batch(tenant, batch_id))) if is_id("bat", batch_id) else None
    if row is None:
        raise NotFound
    return JobBatch.model_validate(row)


def view_of(batch: JobBatch, parts: Parts, pages: int = COUNTED_PAGES) -> BatchView:
    """Show `batch`; of one that rests the counts of its end, else those of at most `pages` thousand jobs."""
    return BatchView(
        id=batch.id,
        status=batch.status.value,
        lane=batch.lane.value,
        reference=batch.reference,
        rejected=tuple(Rejected(index=one.index, code=one.code) for one in batch.rejected),
        skipped=batch.skipped,
        counts=BatchCounts(**(batch.counts or _counts(batch, parts, pages))),
        created_at=instant(batch.created_at),
        completed_at=_instant(batch.completed_at),
        deadline_at=_instant(batch.deadline_at),
    )


def _counts(batch: JobBatch, parts: Parts, pages: int) -> dict[str, int]:
    """What no index shows yet, or nobody counted, has not ended."""
    counted = drive(count(batch, pages), parts.world)
    made = 0 if batch.status is BatchStatus.CANCELED else batch.made
    counted["queued"] += max(0, made - counted.total())
    return shown(counted, made)


def _instant(moment: float | None) -> str | None:
    return None if moment is None else instant(moment)
