"""What a client stumbled over that was written from the contract alone."""

import pytest
from contract.caller import WAV, Caller, form

from api.local.events import Call

UNKNOWN = "job_01KF0HJ080D3MN4P7ZWPEET9E2"


@pytest.fixture
def caller(world):
    return Caller(world)


@pytest.mark.parametrize("url", ["/v1/jobs?dry_run=true", "/v1/batches?dry_run=true", "/v1/webhooks?x=1"])
def test_a_parameter_that_a_route_does_not_know_is_refused(caller, url):
    answer = caller.post(url, {"audio": {"upload": {"bytes": 7}}})

    assert (answer.status, set(answer.fields.values())) == (422, {"unknown_field"})
    assert caller.get("/v1/jobs").json["data"] == []


@pytest.mark.parametrize("url", ["/v1/queue?x=1", "/v1/models?x=1", "/v1/webhooks?x=1"])
def test_a_read_refuses_what_it_does_not_know_too(caller, url):
    assert caller.get(url).fields == {"/query/x": "unknown_field"}


@pytest.mark.parametrize("url", ["/v1/jobs/", "/v1/health/", "/v1//jobs"])
def test_another_spelling_of_a_path_is_unknown(caller, url):
    assert caller.get(url).status == 404


@pytest.mark.parametrize(
    ("request_line", "body", "code"),
    [
        ("PATCH /v1/webhooks/whk_1", b"{", "malformed_request"),
        ("PATCH /v1/webhooks/whk_1", b'{"x": 1}', "not_found"),
        (f"POST /v1/jobs/{UNKNOWN}/cancel", b"{", "malformed_request"),
        (f"POST /v1/jobs/{UNKNOWN}/cancel", b'{"x": 1}', "not_found"),
        (f"POST /v1/jobs/{UNKNOWN}/cancel", b" " * 262_145, "body_too_large"),
    ],
)
def test_form_is_checked_before_the_id_and_fields_after(caller, request_line, body, code):
    assert caller.send(*request_line.split(), body, {"Content-Type": "application/json"}).code == code


def test_the_media_type_is_checked_before_the_id(caller):
    assert caller.send("PATCH", "/v1/webhooks/whk_1", b"{}", {"Content-Type": "text/plain"}).status == 415


def test_a_revision_keeps_its_own_reference(caller):
    answer = caller.post("/v1/batches", {"items": [{"job_id": UNKNOWN, "reference": "new"}]})

    assert answer.fields == {"/items/0": "not_allowed"}


def test_a_list_with_a_wrong_entry_is_not_too_short(caller):
    answer = caller.post("/v1/webhooks", {"url": "https://example.com/", "events": ["zz"]})

    assert answer.fields == {"/events/0": "not_allowed"}


def test_an_unknown_part_is_named(caller):
    body, content_type = form(WAV, {})
    body = body.replace(b'name="job"', b'name="zzz"')

    assert caller.post("/v1/jobs", body, **{"Content-Type": content_type}).fields == {"/zzz": "unknown_field"}


def test_any_version_that_is_known_is_not_sent_again(caller):
    job_id = caller.submit().json["id"]

    assert caller.get(f"/v1/jobs/{job_id}", If_None_Match="*").status == 304


def test_times_have_three_decimals(caller):
    job_id = caller.submit_form().json["id"]
    caller.world.row("sales", job_id)["audio"]["duration_s"] = 34.730875

    assert caller.get(f"/v1/jobs/{job_id}").json["audio"]["duration"] == 34.731


@pytest.mark.parametrize(
    ("accepted", "is_taken"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("gzip; q=1.0", True), ("gzip;q=0", False), ("br", False)],
)
def test_compression_is_taken_as_it_is_asked_for(accepted, is_taken):
    assert Call("r", "GET", "/", "", (("accept-encoding", accepted),), b"").accepts_gzip is is_taken
