"""The table: strongly consistent rows, and an index of what is due that is two seconds behind.

A row that was handed out is never changed in place: a write makes a new one. So nothing has to be copied.
"""

from collections import deque
from collections.abc import Callable, Mapping
from operator import eq, le, lt, ne
from typing import Any

from shared.job import Key, Row
from shared.protocol.intents import (
    Changed,
    ChangeRow,
    CreateRows,
    DeleteRow,
    FindRows,
    Found,
    FoundRow,
    Guard,
    PutRow,
    ReadRow,
    ReadRows,
    Refused,
)

INDEX_LAG_S = 2.0
COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": eq,
    "<>": ne,
    "<": lt,
    "<=": le,
    "contains": lambda held, value: value in held,
}
Watch = Callable[[Key, Row | None, Row], None]


class Table:
    """Rows by key; `watch` is told of every change of a row that is looked at again and again."""

    def __init__(self, now: Callable[[], float], watch: Watch) -> None:
        self.rows: dict[Key, Row] = {}
        self.checks: dict[Key, float | None] = {}
        """When each row is to be looked at next, as the index knows it."""
        self._now = now
        self._watch = watch
        self._lagging: deque[tuple[float, Key, float | None]] = deque()

    def read(self, intent: ReadRow) -> Row | None:
        return self.rows.get(intent.key)

    def read_many(self, intent: ReadRows) -> tuple[Row | None, ...]:
        return tuple(self.rows.get(key) for key in intent.keys)

    def find(self, intent: FindRows) -> Found:
        index, low, high = intent.index, intent.low, intent.high
        at = (lambda key, _: key.sk) if index is None else (lambda _, row: row.get(index.range_field))
        under = (lambda key, _: key.pk) if index is None else (lambda _, row: row.get(index.hash_field))
        found = [
            (at(key, row), key, row)
            for key, row in self.rows.items()
            if under(key, row) == intent.hash_key and at(key, row) is not None
        ]
        kept = sorted(
            (one for one in found if (low is None or one[0] >= low) and (high is None or one[0] <= high)),
            key=lambda one: one[0],
            reverse=intent.newest_first,
        )
        kept = [one for one in kept if not any(intent.guard) or holds(intent.guard, one[2])]
        rows = tuple(FoundRow(key, row) for _, key, row in kept[: intent.limit])
        return Found(rows, kept[intent.limit - 1][0] if len(kept) > intent.limit else None)

    def create(self, intent: CreateRows) -> bool:
        for key, _ in intent.rows:
            held = self.rows.get(key)
            if held is not None and held.get("expires_at", intent.now) >= intent.now:
                return False
        for key, row in intent.rows:
            self._write(key, {name: value for name, value in row.items() if value is not None})
        return True

    def change(self, intent: ChangeRow) -> Changed | Refused:
        row = self.rows.get(intent.key)
        if row is None or not holds(intent.guard, row):
            return Refused(row)
        new = dict(row)
        for name, value in intent.sets.items():
            if "." in name:
                _set_inside(new, name.split("."), value)
            elif value is None:
                new.pop(name, None)
            else:
                new[name] = value
        for name, number in intent.adds.items():
            new[name] = new.get(name, 0) + number
        self._write(intent.key, new)
        return Changed(new)

    def put(self, intent: PutRow) -> None:
        self._write(intent.key, {name: value for name, value in intent.row.items() if value is not None})

    def remove(self, intent: DeleteRow) -> None:
        self.rows.pop(intent.key, None)
        self._lagging.append((self._now(), intent.key, None))

    def due(self, now: float) -> list[Key]:
        """The keys of what is due by the index, which is behind."""
        self._catch_up(self._now() - INDEX_LAG_S)
        return [key for key, at in self.checks.items() if at is not None and at <= now]

    def next_check_at(self) -> float | None:
        """When the next row will be due."""
        latest = {key: at for _, key, at in self._lagging}
        ats = [at for at in (self.checks | latest).values() if at is not None]
        return min(ats, default=None)

    def _catch_up(self, until: float) -> None:
        lagging = self._lagging
        while lagging and lagging[0][0] <= until:
            _, key, at = lagging.popleft()
            self.checks[key] = at

    def _write(self, key: Key, new: Row) -> None:
        old = self.rows.get(key)
        self.rows[key] = new
        check_at = new.get("next_check_at") if "check_shard" in new else None
        if old is None or old.get("next_check_at") != check_at:
            self._lagging.append((self._now(), key, check_at))
        if "check_shard" in new:
            self._watch(key, old, new)


def holds(guard: Guard, row: Row) -> bool:
    """Whether any line of `guard` holds for `row`."""
    for tests in guard:
        for test in tests:
            name = test.field
            value = _inside(row, name) if "." in name else row.get(name)
            relation = test.relation
            if relation == "absent":
                passes = value is None
            elif relation == "present":
                passes = value is not None
            else:
                passes = value is not None and COMPARED[relation](value, test.value)
            if not passes:
                break
        else:
            return True
    return False


def _inside(row: Row, path: str) -> Any:
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _set_inside(row: Row, path: list[str], value: Any) -> None:
    """Set a field of a map, in a copy of every map on the way."""
    for name in path[:-1]:
        row[name] = row = dict(row[name])
    if value is None:
        row.pop(path[-1], None)
    else:
        row[path[-1]] = value
