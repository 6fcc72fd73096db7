"""Which finished calls a batch means: a walk through the tenant's jobs, newest first, page by page."""

from dataclasses import dataclass
from typing import Any

from shared.batch import Choice, JobBatch, is_own_job
from shared.ids import is_id, just_below, lowest_id
from shared.job import BELONGING, CALLED, LISTED, Key, Row, called
from shared.protocol.intents import FindRows, Found, FoundRow, ReadRows, Steps, Where

BIRTH_S = 0.001
"""Ids tell births by the millisecond: what was born in the same one as the batch is looked at."""


@dataclass(frozen=True, slots=True)
class Match:
    """A job that fulfils all that is asked for, and the first job of its call."""

    job_id: str
    first_id: str


@dataclass(frozen=True, slots=True)
class Page:
    """Matches, and where the walk goes on; None: all was looked at."""

    matches: tuple[Match, ...]
    position: str | None


def find(batch: JobBatch, position: str | None, limit: int) -> Steps[Page]:
    """The next matches of a batch that chooses, behind `position`; a page may be short, also empty."""
    choice = batch.choice
    assert choice is not None, "a batch that names its calls chooses none"
    asked = _search(batch, choice, position, limit)
    is_none = choice.batch_id is not None and not is_id("bat", choice.batch_id)
    if is_none or str(asked.low or "") > str(asked.high):
        return Page((), None)
    found: Found = yield asked
    rows = yield from _whole(batch, found.rows, is_listed=asked.index is LISTED)
    matches = tuple(Match(str(r["id"]), str(r.get("revision_of") or r["id"])) for r in rows if _is_meant(r, batch))
    return Page(matches, None if found.last is None else str(found.last))


def _search(batch: JobBatch, choice: Choice, position: str | None, limit: int) -> FindRows:
    """Where to look: under the narrowest name there is; what an index carries is tested there already."""
    born = batch.created_at + BIRTH_S
    upper = born if choice.created_before is None else min(choice.created_before, born)
    high = just_below(position or lowest_id("job", max(0.0, upper)))
    low = lowest_id("job", max(0.0, choice.created_after)) if choice.created_after is not None else None
    if choice.batch_id is not None:
        guard = ((Where("status", "=", choice.status),),)
        return FindRows(BELONGING, choice.batch_id, low, high, newest_first=True, limit=limit, guard=guard)
    if choice.reference is not None:
        name = called(batch.tenant, choice.reference)
        return FindRows(CALLED, name, low, high, newest_first=True, limit=limit)
    tests = tuple(Where(field, "=", value) for field, value in _equal(choice).items())
    tagged = (Where("tags", "contains", choice.tag),) if choice.tag is not None else ()
    return FindRows(LISTED, batch.tenant, low, high, newest_first=True, limit=limit, guard=((*tests, *tagged),))


def _whole(batch: JobBatch, rows: tuple[FoundRow, ...], *, is_listed: bool) -> Steps[tuple[Row, ...]]:
    """The list of a tenant carries what is asked about; elsewhere the rows are read, if they are the tenant's."""
    own = tuple(row for row in rows if is_own_job(str(row.row.get("id")), batch.tenant, row.key))
    if is_listed or not own:
        return tuple(row.row for row in own)
    keys: tuple[Key, ...] = tuple(row.key for row in own)
    read: tuple[Row | None, ...] = yield ReadRows(keys)
    return tuple(row for row in read if row is not None)


def _is_meant(row: Row, batch: JobBatch) -> bool:
    """Whether a job fulfils all that is asked for; one that this batch made itself is never meant."""
    choice = batch.choice
    assert choice is not None, "only a choice is asked"
    equal = all(_value(row, field) == value for field, value in _equal(choice).items())
    tagged = choice.tag is None or choice.tag in row.get("tags", ())
    # A model is known by the name that was asked for, and by the one that the transcript bears.
    models = {_value(row, "options.model"), _value(row, "result.model")}
    used = choice.model is None or choice.model in models
    other = choice.model_not is None or choice.model_not not in models
    named = choice.reference is None or row.get("reference") == choice.reference
    return equal and tagged and used and other and named and row.get("batch_id") != batch.id


def _equal(choice: Choice) -> dict[str, Any]:
    """Fields of a job that must be equal to what is asked for."""
    asked = {
        "status": choice.status,
        "lane": choice.lane,
        "batch_id": choice.batch_id,
        "result.language": choice.language,
        "result.quality.needs_review": choice.needs_review,
    }
    return {field: value for field, value in asked.items() if value is not None}


def _value(row: Row, field: str) -> Any:
    value: Any = row
    for name in field.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
