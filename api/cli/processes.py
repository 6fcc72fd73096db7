"""Processes under one roof: each with its log, its facts in one stream, and nothing left behind at the end.

Whoever holds a `Family` reads facts one by one; no process is waited for in any other way.
"""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType
from typing import IO, TypeAlias

READY = re.compile(r"^ready\b|\bworker_ready\b")
"""How a process says that it does its work: a line of its own, or a fact in its log."""
LOOPBACK = "127.0.0.1"
LAST_WORDS_S = 1.0
"""How long the lines of an ended process may take to arrive."""


@dataclass(frozen=True, slots=True)
class Line:
    """A process said something."""

    process: str
    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A process ended; a negative code is the signal that ended it."""

    process: str
    code: int


@dataclass(frozen=True, slots=True)
class StopAsked:
    """Somebody pressed Ctrl-C or sent SIGTERM."""


Fact: TypeAlias = Line | Ended | StopAsked


@dataclass(slots=True)
class Family:
    """Processes whose output goes to `<logs>/<name>.log` and, line by line, into `facts`."""

    logs: Path
    facts: "SimpleQueue[Fact]" = field(default_factory=SimpleQueue)
    _members: dict[str, "subprocess.Popen[str]"] = field(default_factory=dict)
    _waiters: list[threading.Thread] = field(default_factory=list)

    def start(self, name: str, command: list[str], environment: Mapping[str, str]) -> None:
        """Start a process in a group of its own, so that Ctrl-C reaches us alone and we choose the order."""
        self.logs.mkdir(parents=True, exist_ok=True)
        log = (self.logs / f"{name}.log").open("a" if name in self._members else "w", encoding="utf-8")
        process = subprocess.Popen(  # noqa: S603 - our own scripts beside the interpreter
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        self._members[name] = process
        reader = threading.Thread(target=self._read, args=(name, process, log), daemon=True)
        waiter = threading.Thread(target=self._wait, args=(name, process, reader), daemon=True)
        reader.start()
        waiter.start()
        self._waiters.append(waiter)

    def facts_until(self, deadline: float) -> Iterator[Fact]:
        """Facts as they come in; ends at `deadline` (monotonic seconds), at once if it has passed and none waits."""
        while True:
            try:
                yield self.facts.get(timeout=max(deadline - time.monotonic(), 0.0))
            except Empty:
                return

    def pids(self) -> dict[str, int]:
        """The process id of each member."""
        return {name: process.pid for name, process in self._members.items()}

    def stop(self, names: list[str], within_s: float) -> None:
        """SIGTERM to each of `names`, then wait for all; who is still there after `within_s` is killed."""
        members = [self._members[name] for name in names if name in self._members]
        for process in members:
            _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + within_s
        for process in members:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(deadline - time.monotonic(), 0.0))
            # Also after an orderly end: whatever the process started itself must not outlive it.
            _signal_group(process, signal.SIGKILL)
            process.wait()

    def kill(self) -> None:
        """End every member at once."""
        for process in self._members.values():
            _signal_group(process, signal.SIGKILL)

    def close(self) -> None:
        """Wait until the last line of every member is in its log."""
        for waiter in self._waiters:
            waiter.join(timeout=LAST_WORDS_S)

    def _read(self, name: str, process: "subprocess.Popen[str]", log: IO[str]) -> None:
        """Carry each line to the log at once, so that it is complete whenever somebody looks, and to `facts`."""
        assert process.stdout is not None
        with log, process.stdout as lines:
            for line in lines:
                log.write(line)
                log.flush()
                self.facts.put(Line(name, line.rstrip("\n")))

    def _wait(self, name: str, process: "subprocess.Popen[str]", reader: threading.Thread) -> None:
        """Tell the end, after the last words if they come in time."""
        code = process.wait()
        # A grandchild may hold the pipe open: the end is told all the same.
        reader.join(timeout=LAST_WORDS_S)
        self.facts.put(Ended(name, code))


def script(name: str) -> list[str]:
    """The command that starts one of our console scripts: it lies beside the interpreter that runs us."""
    return [str(Path(sys.executable).parent / name)]


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def inherited() -> Mapping[str, str]:
    """Our own environment without AWS, so that no profile of the person at the keyboard is ever touched."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}  # noqa: TID251 - handed on whole
    return {**kept, "NO_PROXY": LOOPBACK, "no_proxy": LOOPBACK, "PYTHONUNBUFFERED": "1"}


def report_signals(facts: "SimpleQueue[Fact]") -> None:
    """From now on Ctrl-C, SIGTERM and a closed terminal are facts like the others."""

    def tell(_signal: int, _frame: FrameType | None) -> None:
        facts.put(StopAsked())

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, tell)


def _signal_group(process: "subprocess.Popen[str]", number: signal.Signals) -> None:
    """Signal a process and whatever it started; whoever is gone already does not mind."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
