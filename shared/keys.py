"""Who may call: API keys, `csk_<id>_<secret>`, shown once and kept as a SHA-256, and AWS roles by their ARN."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

DAY_S = 86_400
SCOPES = ("jobs:write", "jobs:read", "jobs:erase", "webhooks:manage")
_ID_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID_LENGTH = 10
_KEY = re.compile(rf"csk_([{_ID_ALPHABET}]{{{_ID_LENGTH}}})_([A-Za-z0-9_-]{{43}})")
_TENANT = re.compile("[a-z0-9][a-z0-9_-]{0,62}")
"""A tenant begins keys of rows and of objects, so it holds nothing that divides them."""
_SESSION = re.compile(r"arn:(aws[a-z-]*):sts::(\d{12}):assumed-role/([\w+=,.@-]+)/.+")
_ROLE = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):role/(?:.+/)?([\w+=,.@-]+)")
_USER = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:user/.+")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as its holder sends it, in its two parts."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key or a role may do, and for how many days; None has no end.

    Raises:
        ValueError: the tenant or a scope has not the form of one.
    """

    tenant: str
    scopes: tuple[str, ...]
    label: str | None = None
    expires_days: int | None = None

    def __post_init__(self) -> None:
        if not _TENANT.fullmatch(self.tenant):
            raise ValueError("a tenant is 1 to 63 of a-z, 0-9, _ and -, and begins with a letter or a digit")
        if unknown := [scope for scope in self.scopes if scope not in SCOPES]:
            raise ValueError(f"unknown scope {unknown[0]!r}: choose from {', '.join(SCOPES)}")

    def expires_at(self, now: float) -> int | None:
        """When it ends by itself, if it does."""
        return None if self.expires_days is None else int(now) + self.expires_days * DAY_S


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


def known_arn(arn: str) -> str | None:
    """The ARN under which a session, a role or a user is known; None if `arn` names nothing of these.

    A session does not tell the path of its role, so a role is known without it.
    """
    role = _SESSION.fullmatch(arn) or _ROLE.fullmatch(arn)
    if role is not None:
        return f"arn:{role[1]}:iam::{role[2]}:role/{role[3]}"
    return arn if _USER.fullmatch(arn) else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
