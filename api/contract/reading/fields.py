"""Pydantic's findings in the words of the contract: where, which code, and how to mend it."""

import difflib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from api.contract.codes import FIELD_CODES
from shared.errors.fields import FieldError

FIRST_YEAR, LAST_YEAR = 1971, 9_998
"""Within these every time zone shows a moment that UTC has too, after the epoch."""
MOST_NAMED = 100
"""Findings that are told at once: a list of 80,000 would be more than an answer may hold."""
HEX_64 = "^[0-9a-f]{64}$"
CHANNEL = "^[0-7]$"
FORMS: Mapping[str, str] = MappingProxyType(
    {HEX_64: "64 lower-case hexadecimal digits", CHANNEL: "a channel number from 0 to 7"}
)
EXPECTED: Mapping[str, str] = MappingProxyType(
    {
        "string_type": "a string",
        "int_type": "a whole number",
        "int_from_float": "a whole number",
        "int_parsing": "a whole number",
        "bool_type": "true or false",
        "tuple_type": "a list",
        "dict_type": "an object",
        "model_type": "an object",
        "model_attributes_type": "an object",
    }
)
BOUNDS: Mapping[str, str] = MappingProxyType({"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"})
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "extra_forbidden": "unknown_field",
        "missing": "missing_field",
        "greater_than_equal": "out_of_range",
        "less_than_equal": "out_of_range",
        "too_short": "out_of_range",
        "string_too_short": "out_of_range",
        "too_long": "too_long",
        "string_too_long": "too_long",
        "literal_error": "not_allowed",
        "string_pattern_mismatch": "not_allowed",
    }
)


def field_errors(error: ValidationError, model: type[BaseModel], prefix: str = "") -> tuple[FieldError, ...]:
    """The first findings of `error` on `model`, pointing below `prefix`; the wrong values are in none of them."""
    findings = error.errors(include_url=False, include_input=False)
    places = {finding["loc"] for finding in findings}
    own = (finding for finding in findings if not _follows(finding, places))
    return tuple(_field_error(finding, model, prefix) for finding in islice(own, MOST_NAMED))


def _follows(finding: Any, places: AbstractSet[tuple[int | str, ...]]) -> bool:
    """Whether a list is too short only because entries of it, which are told of, are not valid."""
    own = finding["loc"]
    return finding["type"] == "too_short" and any(place[: len(own)] == own != place for place in places)


def instant_from(value: object) -> datetime:
    """Read an instant; one without a time zone could mean two moments."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise PydanticCustomError("wrong_type", "Give an instant with its time zone, as 2026-01-15T12:00:00Z.")
    return moment


def deadline_from(value: object) -> datetime:
    """Read an instant that is shown again: UTC must have it too, and the epoch must come before it."""
    moment = instant_from(value)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise PydanticCustomError("out_of_range", "Give an instant between the years 1971 and 9998.")
    return moment


def pointer_to(path: Sequence[int | str]) -> str:
    """The JSON pointer (RFC 6901) of a path of names and positions."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _field_error(finding: Any, model: type[BaseModel], prefix: str) -> FieldError:
    """One finding in our words."""
    kind: str = finding["type"]
    path = [step for step in finding["loc"] if step != "[key]"]
    context = finding.get("ctx", {})
    # Pydantic has a `too_long` of its own, told from ours by its facts.
    is_ours = kind in FIELD_CODES and "actual_length" not in context
    code = kind if is_ours else KINDS.get(kind, "wrong_type")
    message = finding["msg"] if is_ours else _message(code, kind, context)
    if code == "unknown_field":
        message = "Unknown field." + _did_you_mean(str(path[-1]), _names_beside(model, path))
    return FieldError(prefix + pointer_to(path), code, message)


def _message(code: str, kind: str, context: Mapping[str, Any]) -> str:
    """How to mend what `code` says; `kind` and `context` are pydantic's facts of it."""
    match code:
        case "missing_field":
            return "This field is required."
        case "too_long":
            return f"At most {context['max_length']:,} {'characters' if kind.startswith('string') else 'entries'}."
        case "out_of_range":
            return _bound(context)
        case "not_allowed":
            form = FORMS.get(context.get("pattern", ""), "the documented form")
            return f"Allowed: {context.get('expected', form)}."
        case _:
            return f"Expected {EXPECTED.get(kind, 'a value of another type')}."


def _bound(context: Mapping[str, Any]) -> str:
    """The bound that was passed; a length below its minimum has none, for each minimum is one."""
    bounds = (f"Give a value of {words} {context[name]:,}." for name, words in BOUNDS.items() if name in context)
    return next(bounds, "This must not be empty.")


def _did_you_mean(name: str, known: Sequence[str]) -> str:
    """A hint, where a known name is near."""
    near = difflib.get_close_matches(name, known, n=1)
    return f" Did you mean '{near[0]}'?" if near else ""


def _names_beside(model: type[BaseModel], path: Sequence[int | str]) -> list[str]:
    """The names that are known where the last step of `path` is not."""
    for step in path[:-1]:
        inner = _model_in(model.model_fields[str(step)].annotation)
        if inner is None:
            return []
        model = inner
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation such as `Model | None` holds."""
    candidates = [annotation, *get_args(annotation)]
    return next((c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)), None)
