"""A receiver of SNS over HTTPS: copy it with `sns_signature` and `webhook_receiver`, whose door and inbox it uses.

Beside each other in a folder of yours they are imported without `api.examples`.

    pip install cryptography standardwebhooks
    CALLSCRIBE_API_KEY=csk_… python -m api.examples.sns_receiver --topic arn:aws:sns:eu-west-3:123456789012:calls

It confirms its own subscription. What is forged is answered with 400, which SNS does not repeat; when Amazon's
certificate cannot be reached the answer is 503, and SNS comes again. Events are told apart by their own id: SNS gives
a new MessageId to an event that was published twice.
"""

import argparse
import json
import logging
import urllib.error
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from functools import lru_cache, partial

from api.examples.sns_signature import Forged, Kind, Verified, verify
from api.examples.webhook_receiver import Inbox, Refused, Taken, serve, straight, taken

LOG = logging.getLogger(__name__)
MAX_CERTIFICATE_BYTES = 65_536
TIMEOUT_S = 5.0
"""SNS waits 15 s for the answer."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """The topic that may speak, and how the world is reached: `get` reads an address on Amazon's host."""

    topic_arn: str
    get: Callable[[str], bytes]
    now: Callable[[], datetime]

    def accept(self, _: Message, body: bytes) -> Taken | None:
        """The event in a genuine notification; None for the rest, of which a new subscription is confirmed."""
        try:
            said = self._verified(body)
            return taken(str(json.loads(said.message)["id"]), said.message) if said.kind is Kind.NOTIFICATION else None
        except (Forged, ValueError, KeyError, TypeError, RecursionError) as error:
            raise Refused(repr(error)) from error

    def _verified(self, body: bytes) -> Verified:
        message = json.loads(body)
        if not isinstance(message, dict):
            raise Forged("no object")
        said = verify(message, self.topic_arn, self.now(), self.get)
        if said.kind is Kind.SUBSCRIBE and said.subscribe_url:
            self.get(said.subscribe_url)
            LOG.info("subscribed to %s", self.topic_arn)
        return said


@lru_cache(maxsize=8)
def get(url: str) -> bytes:
    """What stands at `url`, kept: SNS changes its certificate once a year. Follows no redirect.

    Raises:
        Forged: there is no such thing, so the message named what Amazon never had.
        OSError: not to be reached now.
    """
    try:
        with straight().open(url, timeout=TIMEOUT_S) as answer:
            content: bytes = answer.read(MAX_CERTIFICATE_BYTES)
    except urllib.error.HTTPError as error:
        if 400 <= error.code < 500:  # noqa: PLR2004 - the client errors of HTTP
            raise Forged("nothing at that address") from error
        raise
    return content


def main() -> None:
    """`python -m api.examples.sns_receiver`: one topic, one inbox."""
    parser = argparse.ArgumentParser(description="Receive events of an SNS topic.")
    parser.add_argument("--topic", required=True, help="ARN of the topic")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--inbox", default="events.sqlite3", help="file of the events")
    options = parser.parse_args()
    clock = partial(datetime.now, UTC)  # noqa: TID251 - the one clock of this program
    serve(options.port, Subscription(options.topic, get, clock).accept, Inbox(options.inbox))


if __name__ == "__main__":
    main()
