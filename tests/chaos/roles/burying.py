"""The consumer of dead letters, in a process that dies around the write that ends a job."""

import sys
from dataclasses import dataclass
from typing import Any, Literal

from chaos.journal import Journal
from chaos.place import Place
from chaos.roles.healing import Harmless, clock, parts_of
from chaos.traps import kill
from chaos.watched import Watched

from api.functions import deadletters
from api.local.triggers import Trigger
from shared.protocol.intents import ChangeRow, Intent, Publish

VISIBLE_AGAIN_S = 1


@dataclass(frozen=True, slots=True)
class Burying:
    """When the process dies: before the row is written, after it, after the event; None for never."""

    dies: Literal["before", "after", "told"] | None = None


@dataclass(frozen=True, slots=True)
class Dying:
    """A world that ends its process around one kind of step."""

    watched: Watched
    dies: str | None

    def perform(self, intent: Intent[Any]) -> Any:
        """Answer one intent, or not."""
        ends = isinstance(intent, ChangeRow) and intent.sets.get("status") == "failed"
        if ends and self.dies == "before":
            kill("")
        answer = self.watched.perform(intent)
        if (ends and self.dies == "after") or (isinstance(intent, Publish) and self.dies == "told"):
            kill("")
        return answer

    @property
    def store(self) -> Any:
        return self.watched.store


def bury(place: Place, journal: Journal, how: Burying) -> None:
    """Take dead letters until none is left; what a dead process had taken comes back after a second."""
    watched = Watched(place.world(), "R", journal, Harmless())
    parts = parts_of(place, Dying(watched, how.dies), journal, clock(0.0))
    sqs = place.clients.sqs
    sqs.set_queue_attributes(QueueUrl=place.url("dlq"), Attributes={"VisibilityTimeout": str(VISIBLE_AGAIN_S)})
    trigger = Trigger(sqs, place.url("dlq"), lambda event, _: deadletters.take(event, parts), parts.observer)
    for _ in range(10):
        trigger.feed(VISIBLE_AGAIN_S)
        if not place.count("dlq"):
            break
    sys.exit(0)
