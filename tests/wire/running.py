"""The corpus, case by case, against a server; after each case the next good request has to be answered."""

from collections.abc import Iterator
from dataclasses import dataclass

from wire.cases import HEALTH, Case, misses
from wire.corpus import acting, reading
from wire.speaking import Told, send
from wire.stage import Stage

CASES = (*reading.CASES, *acting.CASES)


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    case: Case
    told: Told
    misses: tuple[str, ...]


def run(case: Case, stage: Stage) -> Row:
    """Send one request, and a good one behind it."""
    raw = case.request(stage)
    told = send(case.at(stage), raw)
    after = stage.tell(HEALTH)
    good = () if after.status == 200 else (f"then {after.status}",)
    return Row(case, told, (*misses(case, told), *good))


def rows(stage: Stage) -> Iterator[Row]:
    for case in CASES:
        yield run(case, stage)
