"""Processes that each answer one event at a time, as Lambda's do: powertools keeps the current event on a class."""

import asyncio
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
    """At most `size` processes; one is started when all others are busy. Only the event loop's thread calls it."""

    function: Function
    size: int
    workers: list[Worker] = field(default_factory=list)
    _idle: list[Worker] = field(default_factory=list)
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
            worker = self._idle.pop() if self._idle else self._start()
            try:
                answer = await asyncio.get_running_loop().run_in_executor(self._threads, worker.ask, event)
            except asyncio.CancelledError:
                self._dismiss(worker)
                raise
            if answer is None:
                self._dismiss(worker)
                raise Unavailable
            self._idle.append(worker)
            return answer

    def warm(self) -> None:
        """Start the first process before the first request."""
        self._idle.append(self._start())

    def stop(self) -> None:
        """End all processes, busy or not: no answer is owed any more."""
        self._is_stopping = True
        for worker in list(self.workers):
            worker.end()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _dismiss(self, worker: Worker) -> None:
        """End a process that is of no more use."""
        worker.end()
        self.workers.remove(worker)

    def _start(self) -> Worker:
        """A new process, forked from one that has imported the function already."""
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self.function), daemon=True)
        process.start()
        theirs.close()
        worker = Worker(process, ours)
        self.workers.append(worker)
        return worker


def _serve(pipe: Connection, function: Function) -> None:
    """Answer events until the pipe ends; the terminal's Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for event in iter(lambda: _receive(pipe), None):
        pipe.send(function(event, None))


def _receive(pipe: Connection) -> Event | None:
    """The next event; None when the parent is gone."""
    try:
        event: Event = pipe.recv()
    except EOFError:
        return None
    return event
