"""Carries waves out, several at a time: each in a process of its own, since only a process without threads forks well."""

import gc
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache

from chaos import kills
from chaos.checks.verdict import Verdict
from chaos.faults.catalogue import FAULTS
from chaos.place import clients_at
from chaos.plan import SHORT_LEASE_S, Plan, Trouble
from chaos.roles.scribe import example
from chaos.roles.working import decoder
from chaos.wave import Wave, wave

from shared.aws.clients import Clients


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a wave came to, by point or fault, and how long it took."""

    verdicts: dict[str, Verdict]
    took_s: float


def carried_out(tasks: Sequence[Plan | Trouble], endpoints: list[str], at_once: int) -> Iterator[Outcome]:
    """Carry out plans and faults; outcomes as they come."""
    prepare(endpoints)
    with ProcessPoolExecutor(at_once, mp_context=multiprocessing.get_context("fork")) as pool:
        futures = [
            pool.submit(carry_out, task, endpoints[number % len(endpoints)]) for number, task in enumerate(tasks)
        ]
        for future in as_completed(futures):
            yield future.result()


def prepare(endpoints: list[str]) -> None:
    """Import, make clients and prove the decoder's seal before anybody is forked."""
    for endpoint in endpoints:
        clients_of(endpoint)
    decoder()
    example()
    gc.freeze()


def carry_out(task: Plan | Trouble, endpoint: str) -> Outcome:
    """One wave."""
    began = time.monotonic()
    lease_s, ahead_s = (task.lease_s, task.ahead_s) if isinstance(task, Plan) else (SHORT_LEASE_S, 0.0)
    with wave(endpoint, clients_of(endpoint), lease_s, ahead_s) as one:
        if isinstance(task, Plan):
            how: Callable[..., dict[str, Verdict]] = getattr(kills, task.how)
            verdicts = how(one, task.points, task.neighbours)
        else:
            one.patience = task.patience
            verdicts = {task.name: _befallen(one, task.name)}
    return Outcome(verdicts, time.monotonic() - began)


def _befallen(one: Wave, name: str) -> Verdict:
    """What a fault came to; one that could not even be brought about is a breach, not the end of the run."""
    try:
        return FAULTS[name](one)
    except AssertionError as error:
        return Verdict(breaches=[f"it could not be brought about: {error}"])


@cache
def clients_of(endpoint: str) -> Clients:
    """The clients of this process and of all that are forked from it."""
    return clients_at(endpoint)
