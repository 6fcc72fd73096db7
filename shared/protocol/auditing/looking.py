"""The audit itself: one job, a page of the table, a page of the jobs' objects."""

from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from shared.batch import JobBatch
from shared.erasure import kept_under
from shared.ids import is_id
from shared.job import JOB_SK, Job, Key, Row
from shared.protocol.auditing.breach import Breach
from shared.protocol.auditing.objects import object_breaches, orphan_breaches
from shared.protocol.auditing.others import batch_breaches, broken_promises, hidden_revisions, items_left, missing_jobs
from shared.protocol.auditing.pages import known_page_of
from shared.protocol.auditing.rows import row_breaches
from shared.protocol.intents import (
    FoundRow,
    ListVersions,
    ObjectVersion,
    ReadRow,
    ReadRows,
    Scanned,
    ScanRows,
    Steps,
    Versions,
)

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of the table: what is wrong, whose rows it held, how many of them are jobs, where the next begins."""

    breaches: tuple[Breach, ...]
    tenants: frozenset[str]
    jobs: int
    last: Key | None


@dataclass(frozen=True, slots=True)
class Objects:
    """A page of the jobs of a tenant: what is wrong, how many there were, after which id the next begins."""

    breaches: tuple[Breach, ...]
    jobs: int
    last: str | None


def breaches_of(job: Job, versions: tuple[ObjectVersion, ...], now: float) -> tuple[Breach, ...]:
    """Everything that is wrong with one job; `versions` are those under its prefixes."""
    return (*row_breaches(job, now), *object_breaches(job, versions, now))


def audit_job(tenant: str, job_id: str, now: float) -> Steps[tuple[Breach, ...]]:
    """Look at one job, its row and its objects; nothing is said of one that moves meanwhile."""
    key = Key.of_batch(tenant, job_id) if is_id("bat", job_id) else Key.of_job(tenant, job_id)
    row: Row | None = yield ReadRow(key)
    held: list[ObjectVersion] = []
    for prefix in kept_under(tenant, job_id):
        answer: Versions = yield ListVersions(prefix)
        held += answer.versions
    again: Row | None = yield ReadRow(key)
    return _judged(tenant, job_id, row, tuple(held), now) if again == row else ()


def audit_rows(after: Key | None, tenant: str | None, now: float) -> Steps[Rows]:
    """Look at the next rows of the table: those of `tenant`, or everybody's."""
    answer: Scanned = yield ScanRows(after)
    found = tuple(one for one in answer.rows if one.key.pk.startswith(f"T#{tenant}#" if tenant else "T#"))
    read = {one.key: _read(Job, one.row) for one in found if one.key.sk == JOB_SK}
    jobs = tuple(job for job in read.values() if job is not None)
    breaches: list[Breach] = list((yield from broken_promises(found, now)))
    breaches += [_unreadable(key) for key, job in read.items() if job is None]
    breaches += [breach for job in jobs for breach in row_breaches(job, now)]
    breaches += yield from hidden_revisions(jobs)
    for one in found:
        breaches += yield from _batch(one, now)
    return Rows(tuple(breaches), frozenset(one.key.pk.split("#")[1] for one in found), len(jobs), answer.last)


def audit_objects(tenant: str, after: str | None, now: float) -> Steps[Objects]:
    """Look at the next jobs of `tenant` and all that they hold; what is found is looked at twice."""
    page = yield from known_page_of(tenant, after)
    names = [name for name in page.held if not is_id("bat", name)]
    batches = [name for name in page.held if is_id("bat", name)]
    keys = (*(Key.of_job(tenant, name) for name in names), *(Key.of_batch(tenant, name) for name in batches))
    rows: tuple[Row | None, ...] = yield ReadRows(keys)
    breaches: list[Breach] = []
    for name, row in zip((*names, *batches), rows, strict=True):
        first = {one.kind for one in _judged(tenant, name, row, page.held[name], now)}
        again = (yield from audit_job(tenant, name, now)) if first else ()
        breaches += [one for one in again if one.kind in first]
    return Objects(tuple(breaches), len(names), page.last)


def _batch(found: FoundRow, now: float) -> Steps[tuple[Breach, ...]]:
    if not found.key.pk.endswith("#BATCHES"):
        return ()
    batch = _read(JobBatch, found.row)
    if batch is None:
        return (_unreadable(found.key),)
    missing = yield from missing_jobs(batch, now)
    return (*batch_breaches(batch, now), *missing)


def _judged(
    tenant: str, name: str, row: Row | None, versions: tuple[ObjectVersion, ...], now: float
) -> tuple[Breach, ...]:
    """What the objects of one job tell; the rows alone have been looked at already."""
    if row is None:
        return orphan_breaches(tenant, name, versions, now)
    if is_id("bat", name):
        batch = _read(JobBatch, row)
        return items_left(batch, versions) if batch else ()
    job = _read(Job, row)
    return object_breaches(job, versions, now) if job else ()


def _read(kind: type[T], row: Row) -> T | None:
    """The row as a value; None where it is none."""
    try:
        return kind.model_validate(row)
    except ValidationError:
        return None


def _unreadable(key: Key) -> Breach:
    """What is wrong in it is not told: the row may hold what a caller said."""
    _, tenant, *_, name = (*key.pk.split("#"), *([] if key.sk == JOB_SK else [key.sk]))
    return Breach("unreadable", tenant, name, "its row is not what the service writes")
