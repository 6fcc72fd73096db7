"""Something is born, once: its rows and the item that remembers the caller's key are written in one transaction."""

from dataclasses import dataclass

from shared.errors.requests import IdempotencyKeyReused
from shared.errors.transient import StorageUnavailable
from shared.job import Key, Row
from shared.protocol.intents import CreateRows, ReadRow, Steps

IDEMPOTENCY_S = 86_400


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """What a repeated request is known by: whose, the route, the caller's key (hashed), the request's fingerprint."""

    tenant: str
    route: str
    key_sha256: str
    request_sha256: str

    @property
    def row_key(self) -> Key:
        """Where an earlier use of the key has left its trace."""
        return Key.of_idempotency(self.tenant, self.route, self.key_sha256)


@dataclass(frozen=True, slots=True)
class Birth:
    """What is to be born: its id, its rows, and the moment."""

    made: str
    rows: tuple[tuple[Key, Row], ...]
    at: float


def create(birth: Birth, idempotency: IdempotencyKey | None) -> Steps[str]:
    """Write all rows or find what an equal request made; the id of what is there now, which may be an earlier one.

    Raises:
        IdempotencyKeyReused: the key came with another request.
        StorageUnavailable: the table refused the rows and shows no reason.
    """
    rows = birth.rows if idempotency is None else (*birth.rows, (idempotency.row_key, _item(birth, idempotency)))
    if (yield CreateRows(rows, birth.at)) or idempotency is None:
        return birth.made
    item: Row | None = yield ReadRow(idempotency.row_key)
    if item is None:
        raise StorageUnavailable
    if item["request_sha256"] != idempotency.request_sha256:
        raise IdempotencyKeyReused
    return str(item["made"])


def earlier(idempotency: IdempotencyKey | None, now: float) -> Steps[Row | None]:
    """What an earlier request with this key has left, while it is remembered: then nothing more is to be checked."""
    item: Row | None = (yield ReadRow(idempotency.row_key)) if idempotency else None
    return item if item is not None and item["expires_at"] >= now else None


def _item(birth: Birth, idempotency: IdempotencyKey) -> Row:
    return {
        "made": birth.made,
        "request_sha256": idempotency.request_sha256,
        "expires_at": int(birth.at) + IDEMPOTENCY_S,
    }
