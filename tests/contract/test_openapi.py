"""openapi.json says what the app does: same routes, same models, examples that work."""

import json
import re
from pathlib import Path

import openapi_spec_validator
import pytest
from contract.caller import WAV, Caller

import api
from api.app import router
from api.contract.describing import examples
from api.contract.describing.openapi import document
from api.contract.routes import ROUTES

WRITTEN = json.loads((Path(api.__file__).parent / "openapi.json").read_text("utf-8"))
OPERATIONS = [(path, verb, found) for path, verbs in WRITTEN["paths"].items() for verb, found in verbs.items()]


def refs(node) -> set[str]:
    found = {node["$ref"]} if isinstance(node, dict) and "$ref" in node else set()
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return found.union(*map(refs, inner))


def test_the_written_description_has_not_drifted():
    assert document() == WRITTEN, "write it again: python -m api.contract.describing.openapi"


def test_the_description_is_valid_openapi():
    openapi_spec_validator.validate(WRITTEN)


def test_every_route_of_the_table_is_served_and_no_other():
    served = {(verbs[0] if isinstance(verbs, tuple) else verbs, rule) for rule, verbs, *_ in router._routes}

    assert served == {(route.verb, route.path) for route in ROUTES}


def test_every_reference_leads_somewhere():
    known = {f"#/components/schemas/{name}" for name in WRITTEN["components"]["schemas"]}

    assert refs(WRITTEN) <= known


@pytest.mark.parametrize(("path", "verb", "operation"), OPERATIONS, ids=lambda part: str(part)[:40])
def test_every_operation_describes_its_refusals(path, verb, operation):
    assert {"500", "503"} <= set(operation["responses"])
    assert ("401" in operation["responses"]) == ("security" not in operation)
    assert all("X-Request-Id" in response["headers"] for response in operation["responses"].values())


def test_parameters_of_a_path_are_described():
    for path, _, operation in OPERATIONS:
        described = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
        assert described == set(re.findall("{(.+?)}", path))


def test_the_idempotency_key_is_described_by_its_name():
    assert "Idempotency-Key" in {p["name"] for p in WRITTEN["paths"]["/v1/jobs"]["post"]["parameters"]}


@pytest.mark.parametrize("name", ["upload", "s3_uri"])
def test_the_examples_of_a_submission_are_accepted(world, name):
    world.store.put("sales-calls-eu", "call-8842.wav", WAV)
    body = WRITTEN["paths"]["/v1/jobs"]["post"]["requestBody"]["content"]["application/json"]["examples"][name]["value"]

    assert Caller(world).submit(body).status == 202


def test_the_example_of_an_answer_has_the_fields_of_an_answer(world):
    answer = Caller(world).submit(examples.UPLOAD).json
    shown = WRITTEN["paths"]["/v1/jobs"]["post"]["responses"]["202"]["content"]["application/json"]["example"]

    same = ("audio", "reference", "metadata", "tags", "options", "status", "timing", "expires")
    assert list(answer) == list(shown)
    assert {name: answer[name] for name in same} == {name: shown[name] for name in same}


def test_the_description_and_the_page_need_no_key_and_no_other_host(world):
    caller = Caller(world)

    description, page = caller.get("/v1/openapi.json", Authorization=""), caller.get("/docs", Authorization="")

    assert description.json == WRITTEN
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert not re.search(r"(src|href)=['\"]https?://", page.text)
    assert '"submit_job"' in page.text
