"""api/README.md promises what is: its examples are sent, its tables compared with the classes."""

import json
import re
from pathlib import Path

import pytest
from contract.caller import WAV, Caller, form
from jsonschema import Draft202012Validator

import api
import shared.errors.jobs
import shared.errors.requests
from api.contract.codes import FIELD_CODES, WARNING_CODES
from api.contract.problems import STATUSES, Problem
from api.contract.routes import ROUTES
from shared.errors.jobs import JobError, WarningIsFailure
from shared.errors.requests import RequestError
from shared.event import Event

README = (Path(api.__file__).parent / "README.md").read_text("utf-8")
OPENAPI = json.loads((Path(api.__file__).parent / "openapi.json").read_text("utf-8"))
SCHEMAS = {**OPENAPI["components"]["schemas"], "Event": Event.model_json_schema(ref_template="#/$defs/{model}")}
# A block says what it is: `<!-- JobView -->` on the line before it, or `// JobView` as its first line.
FOUND = re.findall(r"(?:<!-- (\w+) -->\n\n?)?```json\n(?:// (\w+)\n)?(.*?)```", README, re.DOTALL)
BLOCKS = [json.loads(block) for *_, block in FOUND]
NAMED = [before or first for before, first, _ in FOUND]
SHAPES = {
    "data": "Event",
    "title": "Problem",
    "audio": "Submission",
    "items": "BatchRequest",
    "selector": "BatchRequest",
    "url": "WebhookRequest",
    "subject_ref": "ErasureRequest",
}
ROUTE_OF = {"BatchRequest": "/v1/batches", "WebhookRequest": "/v1/webhooks", "ErasureRequest": "/v1/erasures"}
CURLS = [line for line in re.findall(r"^curl .*", README.replace("\\\n", " "), re.MULTILINE) if "$URL/" in line]
SUBMISSIONS = [block for block in BLOCKS if "audio" in block and "object" not in block]


def told(block) -> str:
    """The schema of a block that does not name its own: by the field that only it has."""
    return next(name for field, name in SHAPES.items() if field in block)


def requested(curl: str) -> tuple[str, str]:
    """Verb and path of a command: it sends what it is told to, POST where there is a body, else GET."""
    verb = re.search(r"-X (\w+)", curl)
    body = re.search(r" (-F|-d|--data\S*|--json) ", curl)
    path = re.search(r"\$URL(/[^\s\"'?]*)", curl)
    return verb[1] if verb else "POST" if body else "GET", path[1]


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    lines = [line for line in section(title).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.replace("\\|", "/").strip("|").split("|")] for line in lines[1:]]


def named(module, root) -> dict[str, bool]:
    kinds = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, root)]
    return {kind.code: kind.retryable for kind in kinds if kind not in (root, WarningIsFailure)}


def test_the_errors_of_a_request_are_all_listed():
    listed = {code.strip("`"): (int(status), retryable) for status, code, _, retryable in rows("Errors of a request")}
    known = named(shared.errors.requests, RequestError) | {
        code: retryable for code, retryable in named(shared.errors.jobs, JobError).items() if code in STATUSES
    }

    assert listed == {code: (STATUSES[code], "yes" if known[code] else "no") for code in STATUSES}


def test_the_errors_of_a_job_are_all_listed():
    listed = {code.strip("`"): retryable == "yes" for code, _, retryable in rows("Errors of a job")[:-1]}

    assert listed == named(shared.errors.jobs, JobError)


def test_the_warnings_are_all_listed():
    assert [code.strip("`") for code, _ in rows("Warnings")] == list(WARNING_CODES)


def test_the_codes_of_a_field_are_all_listed():
    listed = section("Errors of a request").split("Codes of a field:")[1].split("\n\n")[0]

    assert set(re.findall("`([a-z_]+)`", listed)) == FIELD_CODES


def test_the_routes_are_all_listed():
    listed = {(cells[0].strip("`"), cells[3].strip("`")) for cells in rows("Routes")}
    shown = [route for route in ROUTES if route.path.startswith("/v1/")]

    assert listed == {(f"{r.verb} {r.path.replace('<', '{').replace('>', '}')}", r.scope or "none") for r in shown}


@pytest.mark.parametrize(("name", "block"), list(zip(NAMED, BLOCKS, strict=True)))
def test_a_block_is_what_it_says(name, block):
    checker = Draft202012Validator({**SCHEMAS[name or told(block)], "components": OPENAPI["components"]})

    assert [error.message for error in checker.iter_errors(block)] == []


@pytest.mark.parametrize("block", [b for b in BLOCKS if "object" not in b and told(b) in ROUTE_OF], ids=str)
def test_a_request_that_is_shown_is_accepted(world, block):
    world.store.put("sales-calls-eu", "call-8842.wav", WAV)

    assert Caller(world).post(ROUTE_OF[told(block)], block).status in (200, 201, 202)


@pytest.mark.parametrize("curl", CURLS)
def test_a_command_asks_for_what_is_there(curl):
    verb, path = requested(curl)

    ways = [re.sub("{[a-z_]+}", "[^/]+", known) for known, verbs in OPENAPI["paths"].items() if verb.lower() in verbs]
    assert any(re.fullmatch(way, path) for way in ways), f"{verb} {path}"


@pytest.mark.parametrize("body", SUBMISSIONS, ids=lambda body: str(body["audio"])[:30])
def test_the_submissions_are_accepted(world, body):
    world.store.put("sales-calls-eu", "call-8842.wav", WAV)

    assert Caller(world).submit(body).status == 202


def test_the_defaults_are_the_defaults(world):
    shown = next(body for body in SUBMISSIONS if "options" in body)
    bare = {"audio": shown["audio"]}
    caller = Caller(world)

    jobs = [caller.job(caller.submit(body).json["id"]) for body in (shown, bare)]

    facts = {"id", "audio", "created_at", "check_shard"}
    assert jobs[0].model_dump(exclude=facts) == jobs[1].model_dump(exclude=facts)


def test_the_problem_is_what_a_typing_error_gets(world):
    shown = next(block for block in BLOCKS if "title" in block)

    answer = Caller(world).submit({"audio": {"upload": {"bytes": 7}}, "options": {"langauge": "fr"}})

    assert answer.json == shown
    assert Problem.model_validate(shown)


def test_the_event_is_an_event():
    shown = next(block for block in BLOCKS if "data" in block)

    assert Event.model_validate(shown).model_dump(mode="json") == shown


def test_the_quick_start_sends_what_is_taken(world):
    job = re.search(r"-F 'job=(.*?)'", section("Quick start"))
    caller = Caller(world)
    body, content_type = form(WAV, json.loads(job[1]))

    submitted = caller.post("/v1/jobs", body, Content_Type=content_type).json
    read = caller.get(f"/v1/jobs/{submitted['id']}?wait=20")

    assert (submitted["reference"], read.status) == ("crm-call-8841", 200)
