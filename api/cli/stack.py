"""`callscribe up`: the whole service on this machine, as processes that know each other by environment alone."""

import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.cli.processes import LOOPBACK, READY, Ended, Fact, Family, Line, StopAsked, free_port, inherited, script
from shared.errors.root import CallscribeError

START_S = 90.0
"""Until every process is ready: normally five seconds, on a busy machine far more."""
STOP_S = 55.0
"""For the workers, which may finish or hand back a call; the rest follows within the minute."""
KEY_S = 60.0
EMULATOR, API, LISTENER = "emulator", "api", "listen"
ANY_MOMENT = 0.0


class StackError(CallscribeError):
    """The local stack did not start, or one of its processes ended."""

    code = "stack_ended"
    sentence = "The local stack ended."


class StackStopped(CallscribeError):
    """Somebody asked for the end."""

    code = "stack_stopped"
    sentence = "Stopped."


class StackSettings(BaseSettings):
    """The knobs of `up`; `shared.settings` lists them with the others."""

    model_config = SettingsConfigDict(env_prefix="CALLSCRIBE_", frozen=True, extra="ignore")

    port: int = Field(8080, ge=0, le=65_535, description="port of the API on 127.0.0.1; 0 takes a free one")
    workers: int = Field(1, ge=1, le=16, description="workers to start")


@dataclass(slots=True)
class Stack:
    """The processes of one local stack, with what they said of themselves."""

    folder: Path
    settings: StackSettings
    family: Family = field(init=False)
    port: int = field(init=False)
    spans: Path = field(init=False)
    key: str = ""
    ready: dict[str, str] = field(default_factory=dict)
    said: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.family = Family(self.folder / "log")
        self.port = self.settings.port or free_port()
        self.spans = self.folder.resolve() / "spans.jsonl"

    @property
    def url(self) -> str:
        """Where the API answers."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def workers(self) -> list[str]:
        """Names of the worker processes."""
        return [f"worker-{number}" for number in range(1, self.settings.workers + 1)]

    @property
    def events(self) -> Path:
        """Where the listener writes the events, one JSON a line."""
        return self.folder / "events.jsonl"

    def start(self) -> Iterator[Line]:
        """Start everything, in order; yields what the processes say until all are ready.

        Raises:
            StackError: a process ended or is not ready in time; the message names it and its log.
        """
        deadline = time.monotonic() + START_S
        self.spans.unlink(missing_ok=True)
        self.family.start(EMULATOR, script("callscribe-emulator"), inherited())
        yield from self._until_ready([EMULATOR], deadline)
        environment = self.environment()
        self.family.start(API, script("callscribe-api"), environment)
        for name in self.workers:
            self.family.start(name, script("callscribe-worker"), environment)
        listen = [*script("callscribe"), "listen", "--events", str(self.events)]
        self.family.start(LISTENER, listen, environment)
        self.key = self._new_key(environment)
        yield from self._until_ready([API, LISTENER, *self.workers], deadline)

    def environment(self) -> dict[str, str]:
        """What every process but the emulator gets: the emulator's own words, and what holds on a laptop only."""
        told = dict(
            line.text.split("=", 1) for line in self.said if line.process == EMULATOR and _is_assignment(line.text)
        )
        return {
            # A person at the terminal wants fresher progress than every 20 s, and what is stuck healed within a minute.
            "CALLSCRIBE_HEARTBEAT_S": "1",
            "CALLSCRIBE_RECONCILE_S": "5",
            "CALLSCRIBE_WEBHOOK_ALLOW_LOOPBACK": "true",
            "CALLSCRIBE_TRACES": "file",
            "CALLSCRIBE_TRACES_FILE": str(self.spans),
            **inherited(),
            **told,
            "CALLSCRIBE_PORT": str(self.port),
            "CALLSCRIBE_BASE_URL": self.url,
            "CALLSCRIBE_DECODER_SANDBOX": "preferred",
            "CALLSCRIBE_LOG_FORMAT": "text",
            # SQS bills by request and wants long polls; here a worker that stops waits for the end of the last one.
            "CALLSCRIBE_LONG_POLL_S": "2",
        }

    def watch(self, deadline: float = ANY_MOMENT) -> Iterator[Line]:
        """What the processes say until `deadline` (monotonic seconds); by default what they have said by now.

        Raises:
            StackError: a process ended; the message names it.
            StackStopped: somebody pressed Ctrl-C or sent SIGTERM.
        """
        for fact in self.family.facts_until(deadline):
            line = self._line(fact)
            if said := READY.search(line.text):
                self.ready[line.process] = line.text[said.end() :].strip()
            yield line

    def stop(self) -> None:
        """SIGTERM to all, the emulator last, so that the workers can still hand back what they hold.

        Who presses Ctrl-C again does not want to wait: everything is killed.
        """
        signal.signal(signal.SIGINT, lambda _signal, _frame: self.family.kill())
        self.family.stop([API, *self.workers], STOP_S)
        self.family.stop([LISTENER], 3.0)
        self.family.stop([EMULATOR], 3.0)
        self.family.close()

    def _until_ready(self, names: list[str], deadline: float) -> Iterator[Line]:
        """Read on until each of `names` has said that it is ready; the environment itself is not worth showing."""
        waiting = set(names)
        for line in self.watch(deadline):
            self.said.append(line)
            waiting -= self.ready.keys()
            if not _is_assignment(line.text):
                yield line
            if not waiting:
                return
        raise StackError(f"not ready after {START_S:.0f} s: {', '.join(sorted(waiting))}: see {self.family.logs}")

    def _new_key(self, environment: Mapping[str, str]) -> str:
        """A key for the local tenant, made by the command that makes every key."""
        command = [*script("callscribe"), "keys", "create", "--tenant", "local"]
        made = subprocess.run(  # noqa: S603 - our own script
            command, env=environment, capture_output=True, text=True, timeout=KEY_S, check=False
        )
        if made.returncode != 0:
            raise StackError(f"`callscribe keys create` ended with exit code {made.returncode}: {made.stderr.strip()}")
        return made.stdout.split()[-1]

    def _replace(self, worker: str, code: int) -> Line:
        """Start a worker again that a signal ended while it worked, as ECS would: its jobs wait for their leases."""
        del self.ready[worker]
        self.family.start(worker, script("callscribe-worker"), self.environment())
        return Line(worker, f"ended by signal {-code}: started again")

    def _line(self, fact: Fact) -> Line:
        """The line that a fact is; any end but that of a working worker ends the stack."""
        match fact:
            case Line():
                return fact
            case Ended(process, code) if code < 0 and process in self.workers and process in self.ready:
                return self._replace(process, code)
            case Ended(process, code):
                log = self.family.logs / f"{process}.log"
                raise StackError(f"{process} ended with exit code {code}: see {log}")
            case StopAsked():
                raise StackStopped


@contextmanager
def running(stack: Stack) -> Iterator[Stack]:
    """Stop `stack` at the end of the block, however it ends."""
    try:
        yield stack
    finally:
        stack.stop()


def _is_assignment(text: str) -> bool:
    """Whether a line is `NAME=value`, the form in which the emulator hands on the environment."""
    return text.partition("=")[0].isidentifier()
