"""The one heartbeat of a worker: it renews all that is held, and gives up what is lost."""

from typing import TYPE_CHECKING

from sim.actors.hearing import Held
from sim.asks import Park, Wait
from sim.running import Script

from shared.errors.transient import LeaseLost, TransientError
from shared.protocol.claiming import GRACE_S
from shared.protocol.working import renew

if TYPE_CHECKING:
    from sim.actors.workers import Worker

LEASE_S = 60
HEARTBEAT_S = 20.0
AGAIN_S = 2.0
"""So soon it beats again where a lease could not be renewed."""
STILL_S = 300.0
"""What has not moved for so long is no longer extended."""


def beats(worker: "Worker") -> Script:
    """Beat while anything is held; after two refusals in a row the rest waits for the next beat."""
    answers: list[bool] = []
    while True:
        if not worker.held:
            yield Park(worker.changed, is_over=lambda: bool(worker.held))
        yield Wait(HEARTBEAT_S if all(answers) else AGAIN_S)
        answers = []
        for held in list(worker.held):
            if worker.process.now() - held.moved_at < STILL_S and answers[-2:] != [False, False]:
                answers.append((yield from _beat(worker, held)))


def _beat(worker: "Worker", held: Held) -> Script:
    """Renew one lease; False if that could not be done now."""
    worker.heart.claim = held.claim
    try:
        if not (yield from renew(held.claim, worker.process.now() + LEASE_S + GRACE_S, LEASE_S, {})):
            worker.give_up(held, LeaseLost())
    except TransientError:
        return False
    return True
