"""Walks over everything there is, page by page: all rows of the table, all versions of our objects."""

from dataclasses import dataclass

from shared.job import Key
from shared.protocol.intents.asking import Intent
from shared.protocol.intents.rows import FoundRow


@dataclass(frozen=True, slots=True)
class ScanRows(Intent["Scanned"]):
    """Read the next rows of the table, strongly consistent, in an order that means nothing; one request.

    Args:
        after: where the last page ended; None begins.
        limit: the most rows to answer with.
    """

    after: Key | None = None
    limit: int = 1_000


@dataclass(frozen=True, slots=True)
class Scanned:
    """Rows, whole, and where the next page begins; None: there is none."""

    rows: tuple[FoundRow, ...]
    last: Key | None


@dataclass(frozen=True, slots=True)
class ListVersions(Intent["Versions"]):
    """List the versions and delete markers of our objects under `prefix`, by key; one request.

    Args:
        prefix: with what their keys begin.
        after: only keys behind this one, which need not be there; None begins.
        limit: the most versions to answer with.
    """

    prefix: str
    after: str | None = None
    limit: int = 1_000


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """One version of an object, or a delete marker; `at` is when it was written, epoch seconds."""

    key: str
    version_id: str | None
    etag: str
    size_bytes: int
    at: float
    is_latest: bool
    is_marker: bool = False

    @property
    def is_there(self) -> bool:
        """Whether it is what a reader gets."""
        return self.is_latest and not self.is_marker


@dataclass(frozen=True, slots=True)
class Versions:
    """What was listed. `last` is its last key, of which versions may be left; None: all was listed."""

    versions: tuple[ObjectVersion, ...]
    last: str | None
