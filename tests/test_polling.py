"""A job is read until it ends, then its transcript is."""

from pathlib import Path

import pytest
from contract.caller import NOW, Caller
from fakes import BUCKET

from shared.job import Key

EXAMPLE = (Path(__file__).parent / "transcript" / "example.json").read_bytes()
QUALITY = {"mean_confidence": 0.97, "low_confidence_ratio": 0.0, "coverage": 0.971, "needs_review": False}


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world)


@pytest.fixture
def job_id(caller) -> str:
    return caller.submit_form().json["id"]


def become(caller: Caller, job_id: str, **fields) -> None:
    caller.world.rows[Key.of_job("sales", job_id)].update(fields)


def complete(caller: Caller, job_id: str) -> None:
    key = f"transcripts/sales/{job_id}/r1.json"
    caller.world.store.put(BUCKET, key, EXAMPLE)
    result = {
        "bucket": BUCKET,
        "key": key,
        "etag": '"e"',
        "sha256": "0" * 64,
        "language": "fr",
        "language_confidence": 0.98,
        "duration_s": 14.0,
        "quality": QUALITY,
        "warnings": ["text_suppressed"],
        "decode_s": 0.03,
        "engine_s": 0.41,
    }
    become(caller, job_id, status="completed", result=result, started_at=NOW + 5.718, completed_at=NOW + 7.469)


def test_a_completed_job_tells_its_result(caller, job_id):
    complete(caller, job_id)

    job = caller.get(f"/v1/jobs/{job_id}").json

    assert (job["status"], job["language"], job["quality"], job["warnings"]) == (
        "completed",
        "fr",
        QUALITY,
        ["text_suppressed"],
    )
    assert job["timing"] == {"queued_s": 5.718, "processing_s": 1.751, "decode_s": 0.03, "engine_s": 0.41}
    assert job["expires"]["transcript_at"] == "2026-07-14T10:00:09.583Z"


def test_a_referenced_recording_never_expires_here(caller, job_id):
    complete(caller, job_id)
    ours = caller.get(f"/v1/jobs/{job_id}").json["expires"]
    become(caller, job_id, audio={"source": "s3", "bucket": "sales-calls-eu", "key": "call.wav"})

    theirs = caller.get(f"/v1/jobs/{job_id}").json["expires"]

    assert (ours["audio_at"], theirs["audio_at"]) == ("2026-02-14T10:00:09.583Z", None)


def test_a_processing_job_tells_stage_and_progress(caller, job_id):
    progress = {"percent": 63.2, "speech_s_done": 4.3, "speech_s_total": 6.8}
    become(caller, job_id, status="processing", stage="transcribing", progress=progress)

    job = caller.get(f"/v1/jobs/{job_id}").json

    assert (job["stage"], job["progress"]) == ("transcribing", progress)


def test_a_failed_job_tells_why(caller, job_id):
    error = {
        "code": "unsupported_codec",
        "message": "G.729",
        "retryable": False,
        "stage": "decoding",
        "attempt": 1,
        "cause": None,
    }
    become(caller, job_id, status="failed", error=error, completed_at=NOW)

    job = caller.get(f"/v1/jobs/{job_id}").json

    assert (job["error"], job["expires"]["transcript_at"]) == (error, None)


def test_an_unchanged_job_is_304(caller, job_id):
    etag = caller.get(f"/v1/jobs/{job_id}").headers["ETag"]

    answer = caller.get(f"/v1/jobs/{job_id}", If_None_Match=etag)

    assert (answer.status, answer.text, answer.headers["ETag"]) == (304, "", etag)


def test_a_changed_job_is_no_304(caller, job_id):
    etag = caller.get(f"/v1/jobs/{job_id}").headers["ETag"]
    become(caller, job_id, status="processing")

    assert caller.get(f"/v1/jobs/{job_id}", If_None_Match=etag).status == 200


@pytest.mark.parametrize(("age_s", "retry_after"), [(0, "1"), (60, "6"), (3_600, "60")])
def test_an_older_job_needs_asking_less_often(caller, job_id, age_s, retry_after):
    caller.clock[0] += age_s

    assert caller.get(f"/v1/jobs/{job_id}").headers["Retry-After"] == retry_after


def test_an_ended_job_asks_for_no_retry(caller, job_id):
    complete(caller, job_id)

    assert "Retry-After" not in caller.get(f"/v1/jobs/{job_id}").headers


def test_wait_returns_on_change(caller, job_id):
    caller.on_pause.append(lambda: become(caller, job_id, status="processing") if caller.clock[0] > NOW + 3 else None)

    answer = caller.get(f"/v1/jobs/{job_id}?wait=20")

    assert answer.json["status"] == "processing"
    assert caller.clock[0] - NOW == pytest.approx(3.5, abs=0.01)


def test_wait_ends_when_the_time_is_up(caller, job_id):
    answer = caller.get(f"/v1/jobs/{job_id}?wait=20")

    assert (answer.status, caller.clock[0] - NOW) == (200, pytest.approx(20))


def test_an_ended_job_is_not_waited_for(caller, job_id):
    complete(caller, job_id)

    caller.get(f"/v1/jobs/{job_id}?wait=20")

    assert caller.clock[0] == NOW


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("wait=21", {"/query/wait": "out_of_range"}),
        ("wait=-1", {"/query/wait": "out_of_range"}),
        ("wait=soon", {"/query/wait": "wrong_type"}),
        ("wiat=3", {"/query/wiat": "unknown_field"}),
    ],
)
def test_a_bad_query_is_named(caller, job_id, query, fields):
    answer = caller.get(f"/v1/jobs/{job_id}?{query}")

    assert (answer.status, answer.fields) == (422, fields)


@pytest.mark.parametrize(
    "job_id", ["job_1", "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A", "JOB_01KF0HJ2A2Q4W8XN2V5T6R9S0A", "x%2Fy", "é", '"']
)
@pytest.mark.parametrize("path", ["", "/transcript", "?wait=99", "/transcript?format=doc"])
def test_an_unknown_id_is_404_before_its_fields(caller, job_id, path):
    answer = caller.get(f"/v1/jobs/{job_id}{path}")

    assert (answer.status, answer.code) == (404, "not_found")


def test_the_transcript_is_served_as_it_was_stored(caller, job_id):
    complete(caller, job_id)

    answer = caller.get(f"/v1/jobs/{job_id}/transcript")

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.text.encode() == EXAMPLE


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("text/*", "text/plain; charset=utf-8"),
        ("text/vtt, application/json;q=0.5", "text/vtt; charset=utf-8"),
        ("application/x-subrip", "application/x-subrip; charset=utf-8"),
        ("image/png, text/plain;q=0.1", "text/plain; charset=utf-8"),
        ("application/json;q=0, */*;q=0.1", "text/plain; charset=utf-8"),
    ],
)
def test_accept_chooses_the_form(caller, job_id, accept, media):
    complete(caller, job_id)

    answer = caller.get(f"/v1/jobs/{job_id}/transcript", Accept=accept or "")

    assert (answer.headers["Content-Type"], answer.headers["Vary"]) == (media, "Accept, Accept-Encoding")


def test_format_wins_over_accept(caller, job_id):
    complete(caller, job_id)

    answer = caller.get(f"/v1/jobs/{job_id}/transcript?format=vtt", Accept="application/json")

    assert answer.text.startswith("WEBVTT\n\n")


def test_a_form_that_we_do_not_make_is_406(caller, job_id):
    complete(caller, job_id)

    answer = caller.get(f"/v1/jobs/{job_id}/transcript", Accept="application/pdf")

    assert (answer.status, answer.code) == (406, "not_acceptable")


def test_an_unknown_format_is_422(caller, job_id):
    answer = caller.get(f"/v1/jobs/{job_id}/transcript?format=doc")

    assert answer.fields == {"/query/format": "not_allowed"}


def test_a_transcript_before_the_end_is_not_ready(caller, job_id):
    answer = caller.get(f"/v1/jobs/{job_id}/transcript")

    assert (answer.status, answer.code, answer.json["retryable"]) == (409, "not_ready", True)
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_job_without_text_has_no_transcript(caller, job_id, status):
    become(caller, job_id, status=status)

    answer = caller.get(f"/v1/jobs/{job_id}/transcript")

    assert (answer.status, answer.code) == (409, "no_transcript")


def test_an_expired_transcript_is_gone_and_its_job_is_not(caller, job_id):
    complete(caller, job_id)
    become(caller, job_id, tombstone={"reason": "transcript_expired", "at": NOW})

    answers = caller.get(f"/v1/jobs/{job_id}/transcript"), caller.get(f"/v1/jobs/{job_id}")

    assert (answers[0].status, answers[0].code, answers[1].status) == (410, "transcript_expired", 200)


@pytest.mark.parametrize("path", ["", "/transcript"])
def test_an_erased_job_is_gone(caller, job_id, path):
    become(caller, job_id, status="failed", tombstone={"reason": "erased", "at": NOW})

    answer = caller.get(f"/v1/jobs/{job_id}{path}")

    assert (answer.status, answer.code) == (410, "erased")


def test_the_models_of_the_deployment_are_told(caller):
    models = caller.get("/v1/models").json["data"]

    assert [model["name"] for model in models] == ["default", "large-v3-turbo"]


def test_health_reads_the_table(caller):
    healthy = caller.get("/v1/health", Authorization="")
    caller.world.is_out_of_reach = True

    ill = caller.get("/v1/health", Authorization="")

    assert (healthy.status, healthy.json, ill.status, ill.code) == (200, {"status": "ok"}, 503, "unavailable")
