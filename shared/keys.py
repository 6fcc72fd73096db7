"""API keys: `csk_<id>_<secret>`, shown once; what is kept is the SHA-256 of the secret."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

SCOPES = ("jobs:write", "jobs:read", "jobs:erase", "webhooks:manage")
_ID_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID_LENGTH = 10
_KEY = re.compile(rf"csk_([{_ID_ALPHABET}]{{{_ID_LENGTH}}})_([A-Za-z0-9_-]{{43}})")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as its holder sends it, in its two parts."""

    id: str
    secret: str


def parse_key(text: str) -> ApiKey | None:
    """Take `text` apart; None if it has not the form of a key."""
    match = _KEY.fullmatch(text)
    return ApiKey(match[1], match[2]) if match else None


def new_key(tenant: str, scopes: Iterable[str], now: float, label: str | None = None) -> tuple[str, dict[str, Any]]:
    """Make a key: the text to show once, and the row to keep at `Key.of_api_key(row["id"])`.

    Raises:
        ValueError: a scope is unknown.
    """
    wanted = sorted(set(scopes))
    if unknown := [scope for scope in wanted if scope not in SCOPES]:
        raise ValueError(f"unknown scope {unknown[0]!r}: choose from {', '.join(SCOPES)}")
    key_id = "".join(secrets.choice(_ID_ALPHABET) for _ in range(_ID_LENGTH))
    secret = secrets.token_urlsafe(32)
    row = {
        "id": key_id,
        "tenant": tenant,
        "scopes": wanted,
        "label": label,
        "secret_sha256": _digest(secret),
        "created_at": now,
    }
    return f"csk_{key_id}_{secret}", row


def is_secret_of(key: ApiKey, row: dict[str, Any]) -> bool:
    """Whether the secret is the one of `row`, in a time that tells nothing."""
    return hmac.compare_digest(_digest(key.secret), str(row.get("secret_sha256", "")))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
