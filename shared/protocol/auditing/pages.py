"""The objects of many jobs, job by job: several prefixes and the list of jobs, walked side by side by id.

Every list is in the order of the ids, so that a page of each is enough to know all of the jobs up to where the
shortest of them ends. Nothing is kept between two pages but an id.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.job import LISTED
from shared.protocol.intents import FindRows, Found, ListVersions, ObjectVersion, Steps, Versions

PREFIXES = ("audio", "requests", "transcripts", "listening", "work")
PAGE = 1_000
MOST_TENANTS = 10_000


@dataclass(frozen=True, slots=True)
class Page:
    """The versions of jobs by id, in order, and the id after which the next page begins; None: this is the last."""

    held: dict[str, tuple[ObjectVersion, ...]]
    last: str | None


@dataclass(frozen=True, slots=True)
class _Part:
    """A page of one list: what it says of which id, and up to which id it says all; None: to the end."""

    named: list[tuple[str, ObjectVersion | None]]
    until: str | None


def page_of(tenant: str, after: str | None, prefixes: Iterable[str] = PREFIXES) -> Steps[Page]:
    """The next jobs of `tenant` that have objects under `prefixes`."""
    parts: tuple[_Part, ...] = ()
    for prefix in prefixes:
        parts += ((yield from _objects(prefix, tenant, after)),)
    return _together(parts)


def known_page_of(tenant: str, after: str | None) -> Steps[Page]:
    """The next jobs of `tenant` that have any object, or are in its list of jobs."""
    parts: tuple[_Part, ...] = ((yield from _listed(tenant, after)),)
    for prefix in PREFIXES:
        parts += ((yield from _objects(prefix, tenant, after)),)
    return _together(parts)


def tenants() -> Steps[tuple[str, ...]]:
    """Whose objects there are: one look a tenant and prefix."""
    found: set[str] = set()
    for prefix in PREFIXES:
        after: str | None = None
        for _ in range(MOST_TENANTS):
            answer: Versions = yield ListVersions(f"{prefix}/", after, limit=1)
            if not answer.versions:
                break
            tenant = answer.versions[0].key.split("/")[1]
            found.add(tenant)
            # Behind everything of this tenant: "0" follows "/".
            after = f"{prefix}/{tenant}0"
    return tuple(sorted(found - {""}))


def name_in(key: str) -> str:
    """The id of the job, or of the batch, to which an object belongs."""
    return key.split("/")[2].removesuffix(".json")


def _together(parts: tuple[_Part, ...]) -> Page:
    """What all of the lists tell, up to where the shortest of them is whole."""
    last = min((part.until for part in parts if part.until is not None), default=None)
    held: dict[str, list[ObjectVersion]] = {}
    for name, version in (one for part in parts for one in part.named if last is None or one[0] <= last):
        held.setdefault(name, []).extend([version] if version else [])
    return Page({name: tuple(held[name]) for name in sorted(held)}, last)


def _objects(prefix: str, tenant: str, after: str | None) -> Steps[_Part]:
    under = f"{prefix}/{tenant}/"
    # Behind everything of that job: "~" follows whatever a key may say behind an id.
    answer: Versions = yield ListVersions(under, f"{under}{after}~" if after else None, PAGE)
    named: list[tuple[str, ObjectVersion | None]] = [(name_in(one.key), one) for one in answer.versions]
    return _Part(named, _whole(named) if answer.last is not None else None)


def _whole(named: list[tuple[str, ObjectVersion | None]]) -> str:
    """Up to which id a page that was cut is whole: the last one may go on behind it, unless it fills the page."""
    last = named[-1][0]
    return next((name for name, _ in reversed(named) if name != last), last)


def _listed(tenant: str, after: str | None) -> Steps[_Part]:
    answer: Found = yield FindRows(LISTED, tenant, low=f"{after}!" if after else None, limit=PAGE)
    return _Part([(str(one.row["id"]), None) for one in answer.rows], None if answer.last is None else str(answer.last))
