"""openapi.json, made from the table of routes and the models: `python -m api.contract.describing.openapi` writes it."""

import json
import re
from collections.abc import Iterable
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.contract.describing import examples
from api.contract.problems import PROBLEM_TYPE, STATUSES, Problem
from api.contract.reading.accept import MEDIA_TYPES
from api.contract.routes import ROUTES, RouteSpec
from api.contract.submission import MultipartSubmission, Submission
from shared.transcript import Transcript

TARGET = Path(__file__).parents[2] / "openapi.json"
REF = "#/components/schemas/{model}"
REQUEST_ID = {"X-Request-Id": {"description": "name it when you ask us", "schema": {"type": "string"}}}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "1 to 128 visible ASCII characters, kept 24 h: the same key and body answer with the same job",
    "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
    "example": "crm-8841-v1",
}

Json = dict[str, Any]
JSON = "application/json"


def document() -> Json:
    """The description of the API, OpenAPI 3.1."""
    paths: dict[str, Json] = {}
    for route in ROUTES:
        if route.name != "show_docs":
            paths.setdefault(re.sub("<([a-z_]+)>", r"{\1}", route.path), {})[route.verb.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Callscribe",
            "version": version("callscribe"),
            "summary": "Recorded telephone calls in, text out.",
            "description": "Submit a call, wait for its job, read its transcript. The guide is api/README.md.",
        },
        "servers": [{"url": "/", "description": "this deployment"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "a key: csk_…"}},
        },
    }


def _operation(route: RouteSpec) -> Json:
    """One verb of one path."""
    operation: Json = {
        "operationId": route.name,
        "summary": route.summary,
        "description": f"Needs the scope `{route.scope}`." if route.scope else "Needs no key.",
        "parameters": [*_path_parameters(route), *_query_parameters(route)],
        "responses": {**_answers(route), **_refusals(route)},
    }
    if route.scope is None:
        operation["security"] = []
    if route.creates:
        operation["parameters"].append(IDEMPOTENCY_KEY)
    if route.name == "submit_job":
        operation["requestBody"] = _submission_body()
    if route.body is not None:
        operation["requestBody"] = _json_body(route)
    if route.name == "read_job":
        operation["parameters"].append(_header("If-None-Match", "the ETag of an earlier answer: 304 if it still holds"))
    return operation


def _path_parameters(route: RouteSpec) -> list[Json]:
    """The ids in the path."""
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "example": examples.JOB_ID}
        for name in re.findall("<([a-z_]+)>", route.path)
    ]


def _query_parameters(route: RouteSpec) -> list[Json]:
    """What may stand behind the question mark, from the model that reads it."""
    properties = route.query.model_json_schema()["properties"] if route.query else {}
    return [
        {"name": name, "in": "query", "required": False, "schema": _plain(schema)}
        | ({"description": schema["description"]} if "description" in schema else {})
        for name, schema in properties.items()
    ]


def _plain(schema: Json) -> Json:
    """`schema` of a parameter: what is not sent is not null."""
    given = next((part for part in schema.get("anyOf", []) if part.get("type") != "null"), schema)
    return {name: value for name, value in given.items() if name not in ("title", "description")}


def _header(name: str, description: str) -> Json:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": {"type": "string"}}


def _submission_body() -> Json:
    """The two forms of a submission, with an example of each way to hand over audio."""
    audio = {"type": "string", "contentMediaType": "application/octet-stream", "description": "at most 4,000,000 bytes"}
    parts = {"type": "object", "required": ["audio"], "properties": {"audio": audio, "job": _ref(MultipartSubmission)}}
    named = {"upload": {"value": examples.UPLOAD}, "s3_uri": {"value": examples.S3_URI}}
    return {
        "required": True,
        "content": {
            JSON: {"schema": _ref(Submission), "examples": named},
            "multipart/form-data": {"schema": parts, "encoding": {"job": {"contentType": "application/json"}}},
        },
    }


def _json_body(route: RouteSpec) -> Json:
    """The body of a request, with an example."""
    assert route.body is not None
    named = examples.REQUESTS.get(route.name)
    content = {"schema": _ref(route.body)} | ({"examples": named} if named else {})
    return {"required": True, "content": {JSON: content}}


def _answers(route: RouteSpec) -> Json:
    """What comes back when all is well."""
    answers: Json = {str(route.status): {"description": route.summary, "headers": REQUEST_ID, **_content(route)}}
    other = {"content": {JSON: {"schema": _ref(route.other)}}} if route.other else {}
    described = {"description": "The same without doing it" if route.other else "Unchanged", "headers": REQUEST_ID}
    return answers | {str(status): described | other for status in route.statuses}


def _content(route: RouteSpec) -> Json:
    """The body of a good answer: a job, a transcript in its forms, or a document."""
    if route.answer is not None:
        named = examples.ANSWERS.get(route.name)
        return {"content": {JSON: {"schema": _ref(route.answer)} | ({"example": named} if named else {})}}
    if route.name == "read_transcript":
        texts = {media: {"schema": {"type": "string"}} for form, media in MEDIA_TYPES.items() if form != "json"}
        return {"content": {JSON: {"schema": _ref(Transcript)}, **texts}}
    if route.status == HTTPStatus.NO_CONTENT:
        return {}
    return {"content": {JSON: {"schema": {"type": "object"}}}}


def _refusals(route: RouteSpec) -> Json:
    """One response a status, that names the codes it may carry."""
    by_status: dict[int, list[str]] = {}
    for code in route.refusals:
        by_status.setdefault(STATUSES[code], []).append(code)
    body = {"headers": REQUEST_ID, "content": {PROBLEM_TYPE: {"schema": _ref(Problem)}}}
    return {
        str(status): {"description": ", ".join(f"`{code}`" for code in codes), **body}
        for status, codes in sorted(by_status.items())
    }


def _ref(model: type[BaseModel]) -> Json:
    return {"$ref": REF.format(model=model.__name__)}


def _schemas() -> Json:
    """Requests as they are read, answers as they are written."""
    answers: Iterable[type[BaseModel]] = {one for route in ROUTES for one in (route.answer, route.other) if one}
    bodies = sorted({route.body for route in ROUTES if route.body}, key=lambda model: model.__name__)
    modes: list[Any] = [(model, "validation") for model in (Submission, MultipartSubmission, *bodies)]
    modes += [(model, "serialization") for model in sorted(answers, key=lambda model: model.__name__)]
    modes += [(Problem, "serialization"), (Transcript, "serialization")]
    _, schema = models_json_schema(modes, ref_template=REF)
    schemas: Json = schema["$defs"]
    return dict(sorted(schemas.items()))


if __name__ == "__main__":
    TARGET.write_text(json.dumps(document(), indent=1, ensure_ascii=False) + "\n", "utf-8")
