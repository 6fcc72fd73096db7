"""What a request carries beside its body: ids in the path, words behind the question mark, headers."""

import re

from api.contract.describing.examples import IDS
from api.contract.describing.schemas import KINDS, Json, id_pattern, plain
from api.contract.routes import RouteSpec

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "1 to 128 visible ASCII characters, kept 24 h: the same key and body answer with the same job",
    "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
    "example": "crm-8841-v1",
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "the ETag of an earlier answer: 304 if it still holds",
    "schema": {"type": "string"},
}


def parameters_of(route: RouteSpec) -> list[Json]:
    """Every parameter of `route`."""
    headers = [IDEMPOTENCY_KEY] if route.creates else []
    if route.name == "read_job":
        headers = [*headers, IF_NONE_MATCH]
    return [*_in_path(route), *_in_query(route), *headers]


def _in_path(route: RouteSpec) -> list[Json]:
    """The ids; one of another form is unknown, which is 404 and no fault of a field."""
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": id_pattern(KINDS[name])},
            "example": IDS[name],
        }
        for name in re.findall("<([a-z_]+)>", route.path)
    ]


def _in_query(route: RouteSpec) -> list[Json]:
    """What may stand behind the question mark, from the model that reads it."""
    properties = route.query.model_json_schema()["properties"] if route.query else {}
    return [_query(name, schema) for name, schema in properties.items()]


def _query(name: str, schema: Json) -> Json:
    """One word of the query; a list is given by repeating it."""
    given = {"name": name, "in": "query", "required": False, "schema": plain(schema)}
    if "description" in schema:
        given["description"] = schema["description"]
    return given | ({"style": "form", "explode": True} if schema.get("type") == "array" else {})
