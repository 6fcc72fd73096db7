"""The SNS verifier: any message is forged, but for those that were signed; any certificate is one or is none."""

import json
from contextlib import suppress

from webhooks.sns import NOW, SUBSCRIBE_URL, TOPIC, Sns

from api.examples.sns_signature import Forged, verify

MOST_BYTES = 8_192
AMAZON = Sns()
GENUINE = [AMAZON.notification("{}", Subject="calls"), AMAZON.notification("{}"), AMAZON.confirmation()]


def seeds():
    yield from (json.dumps(message).encode() for message in GENUINE)
    yield json.dumps(GENUINE[0] | {"Certificate": AMAZON.pem.decode()}).encode()
    yield json.dumps(GENUINE[0] | {"Signature": "\ud800", "Timestamp": "0001-01-01T00:00:00+23:59"}).encode()


def take(data):
    try:
        message = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(message, dict):
        return
    pem = message.get("Certificate")
    with suppress(Forged):
        said = verify(
            message, TOPIC, NOW, lambda _: pem.encode(errors="replace") if isinstance(pem, str) else AMAZON.pem
        )
        assert said.message in {"{}", "Confirm."}
        assert said.subscribe_url in {None, SUBSCRIBE_URL}
