"""Rights in the cloud: no action with a `*`, no resource that is only a `*`, unless the line above says why.

Read is the text of `*.tf` (policies as data sources, as `jsonencode` or as JSON in a heredoc) and the values of JSON.
A statement that denies takes away: in JSON it may name everything; in a `.tf` file it is explained like the rest.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ACTIONS = {"action", "actions"}
RESOURCES = {"resource", "resources"}
INVERTED = {"notaction", "notactions", "notresource", "notresources"}
"""They allow all but a few: as broad as a `*`."""
GIVEN = re.compile(r'(?<![\w.-])"?(?P<key>(?:not_?)?(?:actions?|resources?))"?\s*[=:]\s*(?=\S)', re.IGNORECASE)
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
WHY = re.compile(r"#\s*wildcard: \w+.*")
ALL_OF_A_SERVICE = re.compile(r"\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:\*")


def faults(folder: Path) -> list[str]:
    """Every wildcard under `folder` that nobody explained, with its file and line."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.suffix in {".tf", ".json", ".tftpl"}):
        text = path.read_text("utf-8")
        read = _of_json(json.loads(text)) if path.suffix == ".json" else _of_terraform(text)
        found += [f"{path.relative_to(folder)}: {fault}" for fault in read]
    return found


def _of_terraform(text: str) -> Iterator[str]:
    lines = ["", *text.splitlines()]
    for match in GIVEN.finditer(text):
        line = text.count("\n", 0, match.start("key")) + 1
        broad = _broad(match["key"], TEXT.findall(_value(text[match.end() :])))
        if broad and not WHY.search(lines[line]) and not WHY.fullmatch(lines[line - 1].strip()):
            yield f"{line}: {broad}"


def _value(text: str) -> str:
    """The expression at the head of `text`: to the end of its line, over as many lines as its brackets are open."""
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter in "[({") - (letter in "])}")
        if depth < 0 or (depth == 0 and letter in ",\n"):
            return text[:at]
    return text


def _of_json(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _of_json(one)
    if isinstance(value, dict) and value.get("Effect", value.get("effect")) != "Deny":
        for key, below in value.items():
            broad = _broad(key, [below] if isinstance(below, str) else below)
            yield from [broad] if broad else []
            yield from _of_json(below)


def _broad(key: str, values: Any) -> str:
    plain = key.replace("_", "").lower()
    texts = [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
    if plain in INVERTED and texts:
        return f"{key} allows all but {', '.join(texts)}"
    wide = [text for text in texts if plain in ACTIONS and "*" in text]
    wide += [text for text in texts if plain in RESOURCES and ALL_OF_A_SERVICE.fullmatch(text)]
    return f"{key} {', '.join(wide)}" if wide else ""
