"""A receiver of signed webhooks: copy it, and put your own work into `handle`.

    pip install standardwebhooks
    WEBHOOK_SECRET=whsec_… CALLSCRIBE_API_KEY=csk_… python webhook_receiver.py --port 9000

An event is written down before it is answered with 204: one that comes twice is handled once, one that is not
handled when the process ends is handled after the next start. 400 answers what is malformed, forged or more than
five minutes off, 413 a body over 64 KB. It listens on loopback alone: TLS is the business of the proxy before it.
While a secret is rotated old and new both sign for 24 hours; change WEBHOOK_SECRET within that time.
"""

import argparse
import contextlib
import json
import logging
import os
import sqlite3
import sys
import threading
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Any, TypeAlias

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

LOG = logging.getLogger(__name__)
MAX_BODY_BYTES = 65_536  # sixteen times the largest event
IDLE_S = 10.0  # how long a sender may keep us waiting for the rest of its body


class Refused(Exception):
    """What came is no event of ours."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An event that is genuine: its id, the same each time it is sent, and its JSON."""

    id: str
    body: str


Event: TypeAlias = dict[str, Any]
Accept: TypeAlias = Callable[[Message, bytes], Taken | None]
"""Headers and raw body → the event, or None if there is nothing to keep. Raises Refused: 400. OSError: 503."""


def handle(event: Event) -> None:
    """What you do with an event: yours to write. This one fetches the transcript, with your key.

    It may run twice for an event if the process dies in the middle, and it may take its time: the sender has its 204.
    """
    if event["type"] == "job.completed":
        transcript = fetch(event["data"]["transcript_url"], os.environ["CALLSCRIBE_API_KEY"])  # noqa: TID251 - stands alone
        LOG.info("handled %s: %d utterances", event["id"], len(transcript["utterances"]))
    else:
        LOG.info("handled %s: %s", event["id"], event["type"])


def fetch(url: str, key: str) -> dict[str, Any]:
    """A transcript by the pointer of a verified event; a redirect is refused, it would carry the key elsewhere."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"})  # noqa: S310 - signed
    with straight().open(request, timeout=30) as answer:
        transcript: dict[str, Any] = json.load(answer)
    return transcript


def straight() -> urllib.request.OpenerDirector:
    """An HTTP client that follows no redirect."""
    return urllib.request.build_opener(_NoRedirect)


def verified(webhook: Webhook, headers: Message, body: bytes) -> Taken:
    """The event of one request, once its signature and its time hold.

    Beside its own error the package raises ValueError (a signature without a comma, a body that is no UTF-8 or no
    JSON), and an event that is no object has no id: all of it is one answer, 400.
    """
    try:
        webhook.verify(body, dict(headers.items()))
        return taken(headers["webhook-id"], body.decode())
    except (WebhookVerificationError, ValueError, RecursionError) as error:
        raise Refused(repr(error)) from error


def taken(event_id: str, body: str) -> Taken:
    """What is kept of a genuine event. Raises Refused where `handle` would stumble: no object, no type, no data."""
    event = json.loads(body)
    if not isinstance(event, dict) or not {"id", "type", "data"} <= event.keys():
        raise Refused("no event")
    return Taken(event_id, body)


class Inbox:
    """The events that came, on disk: each once, until it is handled. Ids are kept for good: delete after 31 days."""

    def __init__(self, path: str) -> None:
        self._rows = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._rows.execute("CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, body TEXT, handled INTEGER)")
        self._lock = threading.Lock()
        self._due: SimpleQueue[Taken] = SimpleQueue()
        for row in self._rows.execute("SELECT id, body FROM events WHERE handled = 0"):
            self._due.put(Taken(*row))

    def keep(self, event: Taken) -> None:
        """Write `event` down; one that is known is left alone."""
        with self._lock:
            new = self._rows.execute("INSERT OR IGNORE INTO events VALUES (?, ?, 0)", (event.id, event.body)).rowcount
        if new:
            self._due.put(event)

    def work(self, handle: Callable[[Event], None]) -> None:
        """Hand events on, one by one, for ever; one that fails comes again after the next start."""
        for event in iter(self._due.get, None):
            try:
                handle(json.loads(event.body))
            except Exception:
                LOG.exception("not handled: %s", event.id)
            else:
                with self._lock:
                    self._rows.execute("UPDATE events SET handled = 1 WHERE id = ?", (event.id,))


class Receiver(ThreadingHTTPServer):
    """The door on loopback: what `accept` lets in is kept in `inbox`."""

    def __init__(self, port: int, accept: Accept, inbox: Inbox) -> None:
        super().__init__(("127.0.0.1", port), _Door)
        self.accept = accept
        self.inbox = inbox


class _Door(BaseHTTPRequestHandler):
    """One request."""

    server: Receiver
    timeout = IDLE_S

    def do_POST(self) -> None:
        """Take an event."""
        self.send_response(self._answer())
        self.end_headers()

    def _answer(self) -> HTTPStatus:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            return HTTPStatus.BAD_REQUEST
        if len(length) > len(str(MAX_BODY_BYTES)) or int(length) > MAX_BODY_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return self._take(self.rfile.read(int(length)))

    def _take(self, body: bytes) -> HTTPStatus:
        try:
            event = self.server.accept(self.headers, body)
        except Refused as error:
            LOG.info("refused: %s", error)
            return HTTPStatus.BAD_REQUEST
        except OSError:
            LOG.exception("not verified")
            return HTTPStatus.SERVICE_UNAVAILABLE
        if event is not None:
            self.server.inbox.keep(event)
        return HTTPStatus.NO_CONTENT


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing: the answer is an HTTPError then."""


def serve(port: int, accept: Accept, inbox: Inbox) -> None:
    """Receive until the process is ended."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    threading.Thread(target=inbox.work, args=(handle,), daemon=True).start()
    with Receiver(port, accept, inbox) as receiver, contextlib.suppress(KeyboardInterrupt):
        LOG.info("ready http://127.0.0.1:%d", receiver.server_port)
        receiver.serve_forever()


def main() -> None:
    """`python webhook_receiver.py`: the secret is in the environment."""
    parser = argparse.ArgumentParser(description="Receive signed webhooks.")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--inbox", default="events.sqlite3", help="file of the events")
    options = parser.parse_args()
    webhook = Webhook(os.environ["WEBHOOK_SECRET"])  # noqa: TID251 - it is copied alone, without any settings
    serve(options.port, partial(verified, webhook), Inbox(options.inbox))


if __name__ == "__main__":
    main()
