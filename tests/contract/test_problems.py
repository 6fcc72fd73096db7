"""Every refusal is a problem with a code, a status and a way on."""

import pytest
from contract.caller import Caller

import shared.errors.requests
from api.contract.problems import PROBLEM_TYPE, STATUSES, answerable, problem_of
from api.contract.routes import ROUTES
from shared.errors.fields import FieldError
from shared.errors.jobs import (
    AudioAccessDenied,
    AudioExpired,
    AudioNotFound,
    EmptyFile,
    InternalError,
    UnsupportedFormat,
)
from shared.errors.requests import NotFound, RequestError, ValidationFailed
from shared.errors.transient import StorageUnavailable

OF_A_JOB_TOO = (AudioAccessDenied, AudioExpired, AudioNotFound, EmptyFile, InternalError, UnsupportedFormat)
REQUEST_ERRORS = [
    kind
    for kind in vars(shared.errors.requests).values()
    if isinstance(kind, type) and issubclass(kind, RequestError) and kind is not RequestError
]


@pytest.mark.parametrize("kind", [*REQUEST_ERRORS, *OF_A_JOB_TOO], ids=lambda kind: kind.code)
def test_every_error_has_a_status(kind):
    assert 400 <= STATUSES[kind.code] < 600


def test_no_status_is_without_an_error():
    assert set(STATUSES) == {kind.code for kind in [*REQUEST_ERRORS, *OF_A_JOB_TOO]}


def test_every_route_names_known_codes_only():
    assert {code for route in ROUTES for code in route.refusals} <= set(STATUSES)


def test_a_problem_has_every_field():
    error = ValidationFailed((FieldError("/options/langauge", "unknown_field", "Unknown field."),))

    problem = problem_of(error, "req_1").model_dump(mode="json")

    assert problem == {
        "type": "urn:callscribe:error:validation_failed",
        "title": "The request is not valid",
        "status": 422,
        "detail": "1 field is not valid.",
        "code": "validation_failed",
        "retryable": False,
        "request_id": "req_1",
        "errors": [{"pointer": "/options/langauge", "code": "unknown_field", "message": "Unknown field."}],
    }


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StorageUnavailable(aws="Throttling"), "unavailable"),
        (RuntimeError("secret"), "internal_error"),
        (NotFound(), "not_found"),
    ],
)
def test_what_went_wrong_inside_is_not_told(error, code):
    shown = problem_of(answerable(error), "r").model_dump_json()

    assert f'"code":"{code}"' in shown
    assert "secret" not in shown
    assert "Throttling" not in shown


def test_a_bug_is_500_and_its_text_is_in_no_sink(world, capfd):
    caller = Caller(world)

    def break_(_world, _intent):
        raise RuntimeError("canary-string")

    caller.world.before.append(break_)
    answer = caller.submit()

    assert (answer.status, answer.code) == (500, "internal_error")
    assert "canary-string" not in answer.text + "".join(capfd.readouterr())


def test_every_answer_has_a_request_id(world):
    caller = Caller(world)

    answers = [
        caller.submit(),
        caller.submit({}),
        caller.get("/nowhere"),
        caller.get("/docs"),
        caller.get("/v1/health", Authorization=""),
        caller.submit(Authorization=""),
    ]

    assert {answer.headers["X-Request-Id"] for answer in answers} == {"req-1"}
    assert {a.headers["Content-Type"] for a in answers if a.status >= 400} == {PROBLEM_TYPE}


def test_a_wrong_method_names_the_right_ones(world):
    answer = Caller(world).send("DELETE", "/v1/jobs", b"", {})

    assert (answer.status, answer.code, answer.headers["Allow"]) == (405, "method_not_allowed", "POST, GET")


class TestTheFirstCheckThatFailsAnswers:
    """Key, route, scope, size and type, syntax, existence, fields, state: a request wrong in all from one on."""

    BROKEN = b"{"
    UNKNOWN = "/v1/jobs/job_01KF0HJ2A2Q4W8XN2V5T6R9S0A/upload"

    @pytest.mark.parametrize("url", ["/v1/nowhere", "/v1/jobs", UNKNOWN])
    def test_the_key_comes_before_the_route(self, world, url):
        assert Caller(world).send("PUT", url, self.BROKEN, {"Authorization": ""}).status == 401

    def test_the_route_comes_before_the_scope(self, world):
        caller = Caller(world, scopes=("jobs:read",))

        assert [caller.post("/v1/nowhere").status, caller.send("PUT", "/v1/jobs", b"", {}).status] == [404, 405]

    def test_the_scope_comes_before_the_body(self, world):
        caller = Caller(world, scopes=("jobs:read",))

        assert caller.post("/v1/jobs", self.BROKEN, Content_Type="text/plain").status == 403

    def test_the_media_type_comes_before_the_syntax(self, world):
        assert Caller(world).post("/v1/jobs", self.BROKEN, Content_Type="text/plain").status == 415

    def test_the_size_comes_before_the_syntax(self, world):
        assert Caller(world).post("/v1/jobs", self.BROKEN * 300_000).status == 413

    def test_the_id_comes_before_the_fields(self, world):
        assert Caller(world).post(self.UNKNOWN, {"size": 1}).status == 404

    def test_the_fields_come_before_the_state(self, world):
        caller = Caller(world)
        job_id = caller.submit_form().json["id"]

        assert caller.post(f"/v1/jobs/{job_id}/upload", {"size": 1}).status == 422
