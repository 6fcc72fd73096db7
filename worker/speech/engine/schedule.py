"""Whose rows come next: deficit round robin between calls, lanes and ways of decoding. No thread, no clock of its own.

Every row costs the same, so what a call is owed follows from the rows it has been given, counted in quanta: the one
that has been given least is next, and among equals the one with least left. A call that has just come counts as
having been given as much as the least served one that waits, so it is next, and a long call cannot be starved by
many short ones. The quantum lets a short call through in one go where batches are small.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from shared.job import Lane
from worker.speech.engine.values import Parcel

QUANTUM_ROWS = 4
FILL_ROWS = 4
"""Rows of the batch lane that may ride along with live ones: more would make these wait (0.7 s on an L4)."""
BATCH_LANE_S = 4.0
"""A batch of the batch lane alone takes no longer, so that no live call waits longer for its turn."""
AGED_S = 600.0
AGED_SHARE = 8  # one row in so many is for a batch-lane row that has waited `AGED_S`
RETRY_WAIT_S = 5.0


@dataclass(eq=False, slots=True, kw_only=True)
class Place:
    """One call's place in the schedule: what of it waits, by rung, each parcel with the second it came."""

    lane: Lane
    waiting: dict[int, deque[tuple[float, Parcel]]] = field(default_factory=dict)
    waiting_rows: int = 0
    given_rows: int = 0

    @property
    def quanta(self) -> int:
        """Count the whole quanta of rows that it has been given."""
        return self.given_rows // QUANTUM_ROWS

    def count(self, rung: int) -> int:
        """Count the parcels that wait on a rung."""
        return len(self.waiting.get(rung, ()))

    def first(self, rung: int) -> Parcel:
        """Look at the oldest parcel of a rung."""
        return self.waiting[rung][0][1]

    def since_s(self, rung: int) -> float:
        """Say since when the oldest of them waits."""
        return self.waiting[rung][0][0]

    def add(self, parcel: Parcel, now_s: float) -> None:
        """Let a parcel wait for its batch."""
        self.waiting.setdefault(parcel.rows[0].rung, deque()).append((now_s, parcel))
        self.waiting_rows += len(parcel.rows)

    def pop(self, rung: int) -> Parcel:
        """Give the first parcel of a rung."""
        _, parcel = self.waiting[rung].popleft()
        if not self.waiting[rung]:
            del self.waiting[rung]
        self.waiting_rows -= len(parcel.rows)
        self.given_rows += len(parcel.rows)
        return parcel


Call = TypeVar("Call", bound=Place)
Taken = list[tuple[Call, Parcel]]


@dataclass(slots=True)
class Schedule(Generic[Call]):
    """All calls that have a place in the engine."""

    calls: dict[Call, None] = field(default_factory=dict)
    aged_credit: float = 0.0

    @property
    def waiting_rows(self) -> int:
        """Count all rows that wait."""
        return sum(call.waiting_rows for call in self.calls)

    def join(self, call: Call) -> None:
        """Give a new call its place."""
        least = min((one.quanta for one in self.calls if one.lane is call.lane), default=0)
        call.given_rows = least * QUANTUM_ROWS
        self.calls[call] = None

    def leave(self, call: Call) -> None:
        """Forget a call, and what waits of it."""
        self.calls.pop(call, None)

    def take(self, batch_rows: int, row_s: float, now_s: float) -> Taken[Call]:
        """Choose the next batch; nothing only if nothing waits.

        Args:
            batch_rows: rows that a batch may hold; a parcel that is larger goes alone.
            row_s: predicted seconds of a row in a batch.
            now_s: monotonic seconds.
        """
        rung = self._rung(batch_rows, now_s)
        if rung is None:
            return []
        live = any(call.lane is Lane.INTERACTIVE for call in self._waiting(rung))
        aged = self._aged(rung, batch_rows, now_s) if live else []
        taken = self._given(aged, rung, min(len(aged), batch_rows))
        room = batch_rows - _rows(taken)
        taken += self._given(self._of(Lane.INTERACTIVE, rung), rung, room)
        alone = max(1, min(batch_rows, int(BATCH_LANE_S / row_s) if row_s else batch_rows))
        room = min(batch_rows - _rows(taken), FILL_ROWS if live else alone)
        return taken + self._given(self._of(Lane.BATCH, rung), rung, room, is_first=not taken)

    def _rung(self, batch_rows: int, now_s: float) -> int | None:
        """Choose the rung: a retry that is due, else first texts, else whatever there is."""
        waiting = sorted({rung for call in self.calls for rung in call.waiting}, reverse=True)
        for rung in waiting:
            oldest_s = now_s - min(call.since_s(rung) for call in self._waiting(rung))
            if rung and (2 * self._count(rung) >= batch_rows or oldest_s > RETRY_WAIT_S):
                return rung
        if 0 in waiting:
            return 0
        return max(waiting, key=self._count, default=None)

    def _count(self, rung: int) -> int:
        return sum(call.count(rung) for call in self.calls)

    def _waiting(self, rung: int) -> Iterator[Call]:
        return (call for call in self.calls if rung in call.waiting)

    def _of(self, lane: Lane, rung: int) -> list[Call]:
        return [call for call in self._waiting(rung) if call.lane is lane]

    def _aged(self, rung: int, batch_rows: int, now_s: float) -> list[Call]:
        """Choose calls of the batch lane that have waited too long beside live ones."""
        old = [call for call in self._of(Lane.BATCH, rung) if now_s - call.since_s(rung) > AGED_S]
        self.aged_credit = self.aged_credit + batch_rows / AGED_SHARE if old else 0.0
        count = min(int(self.aged_credit), len(old))
        self.aged_credit -= count
        return sorted(old, key=lambda call: call.since_s(rung))[:count]

    def _given(self, calls: Iterable[Call], rung: int, room: int, *, is_first: bool = True) -> Taken[Call]:
        """Take parcels in turn until there is no room, or none that fits; the first of a batch always fits."""
        left, taken = list(calls), Taken[Call]()
        while left and _rows(taken) < room:
            call = min(left, key=lambda one: (one.quanta, one.count(rung)))
            if len(call.first(rung).rows) > room - _rows(taken) and (taken or not is_first):
                left.remove(call)
                continue
            taken.append((call, call.pop(rung)))
            if not call.count(rung):
                left.remove(call)
        return taken


def _rows(taken: Taken[Any]) -> int:
    return sum(len(parcel.rows) for _, parcel in taken)
