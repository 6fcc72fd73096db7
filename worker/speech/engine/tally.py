"""What the engine has done since it started. Its own thread counts, others look: a count is replaced, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from worker.speech.engine.values import Parcel


@dataclass(frozen=True, slots=True)
class Done:
    """Since the start: batches, the rows that were in them and could have been, and seconds of work.

    Attributes:
        rows: windows that were answered, each retry counted again.
        room: rows that the batches could have held.
        retries: rows that were decoded another way before, and doubted.
        errors: rows that broke their batch even when it held nothing else.
        busy_s: seconds in which a batch was at work, broken ones included.
    """

    rows: int = 0
    room: int = 0
    retries: int = 0
    errors: int = 0
    busy_s: float = 0.0

    def since(self, before: "Done") -> "Done":
        """What came after `before`."""
        return Done(
            self.rows - before.rows,
            self.room - before.room,
            self.retries - before.retries,
            self.errors - before.errors,
            self.busy_s - before.busy_s,
        )


class Tally:
    """The running count."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.done = Done()

    def answered(self, parcels: Sequence[Parcel], room: int) -> None:
        """Count a batch that was answered; a parcel that is larger than a batch fills its own."""
        rungs = [row.rung for parcel in parcels for row in parcel.rows]
        now, count = self.done, len(rungs)
        retries = sum(rung > 0 for rung in rungs)
        self.done = replace(now, rows=now.rows + count, room=now.room + max(room, count), retries=now.retries + retries)

    def worked(self, batch_s: float) -> None:
        """Count the seconds of a batch, however it ended."""
        self.done = replace(self.done, busy_s=self.done.busy_s + batch_s)

    def failed(self, parcel: Parcel) -> None:
        """Count a parcel that nothing could be done for."""
        self.done = replace(self.done, errors=self.done.errors + len(parcel.rows))
