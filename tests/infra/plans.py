"""A plan as the tests read it: resources by kind, with what is known of them and what will be."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from infra.record import managed


@dataclass(frozen=True)
class Planned:
    """One resource: its values, and for what is known only after apply a True at the same place of `later`."""

    address: str
    kind: str
    values: Any
    later: Any

    def has(self, *place: str | int) -> bool:
        """Whether there is something at the place, now or after apply."""
        return bool(_at(self.values, place)) or bool(_at(self.later, place))


def _at(value: Any, place: tuple[str | int, ...]) -> Any:
    for step in place:
        if value is True:
            return True
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


@dataclass(frozen=True)
class Plan:
    """What an environment would become, from nothing."""

    env: str
    document: Any

    @cached_property
    def resources(self) -> list[Planned]:
        """Every resource, those of modules included."""
        later = {change["address"]: change["change"]["after_unknown"] for change in self.document["resource_changes"]}
        return [
            Planned(one["address"], one["type"], one.get("values", {}), later.get(one["address"], {}))
            for one in managed(self.document["planned_values"]["root_module"])
        ]

    def of(self, kind: str) -> list[Planned]:
        """The resources of one kind."""
        return [one for one in self.resources if one.kind == kind]

    def named(self, kind: str, field: str = "name") -> set[str]:
        """The names of all resources of a kind."""
        return {one.values[field] for one in self.of(kind)}

    def settings(self) -> dict[tuple[str, str], list[str]]:
        """Address and path of every setting that is known, with its values; the environment's own name taken out."""
        found: dict[tuple[str, str], list[str]] = {}
        for one in self.resources:
            for path, value in leaves(json.loads(self._nameless(json.dumps(one.values)))):
                found.setdefault((one.address, path), []).append(json.dumps(value))
        return {key: sorted(values) for key, values in found.items()}

    def _nameless(self, text: str) -> str:
        for before, after in (
            ("callscribe-", ""),
            ("/callscribe/", "/"),
            ('"', '"'),
            ('"', "\\"),
            (" ", " "),
            (" ", '"'),
            ("$", '"'),
        ):
            text = text.replace(f"{before}{self.env}{after}", f"{before}ENV{after}")
        return text


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every plain value in a document, with its path; an item of a list is `[]`, wherever it stands."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, f"{path}[]")
    else:
        yield path, value
