"""A loopback API Gateway: HTTP comes in, a function event goes to an idle process, with the gateway's limits."""

import asyncio
import itertools
import socket
import threading
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import uvicorn

from api.contract.problems import PROBLEM_TYPE, headers_of, problem_of
from api.local.events import Call, Reply, event_of, reply_of
from api.local.pool import Function, Pool
from shared.errors.requests import BodyTooLarge, MalformedRequest
from shared.errors.root import CallscribeError

MAX_BODY_BYTES = 10_000_000
MAX_HEADER_BYTES = 10_240
SEATS_FOR_QUICK_ONES = 2
STOP_S = 1

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(slots=True)
class Gateway:
    """The ASGI application."""

    pool: Pool
    _waiting: int = field(default=0, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        request_id = str(uuid.uuid4())
        try:
            call = await _read(scope, receive, request_id)
            reply = await self._answer(call)
        except CallscribeError as error:
            reply = _refusal(error, request_id)
        head = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
        await send({"type": "http.response.start", "status": reply.status, "headers": head})
        await send({"type": "http.response.body", "body": reply.body})

    async def _answer(self, call: Call) -> Reply:
        """Let only so many callers wait that quick requests find a process: the others are answered at once."""
        if not call.waits:
            return reply_of(await self.pool.answer(event_of(call)), call)
        if self._waiting >= self.pool.size - SEATS_FOR_QUICK_ONES:
            return reply_of(await self.pool.answer(event_of(call.without_waiting())), call)
        self._waiting += 1
        try:
            return reply_of(await self.pool.answer(event_of(call)), call)
        finally:
            self._waiting -= 1


@dataclass(slots=True)
class Served:
    """A gateway that accepts requests in a thread of its own, until it is stopped."""

    url: str
    _server: uvicorn.Server
    _thread: threading.Thread
    _pool: Pool

    def stop(self) -> None:
        """Accept no more, answer who still waits with 503, and be gone."""
        self._server.should_exit = True
        self._pool.stop()
        self._thread.join(2 * STOP_S)


def serve(function: Function, processes: int, port: int) -> Served:
    """Serve `function` on loopback; returns when requests are accepted."""
    listener = _listen(port)
    pool = Pool(function, processes)
    pool.warm()
    config = uvicorn.Config(
        Gateway(pool),
        http="h11",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="critical",
        server_header=False,
        h11_max_incomplete_event_size=8 * MAX_HEADER_BYTES,
        timeout_graceful_shutdown=STOP_S,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=_run, args=(server, listener), name="gateway", daemon=True)
    thread.start()
    return Served(f"http://127.0.0.1:{listener.getsockname()[1]}", server, thread, pool)


def _listen(port: int) -> socket.socket:
    # With the protocol named, asyncio sets TCP_NODELAY; without, each answer waits 40 ms for the client's ACK.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(1_024)
    return listener


def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    """Serve until told to stop."""
    # Not the main thread, so uvicorn leaves the signals to the one who started us.
    asyncio.run(server.serve([listener]))


async def _read(scope: Scope, receive: Receive, request_id: str) -> Call:
    """Read a request whole, within the gateway's limits."""
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    call = Call(request_id, scope["method"], scope["path"], scope["query_string"].decode("latin-1"), headers, b"")
    if call.header_bytes > MAX_HEADER_BYTES:
        raise MalformedRequest(f"Request line and headers together may hold {MAX_HEADER_BYTES:,} bytes.")
    return replace(call, body=await _body(receive))


async def _body(receive: Receive) -> bytes:
    """The body, whole; reading stops where it grows too large."""
    body = bytearray()
    for _ in itertools.count():
        message = await receive()
        if message["type"] != "http.request":
            raise MalformedRequest("The request ended before its body was whole.")
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
        if not message.get("more_body"):
            break
    return bytes(body)


def _refusal(error: CallscribeError, request_id: str) -> Reply:
    """A problem that the gateway makes itself."""
    problem = problem_of(error, request_id)
    body = problem.model_dump_json().encode()
    headers = {"content-type": PROBLEM_TYPE, "x-request-id": request_id, "content-length": str(len(body))}
    told = {name.lower(): value for name, value in headers_of(error).items()}
    return Reply(problem.status, tuple({**headers, **told}.items()), body)
