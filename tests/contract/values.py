"""What a request may hold, and what an answer may: two schemas of one value, the released one and today's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
GROWING = ("warnings", "code", "event_type", "events")
"""Fields of answers that clients must take new values of; all others keep theirs."""


@dataclass(frozen=True)
class Document:
    """An openapi.json whose references can be followed."""

    root: Json

    def at(self, node: Any) -> Any:
        while isinstance(node, Mapping) and "$ref" in node:
            found = self.root
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            node = found
        return node

    def kinds(self, schema: Json) -> dict[str, Json]:
        """The types that a value may have, and what is said of each."""
        schema = self.at(schema)
        if "anyOf" in schema:
            return {kind: one for part in schema["anyOf"] for kind, one in self.kinds(part).items()}
        named = schema.get("type", "string" if {"enum", "const"} & schema.keys() else "anything")
        return dict.fromkeys([named] if isinstance(named, str) else named, schema)


@dataclass(frozen=True)
class Taken:
    """A value of a request: all that could be sent must still be taken."""

    old: Document
    new: Document

    def compare(self, where: str, old: Json, new: Json) -> Iterator[str]:
        before, after = self.old.kinds(old), self.new.kinds(new)
        for kind in sorted(before.keys() - after.keys()):
            yield f"{where}: {kind} is no longer taken."
        if "default" in old and old["default"] != new.get("default"):
            yield f"{where}: the default {old['default']!r} became {new.get('default')!r}."
        for kind in sorted(before.keys() & after.keys()):
            yield from _fewer_words(where, before[kind], after[kind])
            yield from _closer_limits(where, before[kind], after[kind])
            yield from self._inside(where, before[kind], after[kind])

    def _inside(self, where: str, old: Json, new: Json) -> Iterator[str]:
        yield from _closed(where, old, new)
        fields = _fields(new)
        for field, schema in _fields(old).items():
            if field not in fields:
                yield f"{where}/{field} was removed."
            else:
                yield from self.compare(f"{where}/{field}", schema, fields[field])
        for inner in ("items", "additionalProperties", "propertyNames"):
            if isinstance(new.get(inner), Mapping):
                yield from self.compare(f"{where}/[]", old.get(inner) or {}, new[inner])


@dataclass(frozen=True)
class Given:
    """A value of an answer: nothing that clients could not expect, and all that they could."""

    old: Document
    new: Document

    def compare(self, where: str, old: Json, new: Json) -> Iterator[str]:
        before, after = self.old.kinds(old), self.new.kinds(new)
        for kind in sorted(after.keys() - before.keys()):
            yield f"{where} may now be {kind}."
        for kind in sorted(before.keys() - after.keys() - {"null"}):
            yield f"{where} is no longer {kind}."
        for kind in sorted(before.keys() & after.keys()):
            yield from _more_words(where, before[kind], after[kind])
            yield from self._fields(where, before[kind], after[kind])
            for inner in ("items", "additionalProperties"):
                if isinstance(before[kind].get(inner), Mapping):
                    yield from self.compare(f"{where}/[]", before[kind][inner], after[kind].get(inner) or {})

    def _fields(self, where: str, old: Json, new: Json) -> Iterator[str]:
        fields, always = new.get("properties", {}), set(new.get("required", ()))
        for field, schema in old.get("properties", {}).items():
            if field not in fields:
                yield f"{where}/{field} was removed."
                continue
            if field in old.get("required", ()) and field not in always:
                yield f"{where}/{field} may now be absent."
            yield from self.compare(f"{where}/{field}", schema, fields[field])


def _fields(schema: Json) -> Json:
    """The fields of an object, by name or by the pattern of their names."""
    return {**schema.get("properties", {}), **schema.get("patternProperties", {})}


def _closed(where: str, old: Json, new: Json) -> Iterator[str]:
    """Fields of a request that must be given now, and others that may not be."""
    for field in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
        yield f"{where}/{field} is now required."
    if new.get("additionalProperties") is False and old.get("additionalProperties") is not False:
        yield f"{where}: other fields are no longer taken."


def _fewer_words(where: str, old: Json, new: Json) -> Iterator[str]:
    """Values of a request that were taken and are not, and a choice that is no longer free."""
    if _words(new):
        for word in sorted(_words(old) - _words(new)):
            yield f"{where}: the value {word} is no longer taken."
        if not _words(old):
            yield f"{where}: only some values are taken now."
    ways = [part.get("required") for part in new.get("oneOf", [])]
    if ways and (not old.get("oneOf") or any(part.get("required") not in ways for part in old["oneOf"])):
        yield f"{where}: fields that could be given together or alone no longer can."


def _closer_limits(where: str, old: Json, new: Json) -> Iterator[str]:
    """Limits of a value in a request that are closer than they were."""
    for name in (*UPPER, *LOWER):
        sign = -1 if name in LOWER else 1
        if name in new and (name not in old or sign * new[name] < sign * old[name]):
            yield f"{where}: {name} is {new[name]} now, was {old.get(name, 'without limit')}."
    for name in ("pattern", "format"):
        if name in new and new[name] != old.get(name):
            yield f"{where} has another {name}."


def _more_words(where: str, old: Json, new: Json) -> Iterator[str]:
    """Values of an answer that are new, where clients were promised all of them, and another form."""
    added = _words(new) - _words(old) if _words(old) else set()
    if added and where.removesuffix("/[]").rpartition("/")[2] not in GROWING:
        yield f"{where} has the new value {', '.join(sorted(added))}."
    for name in ("pattern", "format"):
        if name in old and old[name] != new.get(name):
            yield f"{where} has another {name}."


def _words(schema: Json) -> set[str]:
    return {str(word) for word in schema.get("enum", [schema["const"]] if "const" in schema else ())}
