"""JSON as the contract takes it: no duplicate keys, no NaN, no overflow, 32 levels, text that can be kept."""

import json
import math
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NoReturn

from api.contract.reading.fields import MOST_NAMED, pointer_to
from shared.errors.fields import FieldError
from shared.errors.requests import MalformedRequest, ValidationFailed

MAX_DEPTH = 32
# A string without an end reaches to the end, and nothing is given back: else each of its quotes begins another search.
_STRUCTURE = re.compile(r'"(?:[^"\\]++|\\.?)*+"?|([\[{])|([\]}])', re.DOTALL)
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def parse(body: bytes) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        MalformedRequest: it is no JSON, or JSON that two readers could understand differently.
        ValidationFailed: it is no object, or a string in it holds NUL or a lone surrogate.
    """
    data = _load(_decode(body))
    places = islice(_bad_strings(data), MOST_NAMED)
    bad = tuple(FieldError(where, "bad_string", "Leave out NUL and lone surrogates.") for where in places)
    if not isinstance(data, dict):
        raise ValidationFailed((FieldError("", "wrong_type", "Expected an object."),))
    if bad:
        raise ValidationFailed(bad)
    return data


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedRequest("The JSON is not UTF-8.") from error


def _load(text: str) -> Any:
    """Parse, with every looseness of the standard parser closed."""
    _limit_depth(text)
    try:
        return json.loads(
            text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant, parse_float=_finite
        )
    except ValueError as error:
        raise MalformedRequest("The body is not valid JSON.") from error


def _limit_depth(text: str) -> None:
    """Count brackets outside of strings, before a parser that recurses sees them."""
    depth = 0
    for token in _STRUCTURE.finditer(text):
        depth += (token.group(1) is not None) - (token.group(2) is not None)
        if depth > MAX_DEPTH:
            raise MalformedRequest(f"The JSON is nested deeper than {MAX_DEPTH} levels.")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that says two things of one field."""
    names = dict(pairs)
    if len(names) < len(pairs):
        raise MalformedRequest("An object of the JSON names a field twice.")
    return names


def _refuse_constant(name: str) -> NoReturn:
    """Refuse NaN and the infinities, which Python would take."""
    raise MalformedRequest(f"{name} is not JSON.")


def _finite(digits: str) -> float:
    """Refuse a number that a float can only hold as infinite."""
    number = float(digits)
    if not math.isfinite(number):
        raise MalformedRequest("A number of the JSON is too large.")
    return number


def _bad_strings(data: Any, path: tuple[int | str, ...] = ()) -> Iterator[str]:
    """Pointers of the strings that no store would keep as they are; a bad name points to its object."""
    if isinstance(data, str) and _UNKEEPABLE.search(data):
        yield pointer_to(path)
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in inner:
        if isinstance(step, str) and _UNKEEPABLE.search(step):
            yield pointer_to(path)
        yield from _bad_strings(value, (*path, step))
