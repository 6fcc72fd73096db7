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
    """Run `steps` to their end and give back what they decided."""
    try:
        intent = next(steps)
        while True:
            intent = _answer(steps, world, intent)
    except StopIteration as end:
        result: T = end.value
        return result


def _answer(steps: Steps[T], world: World, intent: Intent[Any]) -> Intent[Any]:
    try:
        answer = world.perform(intent)
    except CallscribeError as error:
        return steps.throw(error)
    return steps.send(answer)
