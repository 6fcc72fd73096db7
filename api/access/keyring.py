"""Rows of keys and roles that were read a moment ago: a request costs no read for its caller."""

from dataclasses import dataclass, field

from api.parts import Parts
from shared.job import Key, Row
from shared.protocol.intents import ReadRow

CACHE_S = 60
"""A revocation holds within this time."""
MAX_CACHED = 1_000


@dataclass(slots=True)
class Keyring:
    """What this process has read, by where it lies, with the moment of the reading."""

    rows: dict[Key, tuple[float, Row]] = field(default_factory=dict)

    def row(self, key: Key, parts: Parts) -> Row | None:
        """The row of a caller, at most `CACHE_S` old; what is not there is not remembered."""
        now = parts.now()
        read_at, row = self.rows.get(key, (float("-inf"), None))
        if row is not None and now - read_at < CACHE_S:
            return row
        fresh: Row | None = parts.world.perform(ReadRow(key))
        self.rows.pop(key, None)
        if fresh is not None:
            if len(self.rows) >= MAX_CACHED:
                self.rows.clear()
            self.rows[key] = (now, fresh)
        return fresh
