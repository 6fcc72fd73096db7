"""A worker's sign of life: that it is there, what it holds, and how fast it has been."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from shared.capacity import WorkerSign
from shared.errors.root import CallscribeError
from shared.job import Key
from shared.observe import Observer
from shared.protocol.drive import World
from shared.protocol.intents import DeleteRow, PutRow
from worker.held import Work
from worker.lease import Leases

EVERY_S = 10.0
"""A worker that beats faster tells no more often than this."""
HOUR_S = 3_600.0
KNOWN_FROM_S = 60.0
"""So many seconds of calls must have been heard before a rate is told."""
KEPT_S = 86_400.0
"""The table itself forgets a worker that never said goodbye after a day."""
FIGURES = "figures.json"


@dataclass(slots=True)
class Rate:
    """Seconds of calls heard a second in which any was held, over the last hour in which enough was."""

    per_s: float | None = None
    samples: list[tuple[float, Work]] = field(default_factory=list)

    def note(self, at: float, work: Work) -> None:
        """Take in what has been done until `at`."""
        self.samples = [*(sample for sample in self.samples if at - sample[0] <= HOUR_S), (at, work)]
        first = self.samples[0][1]
        heard_s, busy_s = work.heard_s - first.heard_s, work.busy_s - first.busy_s
        if heard_s >= KNOWN_FROM_S and busy_s > 0:
            self.per_s = heard_s / busy_s


@dataclass(slots=True)
class Presence:
    """Tells of one worker; called by the heartbeat, which must not fail for it.

    Attributes:
        leases: what the worker holds and has done.
        world: where it tells.
        now: epoch seconds.
        observer: learns of a sign that could not be given.
        about: what never changes of it.
    """

    leases: Leases
    world: World
    now: Callable[[], float]
    observer: Observer
    about: WorkerSign
    rate: Rate = field(default_factory=Rate)
    told_at: float = 0.0

    def tell(self) -> None:
        """Give a sign of life, if the last one is a while ago."""
        now = self.now()
        if now - self.told_at < EVERY_S:
            return
        self.rate.note(now, self.leases.work)
        try:
            self.world.perform(PutRow(self._key, self._sign(now).model_dump(mode="json", exclude_none=True)))
            self.told_at = now
        except CallscribeError as error:
            self.observer.tell("heartbeat_failed", cause=error.code)

    def leave(self) -> None:
        """Say goodbye; a sign that stays behind is taken for dead within a minute."""
        try:
            self.world.perform(DeleteRow(self._key))
        except CallscribeError as error:
            self.observer.tell("heartbeat_failed", cause=error.code)

    @property
    def _key(self) -> Key:
        return Key.of_worker(self.about.id)

    def _sign(self, now: float) -> WorkerSign:
        rate = self.rate.per_s
        news = {
            "at": now,
            "held": {held.claim.job.id: round(held.left_s, 1) for held in self.leases.held},
            "rate": rate,
            "rtf": 1 / rate if rate else None,
            "expires_at": now + KEPT_S,
        }
        return self.about.model_copy(update=news)


def known_wer(model: Path) -> dict[str, float] | None:
    """The share of words wrong, by language, that the evaluation of a model left beside it; None if it left none."""
    place = model / FIGURES
    if not place.is_file():
        return None
    wer: dict[str, float] = json.loads(place.read_text("utf-8"))["wer"]
    return wer
