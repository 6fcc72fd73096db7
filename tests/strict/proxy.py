"""A TCP proxy on loopback that behaves as badly as a network does, switchable while it runs.

    with FaultProxy(target_port=4566) as proxy:
        client = connect_to(proxy.url)
        proxy.mode = "silent"

| mode | what happens to new and open connections |
|---|---|
| `pass` | bytes go through both ways |
| `silent` | accepted, read, never answered; what was held goes on when the mode changes |
| `slow` | answers trickle at `bytes_a_second` (1 kB/s) |
| `reset` | aborted with RST, open ones at once |
| `refuse` | the port is closed, open connections are aborted; it opens again when the mode changes |
| `hand_to_closing` | as `pass`, but a caller who goes away is not told to the server: its answer reaches nobody |
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine
from typing import Any, Literal, Self

LOOPBACK = "127.0.0.1"
Mode = Literal["pass", "silent", "slow", "reset", "refuse", "hand_to_closing"]
BLOCK_BYTES = 1 << 16
TICK_S = 0.05
STOP_S = 5.0
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class FaultProxy:
    """One port in front of another, in a thread of its own; `mode` may be set from any thread at any time."""

    def __init__(self, target_port: int, port: int = 0, bytes_a_second: int = 1_000) -> None:
        self.target_port = target_port
        self.port = port
        self.bytes_a_second = bytes_a_second
        self.connections = 0
        """How many were accepted so far."""
        self._mode: Mode = "pass"
        self._loop = asyncio.new_event_loop()
        self._changed = asyncio.Event()
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)

    @property
    def url(self) -> str:
        """Where callers find it."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def mode(self) -> Mode:
        """How the network behaves now."""
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._run(self._switch(mode))

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_S)
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(STOP_S)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _switch(self, mode: Mode) -> None:
        self._mode = mode
        if mode in ("reset", "refuse"):
            self._abort_all()
        if mode == "refuse":
            self._close()
        elif self._server is None:
            await self._listen()
        self._changed.set()
        self._changed = asyncio.Event()

    async def _end(self) -> None:
        self._close()
        self._abort_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _abort_all(self) -> None:
        for writer in list(self._open):
            _abort(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One caller, to its end."""
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await self._join(reader, writer)
        self._tasks.discard(task)
        _abort(writer)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._mode == "reset":
            return
        theirs, ours = await asyncio.open_connection(LOOPBACK, self.target_port)
        self._open |= {writer, ours}
        asked = asyncio.create_task(self._ask(reader, ours))
        try:
            await self._answer(theirs, writer)
        finally:
            asked.cancel()
            self._open -= {writer, ours}
            _abort(ours)

    async def _ask(self, reader: asyncio.StreamReader, ours: asyncio.StreamWriter) -> None:
        """Bytes of the caller to the server; the end of the caller ends the server's side, if it is told."""
        with contextlib.suppress(OSError):
            while block := await reader.read(BLOCK_BYTES):
                await self._while_silent()
                ours.write(block)
                await ours.drain()
        if self._mode != "hand_to_closing":
            _abort(ours)

    async def _answer(self, theirs: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Bytes of the server to the caller; to one who has gone they are read all the same."""
        while block := await theirs.read(BLOCK_BYTES):
            await self._while_silent()
            with contextlib.suppress(OSError):
                await self._write(block, writer)

    async def _write(self, block: bytes, writer: asyncio.StreamWriter) -> None:
        left = memoryview(block)
        while left and self._mode == "slow":
            some = max(1, int(self.bytes_a_second * TICK_S))
            writer.write(left[:some])
            await writer.drain()
            left = left[some:]
            await asyncio.sleep(TICK_S)
        writer.write(left)
        await writer.drain()

    async def _while_silent(self) -> None:
        while self._mode == "silent":
            await self._changed.wait()


def _abort(writer: asyncio.StreamWriter) -> None:
    """End a connection with RST."""
    sock = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    writer.transport.abort()
