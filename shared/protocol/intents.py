"""The words in which a protocol step asks the world for something.

`Intent[T]` is a request whose answer is a `T`; a step yields it and names the type of what comes back.
A guard is a condition in disjunctive normal form: any row of it,
all tests of that row. The table evaluates it as a ConditionExpression.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from shared.job import Job, Key, Lane, Receipt, Row

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")

Relation = Literal["=", "<>", "<", "<=", "absent", "present"]


@dataclass(frozen=True, slots=True)
class Where:
    """One test of one field of a row; a dotted name goes into a map."""

    field: str
    relation: Relation
    value: str | float | int | None = None


Guard: TypeAlias = tuple[tuple[Where, ...], ...]


class Intent(Generic[T_co]):
    """What a step wants done; its answer is a `T_co`."""

    __slots__ = ()


Steps: TypeAlias = Generator[Intent[Any], Any, T]


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
class ObjectFacts:
    """What a HEAD tells of an object."""

    size_bytes: int
    etag: str
    version_id: str | None
    sha256: str | None
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HeadObject(Intent[ObjectFacts | None]):
    """Look at an object without reading it; `version_id` asks for that one."""

    bucket: str
    key: str
    version_id: str | None = None


@dataclass(frozen=True, slots=True)
class PutObject(Intent[str | None]):
    """Write an object of ours once; its etag, or None if one is there already."""

    key: str
    body: bytes
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ring(Intent[None]):
    """Send the doorbell: a hint that a job wants work."""

    lane: Lane
    tenant: str
    job_id: str
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Publish(Intent[None]):
    """Tell an event: its JSON body and the attributes that subscribers filter by."""

    body: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Hide(Intent[None]):
    """Keep a message from the others for `seconds` from now."""

    receipt: Receipt
    seconds: int


@dataclass(frozen=True, slots=True)
class Delete(Intent[None]):
    """Delete a message: only where the row is terminal and its events are published."""

    receipt: Receipt
