"""Runs the steps of a protocol function against a world: AWS, memory, or a simulator."""

from typing import Any, Protocol, TypeVar

from shared.errors.root import CallscribeError
from shared.protocol.intents import Intent, Steps

T = TypeVar("T")


class World(Protocol):
    """Whatever can carry out an intent."""

    def perform(self, intent: Intent[Any]) -> Any:
        """Answer `intent`; a named failure is raised into the step that asked."""


def drive(steps: Steps[T], world: World) -> T:
    """Run `steps` to their end and give back what they decided; a named failure is raised where it was asked for."""
    try:
        intent = next(steps)
        while True:
            try:
                answer = world.perform(intent)
            except CallscribeError as error:
                intent = steps.throw(error)
            else:
                intent = steps.send(answer)
    except StopIteration as end:
        result: T = end.value
        return result
