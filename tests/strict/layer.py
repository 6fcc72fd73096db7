"""An emulator made as strict as AWS: all hooks over one set of clients, from one seed."""

import random
from dataclasses import dataclass

from strict.clock import Clock
from strict.queues import Rates, StrictQueues
from strict.stores import StrictIndexes, StrictObjects, busy
from strict.wire import Wire
from strict.worlds import connect_to

from shared.aws.clients import Clients


@dataclass(frozen=True, slots=True)
class Strict:
    """Clients whose emulator is no kinder than AWS, and the knobs of it."""

    clients: Clients
    wire: Wire
    queues: StrictQueues
    clock: Clock


def strict(endpoint: str, seed: int = 1, rates: Rates | None = None, *, lagging: bool = False) -> Strict:
    """Clients of `endpoint` under every hook; `lagging` lets indexes show what was true two seconds ago."""
    chance, clock = random.Random(seed), Clock()
    clients, plain = connect_to(endpoint), connect_to(endpoint)
    wire = Wire(busy(chance)).attach(clients.s3, clients.sqs, clients.sns, clients.dynamodb)
    queues = StrictQueues(plain.sqs, clock, chance, rates or Rates()).attach(clients.sqs)
    StrictObjects(chance).attach(clients.s3)
    if lagging:
        StrictIndexes(plain.dynamodb, clock).attach(clients.dynamodb)
    return Strict(clients, wire, queues, clock)
