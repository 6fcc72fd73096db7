"""Forked processes of one wave: a fork of a process that has imported everything takes milliseconds."""

import ctypes
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from typing import Any, Self

from chaos.place import after_fork

_FORK = multiprocessing.get_context("fork")
_DIE_WITH_PARENT = 1
LOOK_EVERY_S = 0.02


@dataclass(slots=True)
class Family:
    """Processes that were started here; all are ended with the block."""

    alive: list[BaseProcess] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self, role: Callable[..., None], *args: Any) -> BaseProcess:
        """Fork a process that plays `role`; the first of `args` is the place where it does."""
        process = _FORK.Process(target=_play, args=(role, *args), name=role.__name__)
        process.start()
        self.alive.append(process)
        return process

    def kill(self) -> None:
        """End all at once."""
        for process in self.alive:
            process.kill()
        for process in self.alive:
            process.join()
        self.reap()

    def stop(self, within_s: float) -> list[int]:
        """SIGTERM to all; their exit codes. Who is still there after `within_s` is killed."""
        for process in self.alive:
            process.terminate()
        deadline = time.monotonic() + within_s
        for process in self.alive:
            process.join(max(deadline - time.monotonic(), 0.0))
        codes = [process.exitcode for process in self.alive]
        self.kill()
        return [-1_000 if code is None else code for code in codes]

    def reap(self) -> int:
        """Forget who has ended; how many are left."""
        left = [process for process in self.alive if process.is_alive()]
        self.ended += [process.exitcode or 0 for process in self.alive if process not in left]
        self.alive = left
        return len(left)

    def await_end(self, within_s: float) -> int:
        """Wait until all have ended, at most so long, and end the others; how many those are."""
        deadline = time.monotonic() + within_s
        for process in self.alive:
            process.join(max(deadline - time.monotonic(), 0.0))
        late = self.reap()
        self.kill()
        return late


def until(is_so: Callable[[], bool], within_s: float, every_s: float = LOOK_EVERY_S) -> bool:
    """Look again and again until something is so; False if it is not within the time."""
    deadline, never = time.monotonic() + within_s, threading.Event()
    while not is_so():
        if time.monotonic() > deadline:
            return False
        never.wait(every_s)
    return True


def _play(role: Callable[..., None], *args: Any) -> None:
    with suppress(OSError, AttributeError):  # not on Linux
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    after_fork(args[0].clients)
    role(*args)
