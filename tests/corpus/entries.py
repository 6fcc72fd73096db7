"""What an entry of the corpus is: a file that is made here, and what the contract says becomes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

Write = Callable[[BinaryIO], object]


@dataclass(frozen=True)
class Entry:
    """One bad recording, or one that looks bad and is not.

    `codes` are those a refusal may have; none means that it completes, with exactly `warnings`, in any order.
    `duration_s` is the length it then has, within a tenth of a second. `slow` says why it is not for every run.
    `lies` marks a length that only shows in decoding.
    """

    number: str
    name: str
    write: Write
    codes: frozenset[str] = frozenset()
    warnings: frozenset[str] = frozenset()
    duration_s: float | None = None
    slow: str = ""
    lies: bool = False

    @property
    def expected(self) -> str:
        if self.codes:
            return " or ".join(sorted(self.codes))
        return "completed" + "".join(f", {warning}" for warning in sorted(self.warnings))

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


def refused(number: str, name: str, make: Callable[[], bytes] | bytes, *codes: str, **more: object) -> Entry:
    """A file that is refused with one of `codes`."""
    return Entry(number, name, written(make), codes=frozenset(codes), **more)


def heard(number: str, name: str, make: Callable[[], bytes] | bytes, *warnings: str, **more: object) -> Entry:
    """A file that completes, with exactly `warnings`."""
    return Entry(number, name, written(make), warnings=frozenset(warnings), **more)


def written(make: Callable[[], bytes] | bytes) -> Write:
    return lambda file: file.write(make if isinstance(make, bytes) else make())
