"""The receipt of an erasure, and how it is worked off: slice by slice, and swept twice."""

from dataclasses import dataclass
from typing import Any

from shared.erasure import RECEIPT_S, STEP_CHECK_S, SWEEPS_AFTER_S, Erasure, Scope, is_erased
from shared.errors.requests import NotFound
from shared.ids import derived_id, lowest_id
from shared.job import BELONGING, CALLED, SUBJECT, Job, Key, Row, shard_of
from shared.protocol.erasing.burying import bury, destroy, revisions_of
from shared.protocol.erasing.marking import mark
from shared.protocol.intents import (
    Answer,
    ChangeRow,
    CreateRows,
    FindRows,
    Found,
    Guard,
    ReadRow,
    ReadRows,
    Steps,
    Where,
)

PAGE_ROWS = 25
"""Jobs of one slice, revisions not counted: some hundred requests to the store."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When, and where the API answers: events point there."""

    now: float
    base_url: str


@dataclass(frozen=True, slots=True)
class Gone:
    """What one slice removed."""

    jobs: int = 0
    versions: int = 0


def erase(job: Job, now: float, base_url: str) -> Steps[Erasure]:
    """Erase one job and its revisions; however often, and by however many at once, the receipt is the same.

    Raises:
        NotFound: the receipt of an earlier erasure is no longer kept.
    """
    if not is_erased(job):
        scope = Scope(kind="job_id", value=job.id)
        erasure = new_erasure(job.tenant, derived_id("era", job.created_at, job.id), scope, now)
        if (yield CreateRows(((erasure.row_key, erasure.row),), now)):
            yield from advance(erasure.row_key, now, base_url)
        job, _ = yield from bury(job, erasure.id, now)
    assert job.tombstone is not None, "an erased job bears a tombstone"
    row: Row | None = yield ReadRow(Key.of_erasure(job.tenant, job.tombstone.erasure_id or ""))
    if row is None:
        raise NotFound
    return Erasure.model_validate(row)


def new_erasure(tenant: str, erasure_id: str, scope: Scope, now: float) -> Erasure:
    """A receipt as it is born: if nobody goes on with it, the reconciler does."""
    shard, first_check_at = shard_of(erasure_id), now + STEP_CHECK_S
    found_by = {"check_shard": shard, "next_check_at": first_check_at, "expires_at": int(now) + RECEIPT_S}
    return Erasure.model_validate({"tenant": tenant, "id": erasure_id, "scope": scope, "created_at": now, **found_by})


def advance(key: Key, now: float, base_url: str) -> Steps[Erasure | None]:
    """Take one slice of an erasure, or of a sweep that is due; the receipt as it is then."""
    row: Row | None = yield ReadRow(key)
    erasure = Erasure.model_validate(row) if row else None
    if erasure is None or erasure.scope is None or (erasure.completed_at and now < (erasure.next_check_at or now)):
        return erasure
    moment = Moment(now, base_url)
    return (yield from (_search(erasure, moment) if erasure.sweeping is None else _sweep(erasure, moment)))


def _search(erasure: Erasure, moment: Moment) -> Steps[Erasure]:
    """Find the next jobs, list them beside the receipt, and only then erase them."""
    if erasure.completed_at is None and erasure.pages == 0 and erasure.looked_to is None:
        yield from mark(erasure)
    page_key = erasure.page_key(erasure.pages)
    page: Row | None = yield ReadRow(page_key)
    if page is None:
        page = yield from _next_page(erasure)
        if page["jobs"] and not (yield CreateRows(((page_key, page),), moment.now)):
            page = yield ReadRow(page_key)
    assert page is not None, "whoever was faster has written it"
    gone = yield from _forget(page["jobs"], erasure, moment)
    pages = erasure.pages + bool(page["jobs"])
    sets: dict[str, Any] = {"pages": pages, "looked_to": page.get("looked_to"), "next_check_at": moment.now}
    if sets["looked_to"] is None and erasure.completed_at is None:
        first_sweep_at = moment.now + SWEEPS_AFTER_S[0]
        sets |= {"status": "completed", "completed_at": moment.now, "next_check_at": first_sweep_at}
    elif sets["looked_to"] is None:
        sets |= {"sweeping": 0}
    return (yield from _note(erasure, sets, gone))


def _sweep(erasure: Erasure, moment: Moment) -> Steps[Erasure]:
    """Look once more for what a zombie may have written, and for revisions born since; a page a slice."""
    number = erasure.sweeping or 0
    page: Row | None = yield ReadRow(erasure.page_key(number))
    jobs = yield from _with_revisions(erasure.tenant, page["jobs"] if page else [])
    gone = yield from _forget(jobs, erasure, moment)
    if number + 1 < erasure.pages:
        return (yield from _note(erasure, {"sweeping": number + 1, "next_check_at": moment.now}, gone))
    swept_at, waits_s = (*erasure.swept_at, moment.now), SWEEPS_AFTER_S[len(erasure.swept_at) + 1 :]
    sets: dict[str, Any] = {"sweeping": None, "swept_at": swept_at, "next_check_at": None, "scope": None}
    if waits_s:
        sets |= {"next_check_at": (erasure.completed_at or moment.now) + waits_s[0]}
        del sets["scope"]
    return (yield from _note(erasure, sets, gone))


def _note(erasure: Erasure, sets: dict[str, Any], gone: Gone) -> Steps[Erasure]:
    """Write into the receipt what a slice did; of two that took the same one, one is counted."""
    at_page = Where("sweeping", "=", erasure.sweeping) if erasure.sweeping is not None else Where("sweeping", "absent")
    unmoved = Where("next_check_at", "=", erasure.next_check_at)
    guard: Guard = ((Where("pages", "=", erasure.pages), Where("status", "=", erasure.status), at_page, unmoved),)
    adds = {"jobs": gone.jobs, "object_versions_deleted": gone.versions}
    answer: Answer = yield ChangeRow(erasure.row_key, guard, sets, adds)
    return Erasure.model_validate(answer.row)


def _next_page(erasure: Erasure) -> Steps[Row]:
    """The next jobs in scope that are not erased, with their revisions, and where the search goes on."""
    scope = erasure.scope
    assert scope is not None, "it is removed after the last sweep"
    if scope.kind == "job_id":
        found, last = [scope.value], None
    else:
        index = {"subject_hmac": SUBJECT, "called": CALLED, "batch_id": BELONGING}[scope.kind]
        # A call that is submitted after the request is no part of it; a batch is erased with all that it still makes.
        high = None if index is BELONGING else lowest_id("job", erasure.created_at + 0.001)
        answer: Found = yield FindRows(index, scope.value, erasure.looked_to, high, limit=PAGE_ROWS)
        found, last = [str(one.row["id"]) for one in answer.rows], answer.last
    jobs = yield from _with_revisions(erasure.tenant, found)
    rows: tuple[Row | None, ...] = yield ReadRows(tuple(Key.of_job(erasure.tenant, job_id) for job_id in jobs))
    kept = [str(row["id"]) for row in rows if row and _is_ours(Job.model_validate(row), erasure)]
    return {"jobs": kept, "looked_to": last, "expires_at": erasure.expires_at}


def _is_ours(job: Job, erasure: Erasure) -> bool:
    """Whether this erasure still has to forget `job`.

    Whoever asks twice at once may bury the job before the page is written: it bears our own name then, and nothing of
    it is deleted yet.
    """
    if not is_erased(job):
        return True
    assert job.tombstone is not None, "an erased job bears a tombstone"
    return erasure.completed_at is None and job.tombstone.erasure_id == erasure.id


def _with_revisions(tenant: str, job_ids: list[str]) -> Steps[list[str]]:
    both: dict[str, None] = {}
    for job_id in job_ids:
        revisions = yield from revisions_of(tenant, job_id)
        both |= dict.fromkeys((job_id, *revisions))
    return list(both)


def _forget(job_ids: list[str], erasure: Erasure, moment: Moment) -> Steps[Gone]:
    """Tombstones first, for all of them: they hold at once. Then everything that they held is deleted, and told."""
    buried, newly, versions = [], 0, 0
    for job_id in job_ids:
        row: Row | None = yield ReadRow(Key.of_job(erasure.tenant, job_id))
        if row is not None:
            job, is_new = yield from bury(Job.model_validate(row), erasure.id, moment.now)
            is_ours = job.tombstone is not None and job.tombstone.erasure_id == erasure.id
            buried += [job] if is_ours else []
            newly += is_new
    for job in buried:
        versions += yield from destroy(job, moment.base_url)
    # A lost process may have buried some of a page already; a page that is swept was counted when it was written.
    return Gone(newly if erasure.sweeping is not None else len(buried), versions)
