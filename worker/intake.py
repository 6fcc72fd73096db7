"""Long poll while there is room, one job thread per claim (endless loop 1 of the worker).

How much a worker holds is counted in seconds of calls, not in messages: enough for full batches, too little to
hoard. Live calls come first in everything that follows, and find room: the batch lane never fills it. A job that
was held during an unexplained death runs alone, so its neighbours never fail for it.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from shared.capacity import BATCH_LANE_SHARE, LONG_CALL_SHARE
from shared.errors.transient import TransientError
from shared.job import Claim, Lane, Outcome, Receipt
from shared.protocol.attending import take
from shared.protocol.drive import drive
from shared.protocol.intents import AskHands, Hands, Hide, Intent, WaitUntilFree
from worker.desk import Parts
from worker.handle import finish_claim, settle_receipt
from worker.held import Held

REST_S = 1.0
"""How often a lane without room, or without an answer from its queue, looks again."""


class Bell(Protocol):
    """What a queue must be able to do for a worker."""

    def receive(self, lane: Lane, wait_s: int, hidden_s: int) -> Receipt | None:
        """Receive one message by long poll."""


@dataclass(frozen=True, slots=True)
class Intake:
    """The way in for all lanes of one worker; claims are made one at a time, behind `gate`.

    `room`: most jobs held; `room_s`: seconds of calls held, of which the batch lane may take half, and one call a
    quarter: an hour-long one must not shut the door to the voicemail behind it.
    """

    bell: Bell
    parts: Parts
    jobs: ThreadPoolExecutor
    room: int
    room_s: float
    long_poll_s: int
    stop: threading.Event = field(default_factory=threading.Event)
    gate: threading.Lock = field(default_factory=threading.Lock)

    def run(self, lane: Lane) -> None:
        """Take jobs of `lane` until told to stop; a message that still arrives then is given back."""
        while not self.stop.is_set():
            if not self._wait_for(lambda: self.has_room(lane)):
                continue
            receipt = self._receive(lane)
            if receipt and self.stop.is_set():
                self.parts.world.perform(Hide(receipt, 0))
            elif receipt:
                self._admit(receipt)

    def work(self, receipt: Receipt) -> Outcome | None:
        """Handle one receipt to its end in this thread: None if the world is out of reach."""
        taken = self._take(receipt)
        return self._finish(taken) if isinstance(taken, Held) else taken

    def _admit(self, receipt: Receipt) -> None:
        taken = self._take(receipt)
        if isinstance(taken, Held):
            self.jobs.submit(self._finish, taken)

    def _take(self, receipt: Receipt) -> Held | Outcome | None:
        try:
            with self.gate:
                claimed = drive(take(receipt, self.parts.claimant), self)
                if isinstance(claimed, Claim):
                    job = claimed.job
                    self.parts.observer.tell("job_claimed", job_id=job.id, fence=claimed.fence, attempt=job.attempts)
                    return self.parts.leases.hold(claimed)
            return settle_receipt(claimed, receipt, self.parts)
        except TransientError as error:
            self._observe_outage(error, receipt.job_id)
        return None

    def perform(self, intent: Intent[Any]) -> Any:
        """Answer an intent of `take`: what this worker holds, and waiting, are known here."""
        match intent:
            case AskHands():
                leases = self.parts.leases
                return Hands(is_free=not leases.held, holds_suspect=leases.holds_suspect)
            case WaitUntilFree(receipt):
                return self._wait_hidden(receipt)
            case _:
                return self.parts.world.perform(intent)

    def _finish(self, held: Held) -> Outcome | None:
        try:
            with self.parts.tracing.span("job", held.claim.job.trace, **held.told):
                ending = finish_claim(held.claim, held.progress, self.parts)
                return settle_receipt(ending, held.claim.receipt, self.parts)
        except TransientError as error:
            self._observe_outage(error, held.claim.job.id)
        except Exception as error:  # noqa: BLE001 - a thread that dies in silence would keep the job for ever
            self.parts.observer.tell_crash(error, job_id=held.claim.job.id)
        finally:
            self.parts.leases.drop(held)
        return None

    def _wait_hidden(self, receipt: Receipt) -> None:
        """Wait until nothing is held, or the worker stops, and keep the message from others meanwhile."""
        leases = self.parts.leases
        while leases.held and not self.stop.is_set():
            self.parts.world.perform(Hide(receipt, self.parts.lease_s))
            self._wait_for(lambda: not leases.held, self.parts.lease_s / 3)

    def _receive(self, lane: Lane) -> Receipt | None:
        try:
            return self.bell.receive(lane, self.long_poll_s, self.parts.lease_s)
        except TransientError as error:
            self._observe_outage(error, None)
            self.stop.wait(REST_S)
        return None

    def has_room(self, lane: Lane) -> bool:
        """Whether another job of `lane` may be taken now."""
        leases = self.parts.leases
        held = leases.held
        share = 1 if lane is Lane.INTERACTIVE else BATCH_LANE_SHARE
        held_s = sum(min(one.left_s, self.room_s / LONG_CALL_SHARE) for one in held)
        is_full = len(held) >= self.room / share or held_s >= self.room_s / share
        return not leases.holds_suspect and not (held and is_full)

    def _wait_for(self, condition: Callable[[], bool], longest_s: float = REST_S) -> bool:
        with self.parts.leases.changed:
            return self.parts.leases.changed.wait_for(condition, longest_s)

    def _observe_outage(self, error: TransientError, job_id: str | None) -> None:
        self.parts.observer.tell("poll_failed", job_id=job_id, cause=error.code, aws=error.facts.get("aws"))
