"""openapi.json, made from the table of routes and the models: `python -m api.contract.describing.openapi` writes it."""

import json
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType

from api.contract.describing import examples
from api.contract.describing.answers import HEADERS, JSON, answers_of, codes_of, refusals
from api.contract.describing.parameters import parameters_of
from api.contract.describing.schemas import Json, ref, schemas
from api.contract.routes import ROUTES, RouteSpec
from api.contract.submission import MultipartSubmission, Submission

TARGET = Path(__file__).parents[2] / "openapi.json"
TAGS: Mapping[str, str] = MappingProxyType(
    {
        "jobs": "One call on its way to its transcript: submit it, follow it, read it, cancel it, try it again.",
        "erasures": "Forget a job, a person, a reference or a batch, with a receipt.",
        "batches": "Many calls at once, new ones or finished ones that are to be transcribed again.",
        "webhooks": "Be told of events at a URL of yours, signed; and the log of what was told.",
        "service": "What this deployment offers, and how busy it is.",
    }
)
_ABOUT = """Submit a call, wait for its job, read its transcript. The guide is api/README.md.

An unknown field of a request is refused; an answer may grow, so ignore what you do not know. Any answer but a good
one is `application/problem+json`, and its `code` says what to do."""


def document() -> Json:
    """The description of the API, OpenAPI 3.1."""
    paths: dict[str, Json] = {}
    for route in ROUTES:
        if route.path.startswith("/v1/"):
            paths.setdefault(re.sub("<([a-z_]+)>", r"{\1}", route.path), {})[route.verb.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Callscribe",
            "version": version("callscribe"),
            "summary": "Recorded telephone calls in, text out.",
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "this deployment"}],
        "tags": [{"name": name, "description": said} for name, said in TAGS.items()],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "responses": refusals(),
            "headers": HEADERS,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "a key: csk_…"}},
        },
    }


def _operation(route: RouteSpec) -> Json:
    """One verb of one path; `x-codes` are the codes of its refusals, for programs."""
    operation: Json = {
        "operationId": route.name,
        "tags": [_tag(route)],
        "summary": route.summary,
        "description": f"Needs the scope `{route.scope}`." if route.scope else "Needs no key.",
        "parameters": parameters_of(route),
        "responses": answers_of(route),
        "x-codes": codes_of(route),
    }
    if route.scope is None:
        operation["security"] = []
    if body := _body(route):
        operation["requestBody"] = {"required": True, "content": body}
    return operation


def _tag(route: RouteSpec) -> str:
    """The noun of the path."""
    noun = "erasures" if route.name == "erase_job" else route.path.split("/")[2]
    return noun if noun in TAGS else "service"


def _body(route: RouteSpec) -> Json:
    """The forms of a request's body, each with examples."""
    if route.name == "submit_job":
        return _submission()
    if route.body is None:
        return {}
    return {JSON: {"schema": ref(route.body), "examples": examples.REQUESTS[route.name]}}


def _submission() -> Json:
    """A submission with an example of each way to hand over audio."""
    audio = {
        "type": "string",
        "contentMediaType": "application/octet-stream",
        "minLength": 1,
        "description": "at most 4,000,000 bytes",
    }
    parts = {
        "type": "object",
        "required": ["audio"],
        "properties": {"audio": audio, "job": ref(MultipartSubmission)},
        "additionalProperties": False,
    }
    return {
        JSON: {"schema": ref(Submission), "examples": examples.REQUESTS["submit_job"]},
        "multipart/form-data": {"schema": parts, "encoding": {"job": {"contentType": "application/json"}}},
    }


if __name__ == "__main__":
    TARGET.write_text(json.dumps(document(), indent=1, ensure_ascii=False) + "\n", "utf-8")
