"""Rows of the table: read, found, created, changed, removed.

A guard is a condition in disjunctive normal form: any row of it, all tests of that row. The table evaluates it as a
ConditionExpression, and as a FilterExpression where rows are looked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from shared.job import Index, Job, Key, Row
from shared.protocol.intents.asking import Intent

Relation = Literal["=", "<>", "<", "<=", "absent", "present", "contains"]


@dataclass(frozen=True, slots=True)
class Where:
    """One test of one field of a row; a dotted name goes into a map."""

    field: str
    relation: Relation
    value: str | float | int | None = None


Guard: TypeAlias = tuple[tuple[Where, ...], ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """The row as it stands after our write."""

    row: Row

    @property
    def job(self) -> Job:
        """The job that the row tells of."""
        return Job.model_validate(self.row)


@dataclass(frozen=True, slots=True)
class Refused:
    """The guard did not hold; the row as it stood, or None where there is none."""

    row: Row | None

    @property
    def job(self) -> Job | None:
        """The job that the row tells of, if there is a row."""
        return None if self.row is None else Job.model_validate(self.row)


Answer: TypeAlias = Changed | Refused


@dataclass(frozen=True, slots=True)
class ReadRow(Intent[Row | None]):
    """Read a row, strongly consistent."""

    key: Key


@dataclass(frozen=True, slots=True)
class CreateRows(Intent[bool]):
    """Create all rows in one transaction, or none; True if they are ours now.

    A row whose `expires_at` is before `now` counts as gone: the table deletes it within days, not at once.
    """

    rows: tuple[tuple[Key, Row], ...]
    now: float


@dataclass(frozen=True, slots=True)
class ChangeRow(Intent[Answer]):
    """Set and add to fields where the guard holds; a value of None removes the field."""

    key: Key
    guard: Guard
    sets: Mapping[str, Any] = field(default_factory=dict)
    adds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PutRow(Intent[None]):
    """Write a row that nobody races for, whatever stood there: a summary, a worker's sign of life."""

    key: Key
    row: Row


@dataclass(frozen=True, slots=True)
class DeleteRow(Intent[None]):
    """Remove a row; one that is not there is no error."""

    key: Key


@dataclass(frozen=True, slots=True)
class ReadRows(Intent[tuple[Row | None, ...]]):
    """Read many rows, each strongly consistent; None in the place of one that is not there."""

    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class FindRows(Intent["Found"]):
    """Look for rows under one hash key, in the order of the range key: one request, so an answer may be short.

    Args:
        index: where to look; None is the table itself, whose range key is `sk`, strongly consistent.
        hash_key: the value of the hash key.
        low: the least range key, itself included; None has no bound.
        high: the greatest range key, itself included.
        newest_first: whether the greatest comes first.
        limit: the most rows to answer with.
        guard: what a row must fulfil; an index knows only the fields that it carries.
    """

    index: Index | None
    hash_key: str
    low: str | float | None = None
    high: str | float | None = None
    newest_first: bool = False
    limit: int = 100
    guard: Guard = ()


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row that was found: where it lies, and the fields that the index carries."""

    key: Key
    row: Row


@dataclass(frozen=True, slots=True)
class Found:
    """What was found. `last` is the range key up to which was looked, itself included; None: all was looked at."""

    rows: tuple[FoundRow, ...]
    last: str | float | None
