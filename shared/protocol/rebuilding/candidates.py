"""Whose rows are missing: the objects tell of a job that the table does not know."""

from dataclasses import dataclass

from shared.job import Key, Row
from shared.protocol.auditing.pages import page_of
from shared.protocol.intents import ObjectVersion, ReadRows, Steps

KEPT_UNDER = ("requests", "transcripts")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A job, or a batch, without a row, and what there is of it."""

    tenant: str
    id: str
    request: ObjectVersion | None
    transcript: ObjectVersion | None


@dataclass(frozen=True, slots=True)
class Candidates:
    """A page of them, how many others have a row, and the id after which the next page begins; None: the last."""

    missing: tuple[Candidate, ...]
    there: int
    last: str | None


def candidates(tenant: str, after: str | None) -> Steps[Candidates]:
    """The next jobs of `tenant` by id that have a request or a transcript, and no row."""
    page = yield from page_of(tenant, after, KEPT_UNDER)
    made = [_candidate(tenant, name, versions) for name, versions in page.held.items()]
    held = [one for one in made if one.request or one.transcript]
    rows: tuple[Row | None, ...] = (yield ReadRows(tuple(_place(one) for one in held))) if held else ()
    missing = tuple(one for one, row in zip(held, rows, strict=True) if row is None)
    return Candidates(missing, len(held) - len(missing), page.last)


def _candidate(tenant: str, name: str, versions: tuple[ObjectVersion, ...]) -> Candidate:
    """What a reader gets of it now; what was deleted is gone, also where a version of it is left."""
    there = {one.key.split("/")[0]: one for one in versions if one.is_there}
    return Candidate(tenant, name, there.get("requests"), there.get("transcripts"))


def _place(candidate: Candidate) -> Key:
    is_batch = candidate.id.startswith("bat_")
    return (Key.of_batch if is_batch else Key.of_job)(candidate.tenant, candidate.id)
