"""openapi.json says what the app does: same routes, same models, examples that are right."""

import json
import re
from pathlib import Path

import openapi_spec_validator
import pytest
from contract.caller import WAV, Caller
from jsonschema import Draft202012Validator

import api
from api.app import router
from api.contract.describing import examples
from api.contract.describing.call import TRANSCRIPT
from api.contract.describing.openapi import TAGS, document
from api.contract.describing.shown import TEXTS
from api.contract.routes import ROUTES
from api.formats import as_srt, as_txt, as_vtt
from shared.ids import is_id

WRITTEN = json.loads((Path(api.__file__).parent / "openapi.json").read_text("utf-8"))
COMPONENTS = WRITTEN["components"]
OPERATIONS = {found["operationId"]: found for verbs in WRITTEN["paths"].values() for found in verbs.values()}
EXAMPLE = Path(__file__).parents[1] / "transcript" / "example.json"
each_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda one: one["operationId"])


def at(node):
    """`node`, or what it refers to."""
    return follow(node["$ref"]) if "$ref" in node else node


def follow(reference: str):
    node = WRITTEN
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


def refs(node) -> set[str]:
    found = {node["$ref"]} if isinstance(node, dict) and "$ref" in node else set()
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return found.union(*map(refs, inner))


def contents():
    """Every body of a request, an answer or a refusal: where it stands, its schema, and its examples."""
    bodies = dict(COMPONENTS["responses"])
    for name, operation in OPERATIONS.items():
        bodies[f"{name} body"] = operation.get("requestBody", {})
        bodies |= {f"{name} {status}": answer for status, answer in operation["responses"].items()}
    for place, body in bodies.items():
        for media, content in body.get("content", {}).items():
            if media.startswith("multipart/"):
                continue  # bytes: test_readme sends some
            named = content.get("examples", {})
            shown = [one["value"] for one in named.values()] if named else [content.get("example")]
            yield f"{place} {media}", content["schema"], shown


def test_the_written_description_has_not_drifted():
    assert document() == WRITTEN, "write it again: python -m api.contract.describing.openapi"


def test_the_description_is_valid_openapi():
    openapi_spec_validator.validate(WRITTEN)


def test_every_route_of_the_table_is_served_and_no_other():
    served = {(verbs[0] if isinstance(verbs, tuple) else verbs, rule) for rule, verbs, *_ in router._routes}

    assert served == {(route.verb, route.path) for route in ROUTES}


def test_every_reference_leads_somewhere():
    assert all(follow(reference) for reference in refs(WRITTEN))


@each_operation
def test_every_operation_describes_its_refusals(operation):
    assert {"400", "405", "500", "503"} <= set(operation["responses"])
    assert ("401" in operation["responses"]) == ("security" not in operation)
    assert all("X-Request-Id" in at(response)["headers"] for response in operation["responses"].values())


@each_operation
def test_every_operation_belongs_to_a_noun(operation):
    assert set(operation["tags"]) <= set(TAGS)


def test_parameters_of_a_path_have_the_form_of_their_kind():
    for path, verbs in WRITTEN["paths"].items():
        for operation in verbs.values():
            found = {p["name"]: p for p in operation["parameters"] if p["in"] == "path"}
            assert list(found) == re.findall("{(.+?)}", path)
            for parameter in found.values():
                assert re.fullmatch(parameter["schema"]["pattern"], parameter["example"])
                assert is_id(parameter["example"][:3], parameter["example"])


def test_the_idempotency_key_is_described_where_it_is_heeded():
    heeding = {
        name
        for name, operation in OPERATIONS.items()
        if "Idempotency-Key" in {parameter["name"] for parameter in operation["parameters"]}
    }

    assert heeding == {"submit_job", "create_batch", "create_erasure", "create_webhook"}


def test_the_status_of_a_list_may_be_repeated():
    status = next(p for p in OPERATIONS["list_jobs"]["parameters"] if p["name"] == "status")

    assert (status["style"], status["explode"], status["schema"]["type"]) == ("form", True, "array")


@pytest.mark.parametrize(
    ("where", "schema", "shown"), list(contents()), ids=lambda part: part if isinstance(part, str) else ""
)
def test_every_body_is_shown_and_fits_its_schema(where, schema, shown):
    checker = Draft202012Validator({**schema, "components": COMPONENTS})

    assert shown, where
    assert [error.message for one in shown for error in checker.iter_errors(one)] == []


def test_answers_hold_all_their_fields_and_may_grow():
    shown = [name for name in COMPONENTS["schemas"] if name.endswith(("View", "List")) or name == "Transcript"]

    for name in shown:
        schema = COMPONENTS["schemas"][name]
        assert set(schema["required"]) == set(schema["properties"]), name
        assert "additionalProperties" not in schema


def test_requests_refuse_what_they_do_not_know():
    for name in ("Submission", "BatchRequest", "ErasureRequest", "WebhookRequest", "OptionsWish"):
        assert COMPONENTS["schemas"][name]["additionalProperties"] is False


def test_links_lead_to_operations_with_their_parameters():
    links = [
        link for one in OPERATIONS.values() for r in one["responses"].values() for link in r.get("links", {}).items()
    ]

    assert {"redeliver", "retry_job", "cancel_batch", "read_erasure", "delete_webhook"} <= {name for name, _ in links}
    for name, link in links:
        known = {parameter["name"] for parameter in OPERATIONS[name]["parameters"]}
        assert link["operationId"] == name
        assert set(link["parameters"]) <= known


@pytest.mark.parametrize("name", ["upload", "s3_uri"])
def test_the_examples_of_a_submission_are_accepted(world, name):
    world.store.put("sales-calls-eu", "call-8842.wav", WAV)

    assert Caller(world).submit(examples.REQUESTS["submit_job"][name]["value"]).status == 202


def test_the_example_of_an_answer_has_the_fields_of_an_answer(world):
    answer = Caller(world).submit(examples.UPLOAD).json
    shown = OPERATIONS["submit_job"]["responses"]["202"]["content"]["application/json"]["example"]

    same = ("audio", "reference", "metadata", "tags", "options", "status", "timing", "expires")
    assert list(answer) == list(shown)
    assert {name: answer[name] for name in same} == {name: shown[name] for name in same}


def test_the_call_that_is_shown_is_the_one_that_is_computed():
    first = TRANSCRIPT.model_copy(update={"utterances": TRANSCRIPT.utterances[:1]})

    assert TRANSCRIPT.model_dump(mode="json") == json.loads(EXAMPLE.read_text("utf-8"))
    assert {"txt": as_txt(first), "srt": as_srt(first), "vtt": as_vtt(first)} == TEXTS


def test_the_description_and_the_page_need_no_key_and_no_other_host(world):
    caller = Caller(world)

    description, page = caller.get("/v1/openapi.json", Authorization=""), caller.get("/docs", Authorization="")

    assert description.json == WRITTEN
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert not re.search(r"(src|href)=['\"]https?://", page.text)
    assert '"submit_job"' in page.text
