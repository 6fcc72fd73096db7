"""moto as a WSGI application: with the shims or plain, and with a recorder that writes down every call."""

import base64
import io
import json
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app

from shared.emulator.shims import install

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
UNTOLD = ("DATE", "CONTENT_SHA256", "SECURITY_TOKEN", "USER_AGENT")
"""Of the headers that AWS reads, those that say nothing about what is asked."""


class Handler(MotoRequestHandler):
    """Sends head and body of an answer at once, and says nothing about requests that went well.

    A body that comes a moment after its head is sometimes lost on Terraform's provider, which then asks again: what
    was made is there already.
    """

    disable_nagle_algorithm = True
    wbufsize = 1 << 20

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def application(*, shimmed: bool, record_to: Path | None) -> Application:
    """The application that answers for AWS."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app: Application = DomainDispatcherApplication(create_backend_app)
    if shimmed:
        install()
        app = OneAtATime(app)
    return Recorder(app, record_to) if record_to else app


class OneAtATime:
    """Gap 14: moto reads and writes its state in steps, each request has a thread, and nothing keeps them apart."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._lock = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """Answer when all others are answered; only who waits for a message lets others pass."""
        if environ.get("HTTP_X_AMZ_TARGET", "").endswith(".ReceiveMessage"):
            return list(self._app(environ, start_response))
        with self._lock:
            return list(self._app(environ, start_response))


class Recorder:
    """Writes one line of JSON a call: what was asked and what was answered."""

    def __init__(self, app: Application, path: Path) -> None:
        self._app = app
        self._path = path
        self._lock = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """Answer, and write it down."""
        # A body that comes in chunks ends by itself, and has no length.
        length = -1 if environ.get("wsgi.input_terminated") else int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = io.BytesIO(body)
        status: list[str] = []

        def start(line: str, headers: Any, error: Any = None) -> Any:
            status.append(line)
            return start_response(line, headers, error)

        answer = b"".join(self._app(environ, start))
        self._write(environ, body, int(status[-1].split()[0]), answer)
        return [answer]

    def _write(self, environ: dict[str, Any], body: bytes, status: int, answer: bytes) -> None:
        call = {
            "method": environ["REQUEST_METHOD"],
            "path": environ.get("REQUEST_URI") or environ["RAW_URI"],
            "authorization": environ.get("HTTP_AUTHORIZATION", ""),
            "headers": _headers(environ),
            "body": base64.b64encode(body).decode(),
            "status": status,
            "answer": base64.b64encode(answer).decode(),
        }
        with self._lock, self._path.open("a") as file:
            file.write(json.dumps(call) + "\n")


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    """The headers that change what a call does, by their names on the wire."""
    told = {key.removeprefix("HTTP_X_AMZ_"): value for key, value in environ.items() if key.startswith("HTTP_X_AMZ_")}
    kept = {f"X-Amz-{name.replace('_', '-').title()}": told[name] for name in told if name not in UNTOLD}
    return kept | ({"Content-Type": environ["CONTENT_TYPE"]} if environ.get("CONTENT_TYPE") else {})
