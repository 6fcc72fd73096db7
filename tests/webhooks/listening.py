"""Receivers on loopback that behave as they are told, and a network that leads every address to one of them."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Self

import httpcore

LONGEST_S = 5.0


def answering(status_line: str, *fields: str, body: bytes = b"") -> Callable:
    """A receiver that reads the request whole and answers at once."""
    head = "\r\n".join([f"HTTP/1.1 {status_line}", *fields, f"Content-Length: {len(body)}", "", ""])

    return saying(head.encode() + body)


def saying(raw: bytes) -> Callable:
    """A receiver that answers with exactly these bytes and hangs up."""

    def behave(connection, receiver):
        receiver.read(connection)
        connection.sendall(raw)

    return behave


def dribbling(raw: bytes) -> Callable:
    """A receiver that sends `raw`, then one byte every 20 ms for ever."""

    def behave(connection, receiver):
        receiver.read(connection)
        connection.sendall(raw)
        while not receiver.stopped.wait(0.02):
            connection.sendall(b"x")

    return behave


def silent(connection, receiver):
    receiver.read(connection)
    receiver.stopped.wait(LONGEST_S)


def closing(connection, receiver):
    """Hang up before a word is read."""


class Receiver:
    """Serves one connection after another in a thread of its own; `requests` holds what came, as bytes."""

    def __init__(self, behave: Callable, tls: ssl.SSLContext | None = None) -> None:
        self.behave = behave
        self.tls = tls
        self.requests: list[bytes] = []
        self.connections = 0
        self.stopped = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.stopped.set()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), LONGEST_S).close()
        self.thread.join(LONGEST_S)
        self.socket.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def read(self, connection) -> None:
        """Take in the request: its head, and a body of the length that the head says."""
        with connection.makefile("rb") as stream:
            head = b"".join(iter(stream.readline, b"\r\n"))
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            self.requests.append(head + b"\r\n" + stream.read(int(length.split(b":")[1])))

    def _serve(self) -> None:
        while not self.stopped.is_set():
            connection, _ = self.socket.accept()
            with connection, contextlib.suppress(OSError):
                self._meet(connection)

    def _meet(self, connection) -> None:
        if self.stopped.is_set():
            return
        self.connections += 1
        connection.settimeout(LONGEST_S)
        if self.tls:
            with self.tls.wrap_socket(connection, server_side=True) as secured:
                self.behave(secured, self)
        else:
            self.behave(connection, self)


class Tunnel(httpcore.NetworkBackend):
    """Every address is the loopback one at `port`; `dialled` holds those that were asked for."""

    def __init__(self, port: int, silent: tuple[str, ...] = ()) -> None:
        self.port = port
        self.silent = silent
        self.dialled: list[str] = []
        self.given_s: list[float | None] = []
        self.received_bytes = 0

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.dialled.append(host)
        self.given_s.append(timeout)
        if host in self.silent:
            raise httpcore.ConnectTimeout
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self.port, timeout, local_address, socket_options)
