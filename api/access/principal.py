"""Who calls: a Bearer key or a signed AWS identity becomes a `Principal`, or the request ends here."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.access.keyring import Keyring
from api.parts import Parts
from shared.errors.requests import Forbidden, Unauthenticated
from shared.job import Key, Row
from shared.keys import ApiKey, is_secret_of, known_arn, parse_key

__all__ = ["Keyring", "Principal", "authenticate", "identify"]

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
            raise Forbidden(f"The caller lacks the scope {scope}.")


def identify(event: Mapping[str, Any], authorization: str | None, parts: Parts, keyring: Keyring) -> Principal:
    """Say who sent `event`, the gateway's whole event.

    An AWS identity counts only where the one gateway that checks signatures has set it; there no key is looked at.

    Raises:
        Unauthenticated: the key is missing, wrong, expired or revoked; which of them is not told.
        Forbidden: the AWS identity has no tenant here.
    """
    context = event.get("requestContext") or {}
    internal = parts.settings.internal_api_id
    if internal and context.get("apiId") == internal:
        return _of_role(str((context.get("identity") or {}).get("userArn") or ""), parts, keyring)
    return authenticate(authorization, parts, keyring)


def authenticate(authorization: str | None, parts: Parts, keyring: Keyring) -> Principal:
    """Turn the Authorization header into a principal.

    Raises:
        Unauthenticated: the key is missing, wrong, expired or revoked; which of them is not told.
    """
    key = _key_in(authorization)
    row = keyring.row(Key.of_api_key(key.id), parts)
    # An unknown id costs the same comparison as a wrong secret.
    if not is_secret_of(key, row or _UNKNOWN) or row is None or not _is_live(row, parts.now()):
        raise Unauthenticated
    return Principal(str(row["tenant"]), frozenset(row["scopes"]), key.id)


def _of_role(arn: str, parts: Parts, keyring: Keyring) -> Principal:
    """The principal that an AWS identity was given."""
    known = known_arn(arn)
    row = keyring.row(Key.of_role(known), parts) if known else None
    if known is None or row is None or not _is_live(row, parts.now()):
        raise Forbidden("The AWS role of the caller is not mapped to a tenant.")
    digest = hashlib.sha256(known.encode()).hexdigest()[:16]
    return Principal(str(row["tenant"]), frozenset(row["scopes"]), f"role_{digest}")


def _key_in(authorization: str | None) -> ApiKey:
    """The key of a Bearer header."""
    kind, _, text = (authorization or "").strip().partition(" ")
    key = parse_key(text.strip()) if kind.lower() == "bearer" else None
    if key is None:
        raise Unauthenticated
    return key


def _is_live(row: Row, now: float) -> bool:
    """Whether the row is neither revoked nor expired."""
    expires_at = row.get("expires_at")
    return row.get("revoked_at") is None and (expires_at is None or float(expires_at) > now)
