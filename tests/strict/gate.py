"""A door in front of an emulator of S3 that lets in only what was signed: presigned requests as AWS judges them.

Everything that is not presigned passes as it is.
"""

import base64
import hashlib
import hmac
import http.client
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, quote, urlsplit

from shared.emulator.resources import SECRET

LOOPBACK = "127.0.0.1"
UNSIGNED = "UNSIGNED-PAYLOAD"
HOP_BY_HOP = ("connection", "transfer-encoding", "keep-alive", "content-length", "date", "server")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request at the door; header names are in small letters."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def refusal_of(asked: Asked, late_s: float) -> int | None:
    """The status with which S3 refuses a presigned request `late_s` after it was signed; None if it does not."""
    parts = urlsplit(asked.target)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if "X-Amz-Signature" not in query:
        return None
    if late_s > int(query["X-Amz-Expires"]):
        return 403
    if not hmac.compare_digest(query["X-Amz-Signature"], _signature(asked, parts.path, query)):
        return 403
    promised = asked.headers.get("x-amz-checksum-sha256")
    given = base64.b64encode(hashlib.sha256(asked.body).digest()).decode()
    return 400 if promised not in (None, given) else None


def _signature(asked: Asked, path: str, query: dict[str, str]) -> str:
    """Signature version 4 of what was asked, over the headers that the caller says are signed."""
    names = query["X-Amz-SignedHeaders"].split(";")
    listed = sorted((name, value) for name, value in query.items() if name != "X-Amz-Signature")
    canonical = [
        asked.method,
        path,
        "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in listed),
        *(f"{name}:{' '.join(asked.headers.get(name, '').split())}" for name in names),
        "",
        ";".join(names),
        UNSIGNED,
    ]
    scope = query["X-Amz-Credential"].split("/", 1)[1]
    hashed = hashlib.sha256("\n".join(canonical).encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", query["X-Amz-Date"], scope, hashed])
    key = f"AWS4{SECRET}".encode()
    for part in (*scope.split("/"), text):
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex()


class Gate:
    """A thread that judges and forwards; `late_s` is how long after its signature each request seems to come."""

    def __init__(self, target_port: int) -> None:
        self.late_s = 0.0
        self.target_port = target_port
        self._server = ThreadingHTTPServer((LOOPBACK, 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="gate", daemon=True)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(gate: Gate) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            asked = self._asked()
            refused = refusal_of(asked, gate.late_s)
            status, headers, body = (refused, [], b"") if refused else _forwarded(gate.target_port, asked)
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = pass_on  # noqa: N815 - the names of http.server

        def _asked(self) -> Asked:
            headers = {name.lower(): value for name, value in self.headers.items()}
            return Asked(self.command, self.path, headers, self.rfile.read(int(headers.get("content-length", 0))))

        def log_message(self, *_: Any) -> None:
            return

    return Door


def _forwarded(port: int, asked: Asked) -> tuple[int, list[tuple[str, str]], bytes]:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.request(asked.method, asked.target, asked.body or None, asked.headers)
        answer = connection.getresponse()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP]
        return answer.status, kept, answer.read()
    finally:
        connection.close()
