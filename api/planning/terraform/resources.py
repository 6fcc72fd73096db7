"""The resources of a plan, and the words that all readers of one share."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Resource = Mapping[str, Any]
Values = Mapping[str, Any]


class NotPlanned(ValueError):
    """The plan lacks what the simulation needs; the message names it."""


def resources(module: Mapping[str, Any]) -> Iterator[Resource]:
    """Every resource of a module and of the modules in it."""
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from resources(child)


def every(found: Sequence[Resource], kind: str, lane: str = "") -> Iterator[Values]:
    """Values of all resources of a type; with a lane, of those whose key begins with its name."""
    for found_one in found:
        is_wanted = found_one["type"] == kind and found_one["mode"] == "managed"
        if is_wanted and str(found_one.get("index", "")).startswith(lane):
            yield found_one["values"]


def one(found: Sequence[Resource], kind: str, lane: str = "") -> Values:
    """Values of the first of them.

    Raises:
        NotPlanned: there is none.
    """
    values = next(every(found, kind, lane), None)
    if values is None:
        raise NotPlanned(f"no {kind} {lane}".rstrip())
    return values
