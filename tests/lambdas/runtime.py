"""AWS's Runtime API, as far as a function sees it, and the function as a child that speaks to it.

The child is AWS's own runtime client (awslambdaric). Not imitated: freezing between calls, memory limits, timeouts.
"""

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any, Self

PATIENCE_S = 60.0
BEGIN = "/2018-06-01/runtime"


class FunctionError(Exception):
    """A call ended with an error of the function: the type and message that AWS would show."""


class InitError(FunctionError):
    """The function could not be loaded."""


@dataclass
class Exchange:
    """What passes between the caller and the child: calls one way, answers the other."""

    deadline_s: float
    calls: "Queue[tuple[str, bytes] | None]" = field(default_factory=Queue)
    answers: "Queue[tuple[str, Any]]" = field(default_factory=Queue)
    is_ready: threading.Event = field(default_factory=threading.Event)


class RuntimeApi(BaseHTTPRequestHandler):
    """Hands out the next call and takes its answer."""

    protocol_version = "HTTP/1.1"
    # The client writes head and body apart: without this each call waits 40 ms for an acknowledgement.
    disable_nagle_algorithm = True
    exchange: Exchange

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.exchange.is_ready.set()
        call = self.exchange.calls.get() if self.path == f"{BEGIN}/invocation/next" else None
        if call is None:
            self.close_connection = True
            return
        request_id, event = call
        deadline_ms = int((time.time() + self.exchange.deadline_s) * 1_000)  # noqa: TID251 - as AWS tells it
        self._send(
            200,
            event,
            {
                "Lambda-Runtime-Aws-Request-Id": request_id,
                "Lambda-Runtime-Deadline-Ms": str(deadline_ms),
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-central-1:123456789012:function:tested:live",
                "Content-Type": "application/json",
            },
        )

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"null")
        kind = "init" if self.path == f"{BEGIN}/init/error" else self.path.rsplit("/", 1)[-1]
        self._send(202, b"", {})
        self.exchange.answers.put((kind, told))
        self.exchange.is_ready.set()

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@dataclass
class Function:
    """One function in a process of its own.

    Attributes:
        told: `handler`, `memory_size` and `timeout`, as Terraform says.
        folders: what its interpreter searches, the task first.
        environment: all that it finds there beside what AWS sets.
    """

    told: Mapping[str, Any]
    folders: tuple[Path, ...]
    environment: Mapping[str, str]
    started_in_s: float = 0.0

    def __enter__(self) -> Self:
        self._exchange = Exchange(self.told["timeout"])
        api = type("Api", (RuntimeApi,), {"exchange": self._exchange})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), api)
        self._server.daemon_threads = True
        # A child that is ended in the middle of a question breaks its connection.
        self._server.handle_error = lambda *_: None
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        began = time.monotonic()
        self._child = subprocess.Popen(
            [sys.executable, "-S", "-m", "awslambdaric", self.told["handler"]],
            cwd=self.folders[0],
            env=self._environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert self._exchange.is_ready.wait(PATIENCE_S), f"{self.told['handler']} does not ask for a call"
        self.started_in_s = time.monotonic() - began
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        self._child.wait()
        self._exchange.calls.put(None)
        self._server.shutdown()
        self._server.server_close()

    def call(self, event: Any) -> Any:
        """Invoke it once.

        Raises:
            InitError: it could not be loaded.
            FunctionError: it raised.
        """
        self._exchange.calls.put((str(uuid.uuid4()), json.dumps(event).encode()))
        kind, told = self._exchange.answers.get(timeout=PATIENCE_S)
        if kind != "response":
            failure = InitError if kind == "init" else FunctionError
            raise failure(f"{told['errorType']}: {told['errorMessage']}")
        return told

    @property
    def peak_mb(self) -> float:
        """The most memory it has held so far."""
        status = Path(f"/proc/{self._child.pid}/status").read_text("ascii")
        (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) / 1_000

    def _environment(self) -> dict[str, str]:
        """What AWS sets, over what Terraform says; nothing of ours, so that nothing leaks in."""
        return {
            **self.environment,
            "PATH": os.defpath,
            "PYTHONPATH": os.pathsep.join(str(folder) for folder in self.folders),
            "LAMBDA_TASK_ROOT": str(self.folders[0]),
            "_HANDLER": self.told["handler"],
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": "tested",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.told["memory_size"]),
            "TZ": ":UTC",
        }
