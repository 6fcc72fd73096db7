"""Ids that an engine makes up: which new one stands for which recorded one.

They are found at the same place of the recorded and of the new answer, so that an engine which says more, or in
another order of fields, is understood as well as the recorded one.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

SHORTEST = 6
"""Characters of the shortest id that an engine makes up: what AWS hangs on the name of a secret."""
SEPARATORS = re.compile(r"([:/?&=])")
MOMENT = re.compile(r"^\d{4}-\d\d-\d\d|^[\d.]+$")
NAMED_AS_ID = re.compile(r"(id|arn)$", re.IGNORECASE)


@dataclass(slots=True)
class Ids:
    """What was learned so far: recorded id to new id."""

    known: dict[str, str] = field(default_factory=dict)

    def learn(self, recorded: str, answered: str) -> None:
        """Compare two answers to the same call."""
        new = dict(_leaves(answered))
        for place, old in _leaves(recorded):
            if place in new and new[place] != old:
                self._learn_parts(place, old, new[place])

    def renew(self, text: str) -> str:
        """The same text with new ids in the place of recorded ones, the longest first."""
        for old in sorted((old for old in self.known if old in text), key=len, reverse=True):
            text = text.replace(old, self.known[old])
        return text

    def _learn_parts(self, place: str, old: str, new: str) -> None:
        """An ARN or an address differs in one part only, which may later stand alone."""
        old_parts, new_parts = SEPARATORS.split(old), SEPARATORS.split(new)
        pairs = zip(old_parts, new_parts, strict=True) if len(old_parts) == len(new_parts) else [(old, new)]
        for was, now in pairs:
            if was != now and _is_id(place, was) and not MOMENT.match(old):
                self.known.setdefault(was, now)


def _is_id(place: str, value: str) -> bool:
    """Whether a value is made up, and no word of the protocol that an engine spells otherwise."""
    if len(value) < SHORTEST or MOMENT.match(value):
        return False
    return any(letter.isdigit() for letter in value) or bool(NAMED_AS_ID.search(place))


def _leaves(text: str) -> Iterator[tuple[str, str]]:
    """Every text in a document of JSON or XML, with the place where it stands."""
    start = text.lstrip()[:1]
    if start in ("{", "["):
        yield from _json_leaves("", json.loads(text))
    elif start == "<":
        yield from _xml_leaves("", ET.fromstring(text))  # noqa: S314 - the answer of our own emulator


def _json_leaves(place: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict | list):
        named = value.items() if isinstance(value, dict) else enumerate(value)
        for name, inner in named:
            yield from _json_leaves(f"{place}/{name}", inner)


def _xml_leaves(place: str, element: ET.Element) -> Iterator[tuple[str, str]]:
    if element.text and element.text.strip():
        yield place, element.text.strip()
    seen: dict[str, int] = {}
    for child in element:
        name = child.tag.rpartition("}")[2]
        seen[name] = seen.get(name, -1) + 1
        yield from _xml_leaves(f"{place}/{name}" + (f"[{seen[name]}]" if seen[name] else ""), child)
