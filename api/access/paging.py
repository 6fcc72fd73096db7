"""Pages of a list, newest first: each row comes once, also while rows are born."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from api.access.cursors import CursorScope, Signer
from api.contract.listing import PageQuery
from api.parts import Parts
from shared.ids import just_below
from shared.protocol.intents import FindRows, Found, FoundRow

__all__ = ["CursorScope", "RowPage", "filters_of", "read_page"]

MOST_REQUESTS = 5
"""Requests that one page may cost: with a guard each looks at 1,000 rows; then the page is answered as it is."""


@dataclass(frozen=True, slots=True)
class RowPage:
    """Rows of one page; it may be short, also empty, while `has_more` is true."""

    rows: tuple[FoundRow, ...]
    has_more: bool
    next_cursor: str | None


def read_page(find: FindRows, query: PageQuery, scope: CursorScope, parts: Parts) -> RowPage:
    """Read the page that `query` asks for of the rows that `find` describes, greatest range key first.

    Args:
        find: where to look, with bounds and guard; its order and limit are set here. Range keys are ids of one length.
        query: limit and cursor.
        scope: where the cursor holds; `filters_of(query)` gives its filters.
        parts: table, clock and the secret that cursors are signed with.

    Raises:
        CursorInvalid: the cursor is forged, expired, or of another tenant or list or of other filters.
    """
    signer = Signer(parts.settings.subject_key)
    if query.cursor is not None:
        find = _behind(find, signer.read(query.cursor, scope, parts.now()))
    # One row more than the page tells whether there is another page.
    rows, last = _collect(replace(find, newest_first=True, limit=query.limit + 1), parts)
    if len(rows) > query.limit:
        rows = rows[: query.limit]
        last = _range_key(find, rows[-1])
    return RowPage(rows, last is not None, signer.write(last, scope, parts.now()) if last is not None else None)


def filters_of(query: PageQuery) -> Mapping[str, object]:
    """What a page is filtered by: all that was asked for but how many and from where."""
    return query.model_dump(mode="json", exclude={"limit", "cursor"}, exclude_none=True)


def _behind(find: FindRows, after: str) -> FindRows:
    """The same search, below `after`, which lies below its upper bound already."""
    return replace(find, high=just_below(after))


def _collect(find: FindRows, parts: Parts) -> tuple[tuple[FoundRow, ...], str | None]:
    """Rows, until there are enough of them; and the range key up to which was looked, or None if all was."""
    rows: tuple[FoundRow, ...] = ()
    last: str | None = None
    for _ in range(MOST_REQUESTS):
        if _is_empty(find):
            return rows, None
        found: Found = parts.world.perform(replace(find, limit=find.limit - len(rows)))
        rows, last = (*rows, *found.rows), None if found.last is None else str(found.last)
        if last is None or len(rows) >= find.limit:
            break
        find = _behind(find, last)
    return rows, last


def _is_empty(find: FindRows) -> bool:
    """Whether nothing can lie between the bounds; the table refuses such a question."""
    return find.low is not None and find.high is not None and str(find.low) > str(find.high)


def _range_key(find: FindRows, row: FoundRow) -> str:
    return str(row.row[find.index.range_field]) if find.index else row.key.sk
