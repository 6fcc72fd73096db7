"""What a new openapi.json takes from those who wrote a client against the released one, a sentence each.

`PYTHONPATH=tests python -m contract.breaking` compares today's with the released one and exits 1 where something
breaks; with `--release` it makes today's the released one, which is a step of each release and of nothing else.
"""

import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contract.values import Document, Given, Json, Taken

import api

TODAY = Path(api.__file__).parent / "openapi.json"
RELEASED = Path(__file__).parent / "released.json.gz"
VERBS = ("get", "put", "post", "patch", "delete")


def breaks(released: Json, today: Json) -> list[str]:
    """Every breaking change, each in a sentence; empty where all is as it was, or more."""
    return list(Comparison(Document(released), Document(today)).all())


@dataclass(frozen=True)
class Comparison:
    """The released document beside today's."""

    old: Document
    new: Document

    @property
    def _taken(self) -> Taken:
        return Taken(self.old, self.new)

    @property
    def _given(self) -> Given:
        return Given(self.old, self.new)

    def all(self) -> Iterator[str]:
        after = _operations(self.new.root)
        for name, operation in _operations(self.old.root).items():
            if name not in after:
                yield f"{name} was removed."
            else:
                yield from self._operation(name, operation, after[name])

    def _operation(self, name: str, old: Json, new: Json) -> Iterator[str]:
        if (old.get("security"), old["description"]) != (new.get("security"), new["description"]):
            yield f"{name} asks for another scope: {new['description']}"
        if old["operationId"] != new["operationId"]:
            yield f"{name} was renamed in generated clients: {old['operationId']} to {new['operationId']}."
        for code in sorted(set(old["x-codes"]) - set(new["x-codes"])):
            yield f"{name} no longer answers with the code {code}."
        yield from self._parameters(name, old, new)
        yield from self._body(name, old.get("requestBody", {}), new.get("requestBody", {}))
        yield from self._answers(name, old["responses"], new["responses"])

    def _parameters(self, name: str, old: Json, new: Json) -> Iterator[str]:
        before, after = ({(p["in"], p["name"]): p for p in one["parameters"]} for one in (old, new))
        for key, parameter in before.items():
            where = f"{name}, {key[0]} parameter {key[1]}"
            if key not in after:
                yield f"{where}, was removed."
            else:
                yield from self._taken.compare(where, parameter["schema"], after[key]["schema"])
        for key, parameter in after.items():
            if parameter["required"] and not before.get(key, {}).get("required"):
                yield f"{name} now requires the {key[0]} parameter {key[1]}."

    def _body(self, name: str, old: Json, new: Json) -> Iterator[str]:
        if new and not old:
            yield f"{name} now requires a body."
        for media, content in old.get("content", {}).items():
            if media not in new.get("content", {}):
                yield f"{name} no longer takes {media}."
            else:
                yield from self._taken.compare(f"{name}, body", content["schema"], new["content"][media]["schema"])

    def _answers(self, name: str, old: Json, new: Json) -> Iterator[str]:
        for status in sorted(old.keys() ^ new.keys()):
            yield f"{name} {'no longer' if status in old else 'now'} answers with the status {status}."
        for status in sorted(old.keys() & new.keys()):
            where = f"{name}, answer {status}"
            before, after = self.old.at(old[status]), self.new.at(new[status])
            for header in sorted(before["headers"].keys() - after["headers"].keys()):
                yield f"{where}, no longer has the header {header}."
            for media, content in before.get("content", {}).items():
                if media not in after.get("content", {}):
                    yield f"{where}, no longer comes as {media}."
                else:
                    yield from self._given.compare(where, content["schema"], after["content"][media]["schema"])


def _operations(document: Json) -> dict[str, Json]:
    paths = document["paths"]
    return {f"{verb.upper()} {path}": paths[path][verb] for path in paths for verb in VERBS if verb in paths[path]}


def released() -> Json:
    """The document of the last release."""
    return json.loads(gzip.decompress(RELEASED.read_bytes()))


def main() -> int:
    if sys.argv[1:] == ["--release"]:
        RELEASED.write_bytes(gzip.compress(TODAY.read_bytes(), mtime=0))
    found = breaks(released(), json.loads(TODAY.read_text("utf-8")))
    print("\n".join(found) or "Nothing breaks.")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
