"""The table of sinks and canaries: a dot where nothing is, `doc` where it is documented, a number where it leaks."""

from collections.abc import Iterator

from privacy.canaries import Canaries
from privacy.sinks import SINKS, Hit, Sinks

WIDTH = 26


def table(sinks: Sinks, canaries: Canaries) -> Iterator[str]:
    """A line a sink, a column a kind."""
    kinds = canaries.kinds
    for number, kind in enumerate(kinds, 1):
        yield f"  {number:>2}  {kind}"
    yield ""
    yield f"{'':<{WIDTH}}" + f"{'texts':>7}" + "".join(f"{number:>4}" for number in range(1, len(kinds) + 1))
    found = {(hit.sink, hit.kind): hit for hit in sinks.hits(canaries)}
    for sink in SINKS:
        poured = sum(bool(text) for text in sinks.texts[sink])
        cells = "".join(f"{_cell(found.get((sink, kind))):>4}" for kind in kinds)
        yield f"{sink:<{WIDTH}}{poured:>7,}{cells}"


def _cell(hit: Hit | None) -> str:
    if hit is None:
        return "·"
    return str(hit.times) if hit.is_leak else "doc"
