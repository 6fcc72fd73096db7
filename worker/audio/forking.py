"""Where decoding processes come from: forked from a warm one, or started afresh where forking is not wanted.

Importing FFmpeg and decoding the first clip takes 0.2 s of CPU, a fork of a process that has done both some
milliseconds. The warm process has one thread, holds no file of a call and never decodes one itself.
"""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from worker.audio.sandbox import Ended, waited

ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1"}

COMMAND = (sys.executable, "-I", "-m", "worker.audio.child")
_ANSWER_BYTES = 65_536
# A fork takes milliseconds; whoever needs so long is gone.
_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Ends:
    """The descriptors that a decoding process is given, and no others: its input, its report, its samples."""

    file: int
    report: int
    samples: int


class Child(Protocol):
    """A decoding process, however it was started."""

    @property
    def process_id(self) -> int:
        """The kernel's number of it."""

    def limit_cpu(self, soft_s: int, hard_s: int) -> None:
        """Set the CPU seconds that it may use, where the system can do that from outside."""

    def end(self) -> Ended:
        """End it if it lives, and tell how it ended; more than once if need be."""


class Starter(Protocol):
    """Whoever starts decoding processes; `order` must be fit for JSON."""

    def start(self, order: Mapping[str, object], ends: Ends) -> Child:
        """Start one process for one file."""


class Afresh:
    """Starts an interpreter for each file: slow, but nothing is shared between two of them."""

    def start(self, order: Mapping[str, object], ends: Ends) -> Child:
        """Start one process for one file."""
        told = json.dumps({**order, "samples_descriptor": ends.samples})
        process = subprocess.Popen(  # noqa: S603  our own module, no shell, no word of a customer
            [*COMMAND, told],
            stdin=ends.file, stdout=ends.report, stderr=subprocess.DEVNULL, pass_fds=(ends.samples,), env=ENVIRONMENT,
        )  # fmt: skip
        return _Started(process)


class ForkServer:
    """Forks a decoding process for each file from a warm one, which is started when first needed, and when it died."""

    def __init__(self, command: tuple[str, ...] = COMMAND) -> None:
        """Fork from what `command` starts."""
        self._command = command
        self._lock = threading.Lock()
        self._warm: _Warm | None = None

    def start(self, order: Mapping[str, object], ends: Ends) -> Child:
        """Fork one process for one file.

        Raises:
            ConnectionError: the warm process died meanwhile; the next call starts another.
            OSError: the kernel refuses another process.
        """
        warm = self._current()
        answer = warm.ask({"fork": order}, (ends.file, ends.report, ends.samples))
        return _Forked(answer["process_id"], warm)

    def process_id(self) -> int:
        """Give the number of the warm process; start it if there is none."""
        return self._current().process.pid

    def _current(self) -> "_Warm":
        with self._lock:
            if self._warm is None or self._warm.is_lost:
                self._warm = _warm_up(self._command)
            return self._warm


def best_starter() -> Starter:
    """Fork where the kernel tells the number of threads and has limits from outside: on Linux."""
    return ForkServer() if sys.platform == "linux" else Afresh()


@dataclass(slots=True)
class _Started:
    process: subprocess.Popen[bytes]
    _ended: Ended | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def process_id(self) -> int:
        return self.process.pid

    def limit_cpu(self, soft_s: int, hard_s: int) -> None:
        if hasattr(resource, "prlimit"):
            with suppress(OSError, ValueError):
                resource.prlimit(self.process.pid, resource.RLIMIT_CPU, (soft_s, hard_s))

    def end(self) -> Ended:
        with self._lock:
            if self._ended is None:
                # Not by Popen, which may wait for it and forget what it used.
                os.kill(self.process.pid, signal.SIGKILL)
                self._ended = Ended(**waited(self.process.pid))
                self.process.returncode = self._ended.status
            return self._ended


@dataclass(slots=True, weakref_slot=True, eq=False)
class _Warm:
    """The warm process and the socket it listens on: one question at a time, from any thread."""

    process: subprocess.Popen[bytes]
    channel: socket.socket
    is_lost: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, question: Mapping[str, object], descriptors: tuple[int, ...] = ()) -> dict[str, Any]:
        with self.lock:
            try:
                socket.send_fds(self.channel, [json.dumps(question).encode()], descriptors)
                answer = json.loads(self.channel.recv(_ANSWER_BYTES) or b"null")
            except (OSError, ValueError):
                answer = None
            if isinstance(answer, dict) and "refused" in answer:
                raise OSError(*answer["refused"])
            if isinstance(answer, dict):
                return answer
            self.is_lost = True
            self.process.kill()
        raise ConnectionError


@dataclass(slots=True)
class _Forked:
    """A fork is a child of the warm process, which alone can wait for it: its number stays its own until then."""

    process_id: int
    warm: _Warm
    _ended: Ended | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def limit_cpu(self, soft_s: int, hard_s: int) -> None:
        with self._lock:
            if self._ended is None:
                self.warm.ask({"limit": self.process_id, "cpu_s": [soft_s, hard_s]})

    def end(self) -> Ended:
        with self._lock:
            if self._ended is None:
                self._ended = Ended(**self.warm.ask({"end": self.process_id}))
            return self._ended


def _warm_up(command: tuple[str, ...]) -> _Warm:
    """Start the warm process, in a session of its own: a Ctrl-C in the worker's terminal is not for it."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(_PATIENCE_S)
    with its:
        process = subprocess.Popen(  # noqa: S603  our own module, no shell, no word of a customer
            command, stdin=its.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            cwd="/", env=ENVIRONMENT, start_new_session=True,
        )  # fmt: skip
    warm = _Warm(process, ours)
    weakref.finalize(warm, _let_go, process, ours)
    return warm


def _let_go(process: subprocess.Popen[bytes], channel: socket.socket) -> None:
    channel.close()
    process.send_signal(signal.SIGKILL)
    process.wait()
