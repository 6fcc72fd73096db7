"""What the benchmark runs against: the emulator in a process of its own, and the API where a row needs it."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.cli.processes import LOOPBACK, Ended, Family, Line, free_port, inherited, script
from api.client import Client

START_S = 90.0
STOP_S = 10.0
TENANT = "bench"


class NotStarted(Exception):
    """A process that the benchmark needs did not start."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A running emulator: what its clients find in their environment, and the processes around it."""

    family: Family
    environment: Mapping[str, str]

    def until(self, name: str, said: str) -> str:
        """Read on until a process says something that holds `said`; the whole line."""
        for fact in self.family.facts_until(time.monotonic() + START_S):
            match fact:
                case Line(process, text) if process == name and said in text:
                    return text
                case Ended(process, code) if process == name:
                    raise NotStarted(f"{name} ended with exit code {code}: see {self.family.logs / name}.log")
        raise NotStarted(f"{name} did not say {said!r} within {START_S:.0f} s: see {self.family.logs / name}.log")

    def stop(self, name: str) -> None:
        """End a process, and read on until it has gone: another of its name may start then."""
        self.family.stop([name], STOP_S)
        for fact in self.family.facts_until(time.monotonic() + STOP_S):
            if isinstance(fact, Ended) and fact.process == name:
                return


@contextmanager
def emulated(folder: Path) -> Iterator[Stack]:
    """Run the emulator; this process becomes a client of it."""
    family = Family(folder / "log")
    family.start("emulator", script("callscribe-emulator"), inherited())
    told: dict[str, str] = {}
    try:
        for fact in family.facts_until(time.monotonic() + START_S):
            assert isinstance(fact, Line), f"the emulator ended: see {family.logs}"
            if fact.text.startswith("ready "):
                break
            name, sign, value = fact.text.partition("=")
            if sign and name.isidentifier():
                told[name] = value
        local = {"CALLSCRIBE_DECODER_SANDBOX": "preferred", "CALLSCRIBE_LOG_FORMAT": "text"}
        os.environ.update(told | local)  # noqa: TID251 - composition root: botocore and Settings read it there
        yield Stack(family, {**inherited(), **told, **local})
    finally:
        family.stop(["api", "worker", "emulator"], STOP_S)
        family.close()


@contextmanager
def served(stack: Stack) -> Iterator[Client]:
    """Run the API beside the emulator, and give a client of it."""
    port = free_port()
    environment = {
        **stack.environment,
        "CALLSCRIBE_PORT": str(port),
        "CALLSCRIBE_BASE_URL": f"http://{LOOPBACK}:{port}",
        # What is measured is the service, not the rate that it allows a tenant.
        "CALLSCRIBE_SUBMITS_PER_S": "10000",
        "CALLSCRIBE_SUBMIT_BURST": "10000",
    }
    stack.family.start("api", script("callscribe-api"), environment)
    command = [*script("callscribe"), "keys", "create", "--tenant", TENANT]
    key = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()[-1]
    stack.until("api", "ready")
    try:
        yield Client(f"http://{LOOPBACK}:{port}", key)
    finally:
        stack.stop("api")
