"""A loopback API Gateway: HTTP comes in, a function event goes to an idle process, with the gateway's limits."""

import asyncio
import itertools
import socket
import threading
import uuid
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import uvicorn

from api.local.connection import ARRIVAL_S, Connection
from api.local.events import Call, Event, Reply, event_of, reply_of
from api.local.pool import Function, Pool
from api.local.refusing import encoded, refusal
from shared.errors.requests import BodyTooLarge, MalformedRequest
from shared.errors.root import CallscribeError

MAX_BODY_BYTES = 10_000_000
MAX_HEADER_BYTES = 10_240
SMALL_BYTES = 65_536
LARGE_AT_ONCE = 16
"""Bodies over 64 KB that are held at a time: read, encoded and on their way, 24 MB each; the others wait unread."""
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
    _large: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(LARGE_AT_ONCE), init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        request_id = str(uuid.uuid4())
        async with AsyncExitStack() as held:
            try:
                call = _head(scope, request_id)
                call = replace(call, body=await self._body(receive, held))
                reply = await self._answer(call, receive)
            except CallscribeError as error:
                reply = refusal(error, request_id)
            await send({"type": "http.response.start", "status": reply.status, "headers": encoded(reply)})
            await send({"type": "http.response.body", "body": reply.body})

    async def _body(self, receive: Receive, held: AsyncExitStack) -> bytes:
        """The body, whole; reading stops where it grows too large, and pauses while many large ones are held."""
        body = bytearray()
        for _ in itertools.count():
            message = await receive()
            if message["type"] != "http.request":
                raise MalformedRequest("The request ended before its body was whole.")
            if len(body) <= SMALL_BYTES < len(body) + len(message["body"]):
                await held.enter_async_context(self._large)
            body += message["body"]
            if len(body) > MAX_BODY_BYTES:
                raise BodyTooLarge
            if not message["more_body"]:
                break
        return bytes(body)

    async def _answer(self, call: Call, receive: Receive) -> Reply:
        """Let only so many callers wait that quick requests find a process: the others are answered at once."""
        if not call.waits:
            return reply_of(await self.pool.answer(event_of(call)), call)
        if self._waiting >= self.pool.size - SEATS_FOR_QUICK_ONES:
            return reply_of(await self.pool.answer(event_of(call.without_waiting())), call)
        self._waiting += 1
        try:
            return reply_of(await self._unless_gone(event_of(call), receive), call)
        finally:
            self._waiting -= 1

    async def _unless_gone(self, event: Event, receive: Receive) -> Event:
        """The answer to `event`, as long as its caller is there: for nobody, no process waits twenty seconds."""
        asked, gone = asyncio.ensure_future(self.pool.answer(event)), asyncio.ensure_future(receive())
        try:
            await asyncio.wait({asked, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                raise MalformedRequest("The caller has gone.")
            return asked.result()
        finally:
            asked.cancel()
            gone.cancel()


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


def serve(
    function: Function,
    processes: int,
    port: int,
    arrival_s: float = ARRIVAL_S,
    prepare: Callable[[], object] = object,
) -> Served:
    """Serve `function` on loopback; returns when requests are accepted.

    Args:
        function: answers one event at a time in each process.
        processes: at most so many.
        port: on 127.0.0.1; 0 takes a free one.
        arrival_s: seconds that a request may take to arrive whole.
        prepare: called in each process before its first event.
    """
    listener = _listen(port)
    pool = Pool(function, processes, prepare)
    pool.warm()
    config = uvicorn.Config(
        Gateway(pool),
        http=partial(Connection, arrival_s=arrival_s),  # type: ignore[arg-type]  # called like the class it makes
        ws="none",
        proxy_headers=False,
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


def _head(scope: Scope, request_id: str) -> Call:
    """A request without its body, within the gateway's limits."""
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    call = Call(request_id, scope["method"], scope["path"], scope["query_string"].decode("latin-1"), headers, b"")
    names = dict(headers)
    if call.header_bytes > MAX_HEADER_BYTES:
        raise MalformedRequest(f"Request line and headers together may hold {MAX_HEADER_BYTES:,} bytes.")
    if "transfer-encoding" in names and "content-length" in names:
        # Two readers could find two ends of it, and so two requests.
        raise MalformedRequest("Send one of Transfer-Encoding and Content-Length, not both.")
    if int(names.get("content-length", "0")) > MAX_BODY_BYTES:
        raise BodyTooLarge
    return call
