"""Cursors: where a list goes on, signed, so that it holds for one tenant, one list, the same filters, and a day."""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors.requests import CursorInvalid

CURSOR_S = 86_400
_MAC_BYTES = 16
"""128 bits of the signature: nobody guesses them, and a cursor stays short."""
_FORM = re.compile(r"c1\.([A-Za-z0-9_-]{1,900})\.([A-Za-z0-9_-]{22})")


@dataclass(frozen=True, slots=True)
class CursorScope:
    """Where a cursor holds: whose list, which list, and what it is filtered by."""

    tenant: str
    route: str
    filters: Mapping[str, object]

    @property
    def digest(self) -> str:
        """The scope in 64 hexadecimal digits: equal scopes give equal ones."""
        told = {"tenant": self.tenant, "route": self.route, "filters": dict(self.filters)}
        canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), default=str)
        return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Signer:
    """Writes and reads cursors under a key of their own, derived from the deployment's secret."""

    secret: str

    def write(self, after: str, scope: CursorScope, now: float) -> str:
        """The cursor of what comes behind the range key `after`."""
        told = json.dumps({"after": after, "until": int(now) + CURSOR_S}, separators=(",", ":"))
        body = _text(told.encode())
        return f"c1.{body}.{_text(self._mac(body, scope))}"

    def read(self, cursor: str, scope: CursorScope, now: float) -> str:
        """The range key behind which the list goes on.

        Raises:
            CursorInvalid: it is not ours, holds elsewhere, or is older than a day.
        """
        match = _FORM.fullmatch(cursor)
        if match is None or not hmac.compare_digest(_text(self._mac(match[1], scope)), match[2]):
            raise CursorInvalid
        told = _told(match[1])
        if float(told["until"]) <= now:
            raise CursorInvalid
        return str(told["after"])

    def _mac(self, body: str, scope: CursorScope) -> bytes:
        key = hmac.digest(self.secret.encode(), b"callscribe cursor c1", "sha256")
        return hmac.digest(key, f"{body}\n{scope.digest}".encode(), "sha256")[:_MAC_BYTES]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _told(body: str) -> Mapping[str, Any]:
    """What a cursor says, once its signature is known to be ours."""
    try:
        told: Mapping[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError) as error:
        raise CursorInvalid from error
    return told
