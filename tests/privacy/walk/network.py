"""The network that webhooks leave by: receivers that answer what they are told to, and all they were sent."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpcore
from privacy.sinks import Sinks

from api.outbound.post import Sender

PUBLIC, PRIVATE = "93.184.216.34", "10.0.0.7"
HOST, INSIDE = "hooks.papagei.example", "inside.papagei.example"
TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass
class Network(httpcore.NetworkBackend):
    """Answers with `answers` first, then 204."""

    sinks: Sinks
    answers: list[bytes] = field(default_factory=list)
    are_inside: set[str] = field(default_factory=set)
    """Hosts whose names lead inward by now."""

    def sender(self) -> Sender:
        return Sender(clock=time.monotonic, resolve=self._look_up, network=self)

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> "Plug":
        return Plug(self)

    def _look_up(self, host: str, port: int) -> list[str]:
        return [PRIVATE if host in self.are_inside else PUBLIC]


@dataclass
class Plug(httpcore.NetworkStream):
    """One connection: the request is poured out when it ends."""

    network: Network
    sent: bytes = b""
    left: bytes | None = None

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self.left is None:
            self.left = self.network.answers.pop(0) if self.network.answers else TAKEN
        now, self.left = self.left[:max_bytes], self.left[max_bytes:]
        return now

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.sent += buffer

    def start_tls(self, *_: Any, **__: Any) -> "Plug":
        return self

    def get_extra_info(self, info: str) -> Any:
        return None

    def close(self) -> None:
        """The first line holds the address that the receiver has given itself."""
        head, _, body = self.sent.decode().partition("\r\n\r\n")
        self.network.sinks.pour("webhook headers", *_headers(head.splitlines()))
        self.network.sinks.pour("webhook bodies", body)
        self.sent = b""


def _headers(lines: Iterable[str]) -> list[str]:
    return list(lines)[1:]
