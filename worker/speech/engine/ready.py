"""Where rows wait for the engine: calls put them in, the engine's thread takes full batches out.

Nothing here waits for a batch to fill: while one is at work, the next collects.
"""

import queue
import threading
import time
from dataclasses import dataclass, field

from shared.errors.transient import Draining
from shared.tracing import Spot, here
from worker.speech.engine.schedule import Place, Schedule, Taken
from worker.speech.engine.values import Call, Heard, Parcel

ROOM_BATCHES = 4
"""Batches of prepared rows that may wait in all; a row of 128 mels is 1.5 MB."""
OWN_ROWS = 4
"""Rows that any call may always have waiting: a short call finds room however many long ones are here."""
LOOK_S = 0.25
"""How soon a waiting thread learns that its job was abandoned."""
RECENT = 0.3


@dataclass(eq=False, slots=True, kw_only=True)
class Ticket(Place):
    """A call in the engine, and where its thread finds the answers: heard rows, or the error that ended it.

    `spot` is where its trace is.
    """

    call: Call
    spot: Spot | None = None
    answers: queue.SimpleQueue[list[Heard] | BaseException] = field(default_factory=queue.SimpleQueue)


class Ready:
    """The rows that wait, behind one lock."""

    def __init__(self, batch_rows: int) -> None:
        """Be open, and empty."""
        self.batch_rows = batch_rows
        self._row_s = 0.0
        self.is_open = True
        self._changed = threading.Condition()
        self._schedule: Schedule[Ticket] = Schedule()

    def join(self, call: Call) -> Ticket:
        """Give a call its place.

        Raises:
            Draining: the door is closed.
        """
        ticket = Ticket(lane=call.pace.lane, call=call, spot=here())
        with self._changed:
            if not self.is_open:
                raise Draining
            self._schedule.join(ticket)
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Take a call out, with all that still waits of it."""
        with self._changed:
            self._schedule.leave(ticket)
            self._changed.notify_all()

    def put(self, ticket: Ticket, parcel: Parcel) -> None:
        """Let a parcel wait; its thread waits as long as there is no room.

        Raises:
            TransientError: the job was abandoned meanwhile.
        """
        with self._changed:
            while not self._changed.wait_for(lambda: self._has_room(ticket), LOOK_S):
                ticket.call.pace.progress.check()
            self._add(ticket, parcel)

    def put_again(self, ticket: Ticket, parcel: Parcel) -> None:
        """Let a doubtful row wait for its retry; it was here before, so it needs no room."""
        with self._changed:
            self._add(ticket, parcel)

    def take(self) -> Taken[Ticket]:
        """Wait for rows, and give the fullest batch there is; empty once the door is closed and all calls have left."""
        with self._changed:
            self._changed.wait_for(lambda: self._schedule.waiting_rows or self._is_over)
            taken = self._schedule.take(self.batch_rows, self._row_s, time.monotonic())
            self._changed.notify_all()
            return taken

    def touch(self) -> None:
        """Tell all calls that the engine is alive: one behind a long one is not stuck."""
        with self._changed:
            for ticket in self._schedule.calls:
                ticket.call.pace.progress.touch()

    def note(self, rows: int, batch_s: float) -> None:
        """Learn from a batch what a row costs; the batch lane's batches are cut by it."""
        row_s = batch_s / rows
        self._row_s = row_s if not self._row_s else (1 - RECENT) * self._row_s + RECENT * row_s

    def halve(self) -> None:
        """Make batches smaller for good: the device had no room for one."""
        self.batch_rows = max(1, self.batch_rows // 2)

    def close(self) -> None:
        """Let no further call in."""
        with self._changed:
            self.is_open = False
            self._changed.notify_all()

    @property
    def _is_over(self) -> bool:
        return not self.is_open and not self._schedule.calls

    def _has_room(self, ticket: Ticket) -> bool:
        return ticket.waiting_rows < OWN_ROWS or self._schedule.waiting_rows < ROOM_BATCHES * self.batch_rows

    def _add(self, ticket: Ticket, parcel: Parcel) -> None:
        ticket.add(parcel, time.monotonic())
        self._changed.notify_all()
