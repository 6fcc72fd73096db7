"""The audio arrives: told by the client, or by S3 alone."""

import json

import pytest
from contract.caller import WAV, Caller, event
from fakes import BUCKET

from api.functions.uploaded import take
from shared.job import Status
from shared.protocol.intents import ChangeRow


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world)


@pytest.fixture
def job_id(caller) -> str:
    return caller.submit().json["id"]


def s3_event(*keys: str) -> dict:
    """A message of the uploads queue, as S3 writes it."""
    body = {"Records": [{"s3": {"bucket": {"name": BUCKET}, "object": {"key": key}}} for key in keys]}
    return {"Records": [{"messageId": "m1", "body": json.dumps(body)}]}


def test_an_upload_that_is_there_is_queued(caller, job_id):
    caller.upload(job_id)

    answer = caller.post(f"/v1/jobs/{job_id}/upload/complete")

    assert (answer.status, answer.json["status"], answer.json["upload"]) == (200, "queued", None)
    assert [ring.job_id for ring in caller.world.rung] == [job_id]


def test_completing_twice_is_200_twice(caller, job_id):
    caller.upload(job_id)

    answers = [caller.post(f"/v1/jobs/{job_id}/upload/complete") for _ in range(2)]

    assert [(each.status, each.json["status"]) for each in answers] == [(200, "queued")] * 2
    assert len(caller.world.rung) == 1


def test_completing_without_an_object_is_upload_missing(caller, job_id):
    answer = caller.post(f"/v1/jobs/{job_id}/upload/complete")

    assert (answer.status, answer.code) == (409, "upload_missing")
    assert caller.job(job_id).status is Status.AWAITING_UPLOAD


def test_audio_that_was_not_declared_fails_the_job(caller, job_id):
    caller.upload(job_id, WAV + b"more")

    answer = caller.post(f"/v1/jobs/{job_id}/upload/complete")

    assert (answer.status, answer.json["status"]) == (200, "failed")
    assert answer.json["error"]["code"] == "upload_mismatch"
    assert [json.loads(event.body)["type"] for event in caller.world.published] == ["job.failed"]


def test_a_failure_is_told_later_when_events_are_down(caller, job_id):
    caller.upload(job_id, b"other")
    caller.world.refuses_events = True

    answer = caller.post(f"/v1/jobs/{job_id}/upload/complete")

    assert answer.json["status"] == "failed"
    assert [entry.state for entry in caller.job(job_id).outbox.values()] == ["pending"]


def test_a_fresh_place_is_signed_on_request(caller, job_id):
    caller.clock[0] += 1_000

    answer = caller.post(f"/v1/jobs/{job_id}/upload")

    assert (answer.status, answer.json["upload"]["expires_at"]) == (200, "2026-01-15T10:31:42.114Z")


def test_no_place_is_signed_once_the_audio_is_there(caller, job_id):
    caller.upload(job_id)
    caller.post(f"/v1/jobs/{job_id}/upload/complete")

    answer = caller.post(f"/v1/jobs/{job_id}/upload")

    assert (answer.status, answer.code) == (409, "state_conflict")


def test_a_reader_is_never_shown_an_upload_place(caller, job_id):
    assert caller.get(f"/v1/jobs/{job_id}").json["upload"] is None


@pytest.mark.parametrize("path", ["upload", "upload/complete"])
def test_an_upload_request_takes_no_fields(caller, job_id, path):
    answer = caller.post(f"/v1/jobs/{job_id}/{path}", {"size": 3})

    assert answer.fields == {"/size": "unknown_field"}


def test_an_upload_event_queues_without_the_client(caller, job_id):
    caller.upload(job_id)

    answer = take(s3_event(f"audio/sales/{job_id}"), caller.parts())

    assert answer == {"batchItemFailures": []}
    assert caller.job(job_id).status is Status.QUEUED


def test_event_and_client_ring_once(caller, job_id):
    caller.upload(job_id)
    take(s3_event(f"audio/sales/{job_id}"), caller.parts())
    caller.post(f"/v1/jobs/{job_id}/upload/complete")

    take(s3_event(f"audio/sales/{job_id}"), caller.parts())

    assert len(caller.world.rung) == 1


def test_keys_of_events_come_quoted(caller):
    tenant = Caller(caller.world, tenant="a b")
    job_id = tenant.submit().json["id"]
    tenant.upload(job_id)

    take(s3_event(f"audio/a+b/{job_id}"), caller.parts())

    assert tenant.job(job_id).status is Status.QUEUED


@pytest.mark.parametrize(
    "body",
    [
        '{"Service":"Amazon S3","Event":"s3:TestEvent"}',
        "not json",
        "[]",
        '{"Records":[{"s3":{}}]}',
        '{"Records":[{"s3":{"object":{"key":"audio/sales"}}}]}',
        '{"Records":[{"s3":{"object":{"key":"audio/sales/job_01KF0HJ2A2Q4W8XN2V5T6R9S0A"}}}]}',
    ],
)
def test_what_belongs_to_no_waiting_job_is_let_go(caller, body):
    messages = {"Records": [{"messageId": "m1", "body": body}]}

    assert take(messages, caller.parts()) == {"batchItemFailures": []}


def test_an_event_that_met_an_outage_comes_back(caller, job_id):
    caller.upload(job_id)
    caller.world.before.append(lambda world, intent: setattr(world, "is_out_of_reach", isinstance(intent, ChangeRow)))

    answer = take(s3_event(f"audio/sales/{job_id}"), caller.parts())

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}


def test_one_bad_message_does_not_stop_the_others(caller, job_id):
    caller.upload(job_id)
    good = s3_event("elsewhere/x", f"audio/sales/{job_id}")["Records"]

    take({"Records": [{"messageId": "m0", "body": "{"}, *good]}, caller.parts())

    assert caller.job(job_id).status is Status.QUEUED


def test_an_empty_body_is_no_body(caller, job_id):
    assert event("POST", "/", b"", {})["body"] == ""
    assert caller.post(f"/v1/jobs/{job_id}/upload", b"").status == 200
