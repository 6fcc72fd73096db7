"""Who calls: a Bearer key becomes a `Principal`, or the request ends here with 401."""

from dataclasses import dataclass, field

from api.parts import Parts
from shared.errors.requests import Forbidden, Unauthenticated
from shared.job import Key, Row
from shared.keys import ApiKey, is_secret_of, parse_key
from shared.protocol.intents import ReadRow

CACHE_S = 60
MAX_CACHED = 1_000
_UNKNOWN: Row = {"secret_sha256": "0" * 64}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: the tenant comes from here and from nowhere else."""

    tenant: str
    scopes: frozenset[str]
    id: str

    def require(self, scope: str) -> None:
        """Go on only with `scope`.

        Raises:
            Forbidden: names the scope that is missing.
        """
        if scope not in self.scopes:
            raise Forbidden(f"The key lacks the scope {scope}.")


@dataclass(slots=True)
class Keyring:
    """Rows of keys that were read a moment ago: a revocation holds within `CACHE_S`."""

    rows: dict[str, tuple[float, Row]] = field(default_factory=dict)

    def row(self, parts: Parts, key_id: str) -> Row | None:
        """The row of a key, at most `CACHE_S` old; what is not there is not remembered."""
        now = parts.now()
        read_at, row = self.rows.get(key_id, (float("-inf"), None))
        if row is not None and now - read_at < CACHE_S:
            return row
        fresh: Row | None = parts.world.perform(ReadRow(Key.of_api_key(key_id)))
        self.rows.pop(key_id, None)
        if fresh is not None:
            if len(self.rows) >= MAX_CACHED:
                self.rows.clear()
            self.rows[key_id] = (now, fresh)
        return fresh


def authenticate(authorization: str | None, parts: Parts, keyring: Keyring) -> Principal:
    """Turn the Authorization header into a principal.

    Raises:
        Unauthenticated: the key is missing, wrong, expired or revoked; which of them is not told.
    """
    key = _key_in(authorization)
    row = keyring.row(parts, key.id)
    # An unknown id costs the same comparison as a wrong secret.
    if not is_secret_of(key, row or _UNKNOWN) or row is None or not _is_live(row, parts.now()):
        raise Unauthenticated
    return Principal(str(row["tenant"]), frozenset(row["scopes"]), key.id)


def _key_in(authorization: str | None) -> ApiKey:
    """The key of a Bearer header."""
    kind, _, text = (authorization or "").strip().partition(" ")
    key = parse_key(text.strip()) if kind.lower() == "bearer" else None
    if key is None:
        raise Unauthenticated
    return key


def _is_live(row: Row, now: float) -> bool:
    """Whether the key is neither revoked nor expired."""
    expires_at = row.get("expires_at")
    return row.get("revoked_at") is None and (expires_at is None or float(expires_at) > now)
