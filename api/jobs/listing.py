"""Use case: a page of jobs, newest first, each as it is now."""

from api.access.paging import CursorScope, RowPage, filters_of, read_page
from api.access.principal import Principal
from api.contract.jobs import view_of
from api.contract.listing import JobList, JobListQuery
from api.contract.reading.queries import Parameters, read_query
from api.parts import Parts
from shared.ids import is_id, just_below, lowest_id
from shared.job import BELONGING, CALLED, LISTED, Index, Job, Key, Status, called
from shared.protocol.intents import FindRows, Guard, ReadRow, ReadRows, Where

ROUTE = "GET /v1/jobs"


def page(parameters: Parameters, principal: Principal, parts: Parts) -> JobList:
    """Find the jobs that `parameters` ask for, and show each as its row says now.

    Raises:
        ValidationFailed: a parameter is unknown or not valid.
        CursorInvalid: the cursor does not hold here.
    """
    query = read_query(JobListQuery, parameters)
    index, hash_key = _place(query, principal.tenant)
    low, high = _bounds(query)
    find = FindRows(index, hash_key, low, high, guard=_guard(query, index))
    if query.batch_id is not None and not _has_batch(principal.tenant, query.batch_id, parts):
        return JobList(has_more=False, next_cursor=None, data=())
    found = read_page(find, query, CursorScope(principal.tenant, ROUTE, filters_of(query)), parts)
    shown = tuple(view_of(job) for job in _as_now(found, principal.tenant, parts) if _matches(job, query))
    return JobList(has_more=found.has_more, next_cursor=found.next_cursor, data=shown)


def _place(query: JobListQuery, tenant: str) -> tuple[Index, str]:
    """The index, and the hash key in it, with the fewest rows that the query does not ask for."""
    if query.reference is not None:
        return CALLED, called(tenant, query.reference)
    return (BELONGING, query.batch_id) if query.batch_id is not None else (LISTED, tenant)


def _has_batch(tenant: str, batch_id: str, parts: Parts) -> bool:
    """Whether the tenant has this batch: the jobs of one are found by its id alone, whoever asks."""
    return is_id("bat", batch_id) and parts.world.perform(ReadRow(Key.of_batch(tenant, batch_id))) is not None


def _bounds(query: JobListQuery) -> tuple[str | None, str | None]:
    """The ids between which the jobs were born; no id is older than 1970."""
    after, until = query.created_after, query.created_before
    return (
        lowest_id("job", max(0.0, after.timestamp())) if after else None,
        just_below(lowest_id("job", max(0.0, until.timestamp()))) if until else None,
    )


def _guard(query: JobListQuery, index: Index) -> Guard:
    """The filters that the index can judge; the rest is judged by the rows."""
    known = (
        Where("lane", "=", query.lane),
        Where("tags", "contains", query.tag),
        Where("result.language", "=", query.language),
        Where("result.quality.needs_review", "=", query.needs_review),
    )
    tests = tuple(test for test in known if test.value is not None and test.field.split(".")[0] in index.carried)
    if query.status and "status" in index.carried:
        return tuple((Where("status", "=", status), *tests) for status in query.status)
    return (tests,) if tests else ()


def _as_now(found: RowPage, tenant: str, parts: Parts) -> list[Job]:
    """The jobs of a page as their rows say, strongly consistent; without those that are gone, erased or not ours."""
    keys = tuple(row.key for row in found.rows if row.key == Key.of_job(tenant, str(row.row["id"])))
    rows = parts.world.perform(ReadRows(keys)) if keys else ()
    jobs = [Job.model_validate(row) for row in rows if row is not None]
    return [job for job in jobs if job.tombstone is None or job.tombstone.reason != "erased"]


def _matches(job: Job, query: JobListQuery) -> bool:
    """Whether `job` still is what was asked for: an index lags behind its rows."""
    asked_and_is = (
        (query.lane, job.lane.value),
        (query.batch_id, job.batch_id),
        *_of_result(job, query),
    )
    return (
        all(asked is None or asked == is_ for asked, is_ in asked_and_is)
        and (not query.status or job.status.value in query.status)
        and (query.tag is None or query.tag in job.tags)
    )


def _of_result(job: Job, query: JobListQuery) -> tuple[tuple[object, object], ...]:
    """What is asked of the result, and what a completed job says."""
    result = job.result if job.status is Status.COMPLETED else None
    language, needs_review = (result.language, result.quality.needs_review) if result else (None, None)
    return ((query.language, language), (query.needs_review, needs_review))
