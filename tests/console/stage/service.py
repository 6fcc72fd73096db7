"""The service that the page is a window to: `callscribe up` in a folder of its own, and a caller beside the page."""

import io
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.cli.stack import API, EMULATOR, LISTENER, Stack, StackSettings
from api.client import ApiError, Client, Job, Wishes

CALLS = Path(__file__).parents[3] / "api" / "console" / "calls"
SHORT = CALLS / "richiamo-it.wav"
"""Thirty-three seconds in mu-law: the soonest transcribed of the bundled calls that plays as it is."""
WITHIN_S = 120.0


@dataclass(frozen=True, slots=True)
class Call:
    """A finished call and its transcript as the contract has it."""

    id: str
    transcript: dict[str, Any]

    @property
    def words(self) -> list[dict[str, Any]]:
        """Every word, by utterance."""
        return [word for utterance in self.transcript["utterances"] for word in utterance["words"]]

    @property
    def rare_words(self) -> list[dict[str, Any]]:
        """Words that are said once, in turns of several."""
        told = [word["word"] for word in self.words]
        turns = [one["words"] for one in self.transcript["utterances"] if len(one["words"]) > 1]
        return [word for turn in turns for word in turn if told.count(word["word"]) == 1]


@dataclass(frozen=True, slots=True)
class Service:
    """A running stack, its address, its key, and the client that makes what a test finds on the page."""

    stack: Stack
    client: Client

    @property
    def url(self) -> str:
        """Where the page lies."""
        return f"{self.stack.url}/console"

    @property
    def key(self) -> str:
        """The caller's key, with every scope."""
        return self.stack.key

    def ended(self, content: bytes, wishes: Wishes | None = None) -> Job:
        """A job whose audio is `content`, as it ended."""
        return self.client.finished(self.sent(content, wishes).id, WITHIN_S)

    def heard(self, content: bytes, wishes: Wishes | None = None) -> Call:
        """A finished call whose audio is `content`."""
        job = self.ended(content, wishes)
        return Call(job.id, json.loads(self.client.export(job.id, "json")))

    def sent(self, content: bytes, wishes: Wishes | None = None) -> Job:
        """A job whose audio is `content`, uploaded as the page does."""
        return self.client.submit(io.BytesIO(content), wishes)

    @contextmanager
    def idle_workers(self) -> Iterator[None]:
        """Let no worker do anything: what is sent meanwhile stays queued until the end of the block."""
        pids = [self.stack.family.pids()[name] for name in self.stack.workers]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
            self._cancel_what_waits()
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def _cancel_what_waits(self) -> None:
        """Leave no work behind: the message of a queued job may be with a worker that is stopped."""
        for job in [*self.client.jobs(status="queued"), *self.client.jobs(status="awaiting_upload")]:
            with suppress(ApiError):  # the list lags: it ended
                self.client.cancel(job.id)


@contextmanager
def running(folder: Path) -> Iterator[Service]:
    """Run a stack on free ports while the block lasts; its logs lie in `folder`."""
    stack = Stack(folder, StackSettings(port=0))
    try:
        for _line in stack.start():
            pass
        client = Client(stack.url, stack.key)
        with client.http:
            yield Service(stack, client)
    finally:
        stack.family.stop([API, *stack.workers], 30.0)
        stack.family.stop([LISTENER], 3.0)
        stack.family.stop([EMULATOR], 3.0)
        stack.family.close()
