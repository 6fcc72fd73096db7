"""A client whose requests reach the real application in the memory world, without a socket."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from contract.caller import NOW, Caller
from fakes import BUCKET

from api.client import Client, Patience

URL = "https://stt.example.com"
EXAMPLE = (Path(__file__).parent / "transcript" / "example.json").read_bytes()
RESULT = {
    "bucket": BUCKET,
    "etag": '"e"',
    "sha256": "0" * 64,
    "language": "fr",
    "language_confidence": 0.98,
    "duration_s": 14.0,
    "quality": {"mean_confidence": 0.97, "low_confidence_ratio": 0.0, "coverage": 0.971, "needs_review": False},
    "warnings": ["text_suppressed"],
    "decode_s": 0.03,
    "engine_s": 0.41,
}


@dataclass
class Wire(httpx.BaseTransport):
    """Turns requests into gateway events and PUTs into objects; `before` may answer or fail in their stead."""

    caller: Caller = field(default_factory=Caller)
    sent: list[httpx.Request] = field(default_factory=list)
    before: list[Callable[[httpx.Request], httpx.Response | None]] = field(default_factory=list)
    paused_s: list[float] = field(default_factory=list)
    turn: Any = field(default_factory=threading.Lock)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        self.sent.append(request)
        for hook in self.before:
            instead = hook(request)
            if instead is not None:
                return instead
        if request.url.scheme == "memory":
            return self._store(request, body)
        headers = {name.title(): value for name, value in request.headers.items()}
        with self.turn:  # a function process answers one request at a time
            answer = self.caller.send(request.method, request.url.raw_path.decode(), body, headers)
        return httpx.Response(answer.status, headers=answer.headers, content=answer.text.encode())

    def _store(self, request: httpx.Request, body: bytes) -> httpx.Response:
        """A bucket that holds a PUT to the length it was given, keeps what is there, and gives it back."""
        place = (BUCKET, request.url.path.lstrip("/"))
        if request.method == "GET":
            return httpx.Response(200, content=self.caller.world.store.read(place[1]))
        if int(request.headers["content-length"]) != len(body):
            return httpx.Response(411)
        if place in self.caller.world.store.objects:
            return httpx.Response(412)
        self.caller.world.store.put(*place, body)
        return httpx.Response(200, headers={"x-sha256": hashlib.sha256(body).hexdigest()})

    def pause(self, seconds: float) -> None:
        """A wait that takes no time, but is remembered."""
        self.paused_s.append(seconds)
        self.caller.clock[0] += seconds

    def become(self, job_id: str, **fields: Any) -> None:
        """Let a job be what a worker made of it."""
        self.caller.world.row(self.caller.tenant, job_id).update(fields)

    def complete(self, job_id: str) -> None:
        """Let a job be completed, with the example for a transcript."""
        key = f"transcripts/{self.caller.tenant}/{job_id}/r1.json"
        self.caller.world.store.put(BUCKET, key, EXAMPLE)
        self.become(
            job_id, status="completed", attempts=1, completed_at=self.caller.clock[0], result={**RESULT, "key": key}
        )

    def complete_all(self) -> None:
        """Let every queued job be completed."""
        for key, row in list(self.caller.world.rows.items()):
            if key.sk == "JOB" and row["status"] == "queued":
                self.complete(row["id"])

    def client(self, total_s: float = 60.0) -> Client:
        return Client(URL, self.caller.key, transport=self, patience=Patience(total_s, self.pause))

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [f"{request.method} {urlsplit(str(request.url)).path}" for request in self.sent]


def once(*answers: Any) -> Callable[[httpx.Request], httpx.Response | None]:
    """A hook that gives these answers, or raises them, one a request, then lets all pass."""
    waiting = list(answers)

    def hook(_request: httpx.Request) -> httpx.Response | None:
        answer = waiting.pop(0) if waiting else None
        if isinstance(answer, Exception):
            raise answer
        return answer

    return hook


__all__ = ["NOW", "URL", "Wire", "once"]
