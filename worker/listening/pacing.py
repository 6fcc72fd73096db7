"""The pace of what is made for listening: behind everything that the engine waits for, and not at all once given up."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from worker.speech.front.turns import Pace


class Paced(Protocol):
    """Whoever says when the next slice of work may be done."""

    def step(self, rest_s: float) -> AbstractContextManager[None]:
        """Do a slice of work, a tenth of a second or so; `rest_s` seconds of the call are left."""
        ...


class GivenUp(Exception):
    """The job ended without asking for it."""


@dataclass(frozen=True, slots=True)
class Aside:
    """Takes its turns with all jobs of a worker, as one that has the whole call before it still.

    Whoever prepares a call of the same length goes first, so the engine waits for nobody's listening.
    """

    pace: Pace
    behind_s: float
    given_up: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def step(self, rest_s: float) -> Iterator[None]:
        """Do a slice of work in its turn.

        Raises:
            GivenUp: nobody wants it any more.
            TransientError: the job was abandoned.
        """
        self._check()
        with self.pace.step(rest_s + self.behind_s):
            self._check()
            yield
        # The job may be waiting for nothing else, and lives.
        self.pace.progress.touch()

    def _check(self) -> None:
        if self.given_up.is_set():
            raise GivenUp
