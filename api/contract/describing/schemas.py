"""The schemas of openapi.json: the models' own, and what their validators hold beyond them."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.contract.problems import Problem
from api.contract.routes import ROUTES
from api.contract.submission import S3_URI, MultipartSubmission, Request, Submission
from shared.transcript import Transcript

Json = dict[str, Any]
REF = "#/components/schemas/{model}"
KINDS: Mapping[str, str] = MappingProxyType(
    {"job_id": "job", "batch_id": "bat", "webhook_id": "whk", "delivery_id": "dlv", "erasure_id": "era"}
)
_OWN: Mapping[str, str] = MappingProxyType(
    {"JobView": "job", "BatchView": "bat", "WebhookView": "whk", "DeliveryView": "dlv", "ErasureView": "era"}
)
_ONE_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "AudioPlace": ("upload", "s3_uri"),
        "BatchItem": ("s3_uri", "job_id"),
        "BatchRequest": ("items", "selector"),
        "ErasureRequest": ("subject_ref", "reference", "batch_id"),
    }
)
_INSTANT = re.compile("_at$|^at$|_until$|^as_of$")


def ref(model: type[BaseModel]) -> Json:
    """A reference to the schema of `model`."""
    return {"$ref": REF.format(model=model.__name__)}


def id_pattern(prefix: str) -> str:
    """What an id of that kind looks like: a ULID's first digit is at most 7."""
    return f"^{prefix}_[0-7][0-9A-HJKMNP-TV-Z]{{25}}$"


def schemas() -> Json:
    """Requests as they are read, answers as they are written."""
    answers: Iterable[type[BaseModel]] = {one for route in ROUTES for one in (route.answer, route.other) if one}
    bodies = {route.body for route in ROUTES if route.body}
    modes: list[Any] = [(model, "validation") for model in (Submission, MultipartSubmission, *_by_name(bodies))]
    modes += [(model, "serialization") for model in (*_by_name(answers), Problem, Transcript)]
    _, schema = models_json_schema(modes, ref_template=REF)
    read = _request_names(Request)
    found = {name: _request(name, one) if name in read else _answer(name, one) for name, one in schema["$defs"].items()}
    return dict(sorted(found.items()))


def plain(schema: Json) -> Json:
    """`schema` without what is said elsewhere, and not null: a parameter that is not sent is not null."""
    given = next((part for part in schema.get("anyOf", []) if part.get("type") != "null"), schema)
    return {name: value for name, value in given.items() if name not in ("title", "description")}


def _by_name(models: Iterable[type[BaseModel]]) -> list[type[BaseModel]]:
    return sorted(models, key=lambda model: model.__name__)


def _request_names(root: type[BaseModel]) -> set[str]:
    """The names of all models of requests."""
    return {root.__name__}.union(*map(_request_names, root.__subclasses__()))


def _request(name: str, schema: Json) -> Json:
    """A part of a request: exactly one of some fields, and the address of an object, are validators' business."""
    for field in schema["properties"].values():
        for part in (field, *field.get("anyOf", ())):
            if "patternProperties" in part:
                part["additionalProperties"] = False
    if place := schema["properties"].get("s3_uri"):
        place["anyOf"][0]["pattern"] = f"^{S3_URI.pattern}$"
    names = _ONE_OF.get(name)
    return schema | {"oneOf": [_only(one, names) for one in names]} if names else schema


def _only(given: str, names: tuple[str, ...]) -> Json:
    """`given` has a value, and no other of `names` has."""
    others = {name: {"type": "null"} for name in names if name != given}
    return {"required": [given], "properties": {given: {"not": {"type": "null"}}, **others}}


def _answer(name: str, schema: Json) -> Json:
    """A part of an answer: all its fields are there, and it may grow; ids and instants have their form."""
    for field, one in schema.get("properties", {}).items():
        text = one if one.get("type") == "string" else next(iter(one.get("anyOf", [])), {})
        if text.get("type") == "string" and _INSTANT.search(field):
            text["format"] = "date-time"
        if field == "id" and name in _OWN:
            text["pattern"] = id_pattern(_OWN[name])
    kept = {key: value for key, value in schema.items() if key != "additionalProperties"}
    return kept | {"required": list(schema["properties"])} if "properties" in schema else kept
