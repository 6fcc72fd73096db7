"""The headers of a webhook after Standard Webhooks 1.0: an id, a moment, and who vouches for both and the body."""

import base64
import math
import secrets as random
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

SECRET_BYTES = 32
USER_AGENT = "Callscribe-Webhooks/1"


def new_secret() -> str:
    """A fresh signing secret, `whsec_` and 32 random bytes in base64: shown to its owner once."""
    return f"whsec_{base64.b64encode(random.token_bytes(SECRET_BYTES)).decode()}"


def headers_of(event_id: str, at: float, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The headers to post `body` with.

    Args:
        event_id: the same at every attempt, so that receivers can drop what they have had.
        at: the moment of this attempt, epoch seconds; receivers refuse one over 5 minutes off.
        body: UTF-8, exactly as it is sent.
        secrets: the endpoint's, or the new one and the old while a secret rotates.

    Raises:
        ValueError: there is no secret to sign with.
    """
    if not secrets:
        raise ValueError("a webhook needs a secret to be signed with")
    second = math.floor(at)
    # The package writes UTC over whatever zone the moment has, so it must be in UTC already.
    moment, text = datetime.fromtimestamp(second, UTC), body.decode()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(second),
        "webhook-signature": " ".join(Webhook(secret).sign(event_id, moment, text) for secret in secrets),
        "content-type": "application/json",
        "user-agent": USER_AGENT,
    }
