"""HTTP as bytes: what is sent is exactly what stands there, and what comes back is taken apart once."""

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LOOPBACK = "127.0.0.1"
LONGEST_S = 20.0
"""After which a server counts as hanging."""


@dataclass(frozen=True)
class Told:
    """An answer; status 0 is a connection that was closed without one."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed_ms: float

    @property
    def json(self) -> dict[str, Any]:
        """The body, if it is an object."""
        with contextlib.suppress(ValueError):
            told = json.loads(self.body)
            return told if isinstance(told, dict) else {}
        return {}

    @property
    def code(self) -> str:
        return str(self.json.get("code", ""))


def ask(verb: str, path: str, body: bytes | str = b"", **headers: str) -> bytes:
    """A well-formed request; `Content_Type="x"` is the header Content-Type."""
    sent = body.encode() if isinstance(body, str) else body
    named = {"Host": LOOPBACK, **{name.replace("_", "-"): value for name, value in headers.items()}}
    if sent or verb == "POST":
        named = {"Content-Length": str(len(sent)), **named}
    lines = [f"{verb} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + sent


def send(port: int, raw: bytes) -> Told:
    """Send `raw` on a connection of its own; a server that answers early may close before it has read all."""
    with socket.create_connection((LOOPBACK, port), LONGEST_S) as connection:
        began = time.monotonic()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(raw)
        return hear(connection, began, raw.partition(b" ")[0].decode("latin-1"))


def hear(connection: socket.socket, began: float, verb: str = "GET") -> Told:
    """The next answer on `connection`."""
    answer = http.client.HTTPResponse(connection, method=verb)
    try:
        answer.begin()
        body = answer.read()
    except (http.client.BadStatusLine, ConnectionResetError):
        return Told(0, {}, b"", 1_000 * (time.monotonic() - began))
    headers = {name.lower(): value for name, value in answer.getheaders()}
    return Told(answer.status, headers, body, 1_000 * (time.monotonic() - began))
