"""How a person is known: by a keyed hash, by which all calls can be found and nobody can be read."""

import hashlib
import hmac


def pseudonym(subject: str | None, tenant: str, key: str) -> str | None:
    """The hash of `subject` under `key`, another one for each tenant; None where no subject was named."""
    if subject is None:
        return None
    assert key, "this process was given no subject key"
    return hmac.new(key.encode(), f"{tenant}\n{subject}".encode(), hashlib.sha256).hexdigest()
