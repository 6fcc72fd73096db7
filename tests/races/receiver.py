"""Webhook receivers on loopback: each event is verified with the published library before it counts."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from races.front import Front
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

Reply = tuple[int, dict[str, str]]
WELL: Reply = (204, {})


@dataclass(frozen=True, slots=True)
class Heard:
    """One request: the id it bore, its body, and whether its signature was ours; `at` is a monotonic second."""

    event_id: str
    body: bytes
    is_genuine: bool
    at: float

    @property
    def event(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


class Receiver:
    """Answers as `behave` says, which is given how often it has heard this event before."""

    def __init__(self, behave: Callable[[int], Reply] = lambda _times: WELL, port: int = 0) -> None:
        self.behave = behave
        self.secret = ""
        self._heard: list[Heard] = []
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.receiver = self

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def register(self, front: Front) -> str:
        """Make an endpoint of this receiver; its id."""
        made = front.ask("POST", "/webhooks", json={"url": self.url})
        assert made.status == 201, made
        self.secret = made.body["secret"]
        return str(made.body["id"])

    def heard(self) -> list[Heard]:
        """All that has come so far."""
        with self._lock:
            return list(self._heard)

    def take(self, headers: dict[str, str], body: bytes) -> Reply:
        """Verify and remember."""
        heard = Heard(headers.get("webhook-id", ""), body, self._is_genuine(headers, body), time.monotonic())
        with self._lock:
            before = sum(one.event_id == heard.event_id for one in self._heard)
            self._heard.append(heard)
        return self.behave(before)

    def _is_genuine(self, headers: dict[str, str], body: bytes) -> bool:
        try:
            Webhook(self.secret).verify(body, headers)
        except (WebhookVerificationError, ValueError):
            return False
        return True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    receiver: Receiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hung up meanwhile, because we were slow, is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        status, headers = self.server.receiver.take({k.lower(): v for k, v in self.headers.items()}, body)
        self.send_response(status)
        for name, value in {**headers, "content-length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""
