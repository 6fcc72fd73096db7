"""Every minute, where `fast_scale_in` is on: machines that stand empty are given back."""

from typing import Any

from api.parts import Parts, serving
from shared.aws.fleet import Fleet, connect_fleet
from shared.capacity.shrinking import steps
from shared.errors.root import CallscribeError
from shared.settings import BadConfiguration


def handler(_event: dict[str, Any], _context: Any) -> dict[str, int]:
    """Look once at every machine of the cluster that the settings name."""
    with serving() as parts:
        if parts.settings.cluster is None:
            raise BadConfiguration("CALLSCRIBE_CLUSTER: needed here, the name of the ECS cluster of the workers.")
        return run(connect_fleet(parts.settings.cluster), parts)


def run(fleet: Fleet, parts: Parts) -> dict[str, int]:
    """Take the next step with each machine; one that fails holds up no other, and is looked at again.

    Returns:
        How often each step was taken.

    Raises:
        StorageUnavailable: ECS did not list the machines.
    """
    now = parts.now()
    taken: dict[str, int] = {}
    for step, machine in list(steps(fleet.machines(), now)):
        try:
            fleet.do(step, machine, now)
        except CallscribeError as error:
            parts.observer.tell("fleet_failed", code=error.code, aws=error.facts.get("aws"))
            continue
        taken[step] = taken.get(step, 0) + 1
    parts.observer.tell("fleet_shrunk", found=sum(taken.values()), released=taken.get("end", 0))
    return taken
