"""A queue with visibility over time: messages come doubled, late and out of order, handles go stale.

After ten receives a message moves to the dead letters. A delete by a stale handle works half of the time.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from shared.job import Lane, Receipt
from shared.protocol.intents import Delete, Hide, Ring

MOST_RECEIVES = 10


@dataclass(slots=True)
class Message:
    """A doorbell on its way."""

    number: int
    tenant: str
    job_id: str
    visible_at: float
    receives: int = 0
    received_at: dict[str, float] = field(default_factory=dict)
    """When it was received under each handle."""

    @property
    def handle(self) -> str:
        return f"{self.number}/{self.receives}"


@dataclass(frozen=True, slots=True)
class Manners:
    """How often a queue does what a queue may do."""

    doubles: float = 0.0
    delays: float = 0.0
    shows_twice: float = 0.0
    obeys_stale: float = 0.5
    miscounts: float = 0.0


TAME = Manners(obeys_stale=0.0)
LONGEST_DELAY_S = 600.0


class Queue:
    """One lane; `deleted` is told of every message that is deleted, and when it was received."""

    def __init__(self, lane: Lane, chance: random.Random, now: Callable[[], float]) -> None:
        self.lane = lane
        self.messages: dict[int, Message] = {}
        self.dead: dict[int, Message] = {}
        self.manners = TAME
        self.waiting: list[Any] = []
        """Threads that wait for a message; `wake` is called when the next may be seen earlier than was said."""
        self.looks_at = -1.0
        self.wake: Callable[[], None] = lambda: None
        self.bury: Callable[[], None] = lambda: None
        self.deleted: Callable[[Message, float], None] = lambda _message, _at: None
        self._chance = chance
        self._now = now
        self._sent = 0

    def send(self, intent: Ring) -> None:
        chance, manners = self._chance.random, self.manners
        for _ in range(1 + (chance() < manners.doubles)):
            delay_s = LONGEST_DELAY_S * chance() if chance() < manners.delays else 0.0
            self._sent += 1
            self.messages[self._sent] = Message(self._sent, intent.tenant, intent.job_id, self._now() + delay_s)
        self.wake()

    def receive(self, hidden_s: float) -> Receipt | None:
        now = self._now()
        visible = [message for message in self.messages.values() if message.visible_at <= now]
        if not visible:
            return None
        message = visible[0] if len(visible) == 1 else self._chance.choice(visible)
        if message.receives >= MOST_RECEIVES:
            self.dead[message.number] = self.messages.pop(message.number)
            self.bury()
            return self.receive(hidden_s)
        return self._handed(message, now, hidden_s)

    def hide(self, intent: Hide) -> None:
        message = self._held_by(intent.receipt)
        if message is not None:
            message.visible_at = self._now() + intent.seconds
            self.wake()

    def delete(self, intent: Delete) -> None:
        message = self._held_by(intent.receipt)
        number = int(intent.receipt.handle.partition("/")[0])
        stale = self.messages.get(number)
        if message is None and stale is not None and self._chance.random() < self.manners.obeys_stale:
            message = stale
        if message is not None:
            del self.messages[message.number]
            self.deleted(message, message.received_at[intent.receipt.handle])

    def count(self) -> int:
        return 0 if self._chance.random() < self.manners.miscounts else len(self.messages)

    def purge(self) -> None:
        self.messages.clear()

    def next_visible_at(self) -> float | None:
        return min((message.visible_at for message in self.messages.values()), default=None)

    def _handed(self, message: Message, now: float, hidden_s: float) -> Receipt:
        message.receives += 1
        if self._chance.random() >= self.manners.shows_twice:
            message.visible_at = now + hidden_s
        message.received_at[message.handle] = now
        return Receipt(message.tenant, message.job_id, self.lane, message.handle, message.receives)

    def _held_by(self, receipt: Receipt) -> Message | None:
        """The message, if `receipt` is the last that was given for it and it is still hidden."""
        message = self.messages.get(int(receipt.handle.partition("/")[0]))
        is_held = message is not None and message.handle == receipt.handle and message.visible_at > self._now()
        return message if is_held else None
