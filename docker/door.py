"""The way into the loopback of a compose stack, whose processes listen on 127.0.0.1 alone, as on any machine.

python door.py PORT [PORT ...]: what comes to the container's own address goes to the same port of its loopback.
"""  # noqa: INP001 - a program of the image, no package

import asyncio
import contextlib
import functools
import signal
import socket
import sys

LOOPBACK = "127.0.0.1"
NOWHERE = ("192.0.2.1", 9)
"""An address of documentation (RFC 5737): asked for the way there, the kernel names our own; nothing is sent."""
BLOCK_BYTES = 65_536


async def main(ports: list[int]) -> None:
    """Forward until SIGTERM or Ctrl-C."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with contextlib.AsyncExitStack() as doors:
        for port in ports:
            enter = functools.partial(forward, port=port)
            await doors.enter_async_context(await asyncio.start_server(enter, own_address(), port))
        await stopped.wait()


async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, port: int) -> None:
    """Carry one connection both ways; who finds nobody behind the door is let go."""
    with contextlib.suppress(OSError):
        inner_reader, inner_writer = await asyncio.open_connection(LOOPBACK, port)
        await asyncio.gather(_carry(reader, inner_writer), _carry(inner_reader, writer))
        await _let_go(inner_writer)
    await _let_go(writer)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry until the end, and pass the end on, so that either side may finish first."""
    with contextlib.suppress(OSError):
        while block := await reader.read(BLOCK_BYTES):
            writer.write(block)
            await writer.drain()
        writer.write_eof()


async def _let_go(writer: asyncio.StreamWriter) -> None:
    """Close; who is gone already does not mind."""
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


def own_address() -> str:
    """The address under which others reach this container."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(NOWHERE)
        return str(probe.getsockname()[0])


if __name__ == "__main__":
    asyncio.run(main([int(port) for port in sys.argv[1:]]))
