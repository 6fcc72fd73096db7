"""How well a device was used in a run: how full its batches were, and how near it came to its full-batch rate."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.engines.cost import Cost, JobBatch


@dataclass(frozen=True, slots=True)
class Use:
    """How well a device was used over some batches of a run."""

    batches: int
    rows: int
    seconds: float
    occupancy: float
    efficiency: float


def steady(batches: Sequence[JobBatch], full_rows: int) -> Sequence[JobBatch]:
    """Leave out the start and the end of a run: from the second batch of the backlog to the last but two.

    The backlog begins with the first full batch: before it, the front end of an empty worker has not prepared one yet.
    """
    first = next((place for place, batch in enumerate(batches) if batch.rows >= full_rows), 0)
    return batches[first + 1 : -2] or after_first(batches)


def after_first(batches: Sequence[JobBatch]) -> Sequence[JobBatch]:
    """From the second batch of all to the last but two, the filling of an empty worker included; all, if none is left."""
    return batches[1:-2] or batches


def use(batches: Sequence[JobBatch], cost: Cost) -> Use:
    """Say how full the batches were, and what share of the full-batch rate they reached, gaps included.

    Raises:
        ValueError: too few batches to say anything.
    """
    if not batches:
        raise ValueError("The run is too short: it has no steady part. Take more calls.")
    rows = sum(batch.rows for batch in batches)
    seconds = batches[-1].end_s - batches[0].begin_s
    return Use(
        batches=len(batches),
        rows=rows,
        seconds=seconds,
        occupancy=rows / (len(batches) * cost.full_rows),
        efficiency=cost.best_s(rows) / seconds,
    )
