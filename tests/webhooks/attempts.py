"""One attempt of a sender, on a local stack or as in production, and what it came to."""

import time

from webhooks.listening import Receiver

from api.outbound.post import Delivered, Sender

NOW = 1768471211.0
BODY = b'{"id":"evt_1"}'
HEADERS = {"webhook-id": "evt_1", "content-type": "application/json"}
PUBLIC = "93.184.216.34"
NAME = "hooks.example.com"
URL = f"https://{NAME}/calls?team=lyon"
SLOW_S = 0.25
SLACK_S = 1.0
"""For a busy machine; what is tested would go on for seconds."""


def local(**settings) -> Sender:
    return Sender(clock=time.monotonic, allow_loopback=True, **settings)


def outside(network, addresses, **settings) -> Sender:
    """A sender of production, whose network and names are the test's."""
    return Sender(clock=time.monotonic, resolve=lambda *_: list(addresses), network=network, **settings)


def post(sender: Sender, url: str = URL) -> Delivered:
    return sender.post(url, HEADERS, BODY, NOW)


def attempt(behave, **settings) -> Delivered:
    with Receiver(behave) as receiver:
        return post(local(**settings), receiver.url)


def said(delivered: Delivered) -> tuple:
    return delivered.status, delivered.retry_after_s, delivered.error
