"""Which empty machines of the fleet are given back, before the capacity provider would: it keeps one for 15 minutes.

The memory of it is on the machine itself, as an attribute that says since when it has been empty, so the function
that acts on this needs no table and may die anywhere.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

EMPTY_S: Final = 180.0
"""A machine that has just booted is empty too, until its task is placed: seconds. This is far more."""

Step = Literal["mark", "unmark", "drain", "end"]


@dataclass(frozen=True, slots=True)
class Machine:
    """An instance of the cluster.

    `arn`: of the container instance. `instance_id`: of the EC2 instance under it. `tasks`: running or pending ones.
    `empty_since`: when it was first seen empty, epoch seconds; None if it was not.
    """

    arn: str
    instance_id: str
    tasks: int
    is_draining: bool = False
    empty_since: float | None = None


def steps(machines: Iterable[Machine], now: float) -> Iterator[tuple[Step, Machine]]:
    """What is to be done to each machine; none where nothing is.

    A machine is marked when it is first seen empty, drained when it still is `EMPTY_S` later, so that nothing is
    placed on it any more, and ended at a later look, if nothing was placed meanwhile.
    """
    for machine in machines:
        if step := _step(machine, now):
            yield step, machine


def _step(machine: Machine, now: float) -> Step | None:
    if machine.tasks:
        return "unmark" if machine.empty_since is not None else None
    if machine.empty_since is None:
        return "mark"
    if machine.is_draining:
        return "end"
    return "drain" if now - machine.empty_since >= EMPTY_S else None
