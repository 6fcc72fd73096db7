"""Processes that each answer one event at a time, as Lambda's do: powertools keeps the current event on a class."""

import asyncio
import contextlib
import multiprocessing
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from api.local.events import Event
from shared.errors.requests import Unavailable

LONGEST_ANSWER_S = 29
BUSY_S = 0.05
"""So long a process may be busy before another is started: most answers take milliseconds, a start half a second."""
STOP_S = 1.0
Function = Callable[[Event, Any], Event]


@dataclass(frozen=True, slots=True)
class Worker:
    """One process, and the pipe to it."""

    process: BaseProcess
    pipe: Connection

    def ask(self, event: Event) -> Event | None:
        """Hand the event over and wait; None if the process died or took too long, and is of no more use."""
        try:
            self.pipe.send(event)
            answer: Event | None = self.pipe.recv() if self.pipe.poll(LONGEST_ANSWER_S) else None
        except (EOFError, OSError):
            return None
        return answer

    def end(self) -> None:
        """End the process now."""
        self.process.terminate()
        self.process.join(STOP_S)


@dataclass(slots=True)
class Pool:
    """At most `size` processes; one is started when all others stay busy. Only the event loop's thread calls it.

    Each calls `prepare` before its first event, as Lambda does before the first invocation.
    """

    function: Function
    size: int
    prepare: Callable[[], object] = object
    workers: list[Worker] = field(default_factory=list)
    _idle: asyncio.LifoQueue[Worker] = field(default_factory=asyncio.LifoQueue)
    _is_stopping: bool = field(default=False, init=False)
    _seats: asyncio.Semaphore = field(init=False)
    _threads: ThreadPoolExecutor = field(init=False)
    _context: Any = field(init=False)

    def __post_init__(self) -> None:
        self._seats = asyncio.Semaphore(self.size)
        self._threads = ThreadPoolExecutor(self.size, thread_name_prefix="pipe")
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([self.function.__module__])

    async def answer(self, event: Event) -> Event:
        """Let an idle process answer `event`; one that is at it when nobody wants the answer any more is ended.

        Raises:
            Unavailable: the process died or took longer than a gateway waits.
        """
        async with self._seats:
            if self._is_stopping:
                raise Unavailable
            worker = await self._free()
            try:
                answer = await asyncio.get_running_loop().run_in_executor(self._threads, worker.ask, event)
            except asyncio.CancelledError:
                self._dismiss(worker)
                raise
            if answer is None:
                self._dismiss(worker)
                raise Unavailable
            self._idle.put_nowait(worker)
            return answer

    def warm(self) -> None:
        """Start the first process before the first request."""
        self._idle.put_nowait(self._start())

    def stop(self) -> None:
        """End all processes, busy or not: no answer is owed any more."""
        self._is_stopping = True
        for worker in list(self.workers):
            worker.end()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _free(self) -> Worker:
        """A process that is idle, or soon will be, else a new one: a seat is held, so there is room for it."""
        try:
            return await asyncio.wait_for(self._idle.get(), BUSY_S if self.workers else 0)
        except TimeoutError:
            return self._start()

    def _dismiss(self, worker: Worker) -> None:
        """End a process that is of no more use."""
        worker.end()
        self.workers.remove(worker)

    def _start(self) -> Worker:
        """A new process, forked from one that has imported the function already."""
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self.function, self.prepare), daemon=True)
        process.start()
        theirs.close()
        worker = Worker(process, ours)
        self.workers.append(worker)
        return worker


def _serve(pipe: Connection, function: Function, prepare: Callable[[], object]) -> None:
    """Answer events until the pipe ends; the terminal's Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # What fails here fails again at the first event, which says so.
    with contextlib.suppress(Exception):
        prepare()
    for event in iter(lambda: _receive(pipe), None):
        pipe.send(function(event, None))


def _receive(pipe: Connection) -> Event | None:
    """The next event; None when the parent is gone."""
    try:
        event: Event = pipe.recv()
    except EOFError:
        return None
    return event
