"""What this worker holds, and the one heartbeat that keeps it (endless loop 2 of the worker).

Every beat extends the lease in the row and the visibility of the message, and brings stage and progress along.
A refused renewal means that the job is lost or canceled: its progress is told to give up.
"""

import threading
import time
from collections.abc import Callable
from typing import Protocol

from shared.errors.transient import Draining, LeaseLost, StorageUnavailable
from shared.job import Claim
from shared.observe import Observer
from shared.protocol.claiming import GRACE_S
from shared.protocol.drive import World, drive
from shared.protocol.working import renew
from worker.held import Held, Work, news_of
from worker.speech.progress import Progress as Running

STILL_S = 300.0
"""A job that shows no progress for so long is no longer extended: a heartbeat proves progress, not life."""

AGAIN_S = 2.0
"""So soon after a heartbeat that failed comes the next: an outage of a minute must not cost a lease."""


class Sign(Protocol):
    """A sign of life that goes with the heartbeat: `worker.presence`."""

    def tell(self) -> None:
        """Say that this worker lives; never fails."""

    def leave(self) -> None:
        """Say that it goes; never fails."""


class Leases:
    """All jobs that this worker holds; jobs come and go in their own threads.

    `at_edge` is called when the first job has come, and when the last has gone; it may take a while, and must not fail.
    """

    def __init__(self, world: World, lease_s: int, now: Callable[[], float], observer: Observer) -> None:
        """Hold nothing yet; `now` gives epoch seconds."""
        self.changed = threading.Condition()
        self._held: dict[tuple[str, int], Held] = {}
        self._world = world
        self._lease_s = lease_s
        self._now = now
        self._observer = observer
        self._ended = Work(0.0, 0.0)
        self._busy_since_s = 0.0
        self.at_edge: Callable[[], object] = _nothing

    def hold(self, claim: Claim) -> Held:
        """Keep the lease of `claim` alive until it is dropped."""
        held = Held(claim, Running(), time.monotonic())
        with self.changed:
            is_first = not self._held
            if is_first:
                self._busy_since_s = held.since_s
            self._held[claim.job.id, claim.fence] = held
        if is_first:
            self.at_edge()
        return held

    def drop(self, held: Held) -> None:
        """Let go of a job that has ended here."""
        with self.changed:
            del self._held[held.claim.job.id, held.claim.fence]
            busy_s = 0.0 if self._held else time.monotonic() - self._busy_since_s
            self._ended = Work(self._ended.heard_s + held.heard_s, self._ended.busy_s + busy_s)
            is_last = not self._held
            self.changed.notify_all()
        if is_last:
            self.at_edge()

    @property
    def held(self) -> tuple[Held, ...]:
        """What is held now."""
        with self.changed:
            return tuple(self._held.values())

    @property
    def work(self) -> Work:
        """What has been done so far, by calls that have ended and by those that are held."""
        with self.changed:
            busy_s = time.monotonic() - self._busy_since_s if self._held else 0.0
            heard_s = sum(held.heard_s for held in self._held.values())
            return Work(self._ended.heard_s + heard_s, self._ended.busy_s + busy_s)

    @property
    def holds_suspect(self) -> bool:
        """Whether a job is held that was held during an unexplained death: it runs alone."""
        return any(held.claim.job.attempts > 1 for held in self.held)

    def run(
        self, stop: threading.Event, heartbeat_s: float, sign: Sign, pulse: Callable[[], object] = lambda: None
    ) -> None:
        """Beat until `stop` is set; a sign of life goes with it. What could not be renewed is tried again soon.

        `pulse` goes with every beat, `sign` only with one that went well: it tells AWS.
        """
        pulse()
        sign.tell()
        wait_s = heartbeat_s
        while not stop.wait(wait_s):
            is_well = self.beat()
            pulse()
            wait_s = heartbeat_s if is_well else min(heartbeat_s, AGAIN_S)
            if is_well:
                sign.tell()
        sign.leave()

    def beat(self) -> bool:
        """Renew every lease once; False if one could not be. Two refusals in a row are an outage: the rest waits."""
        answers: list[bool] = []
        for held in self.held:
            if held.progress.still_s < STILL_S and answers[-2:] != [False, False]:
                answers.append(self._renew(held))
        return all(answers)

    def drain(self, longest_s: float) -> None:
        """Tell every job that needs more than `longest_s` to give up; the others finish."""
        now_s = time.monotonic()
        for held in self.held:
            rest_s = held.rest_s(now_s)
            if rest_s is None or rest_s > longest_s:
                held.progress.give_up(Draining())

    def _renew(self, held: Held) -> bool:
        """Renew one lease; False if that could not be done now."""
        claim, until = held.claim, self._now() + self._lease_s + GRACE_S
        try:
            if not drive(renew(claim, until, self._lease_s, news_of(held.progress)), self._world):
                held.progress.give_up(LeaseLost())
                self._observer.tell("lease_lost", job_id=claim.job.id, fence=claim.fence)
        except StorageUnavailable as error:
            self._observer.tell("heartbeat_failed", job_id=claim.job.id, cause=error.code)
            return False
        except Exception as error:  # noqa: BLE001 - a heart that dies in silence would lose every job to come
            self._observer.tell_crash(error, job_id=claim.job.id)
            return False
        return True


def _nothing() -> None:
    """Nobody is told of an edge."""
