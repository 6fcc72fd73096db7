"""A submission becomes one job, or is refused and leaves nothing."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from contract.caller import JSON, NOW, WAV, Caller, form
from fakes import BUCKET

from api.access.principal import Principal
from api.contract.describing import examples
from api.contract.reading.bodies import Incoming
from api.jobs.submit import accept
from shared.job import JOB_SK, Key, Status
from shared.protocol.intents import CreateRows, PutObject

S3_JOB = {"audio": {"s3_uri": "s3://sales-calls-eu/call-8842.wav"}}


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world)


def rows_of_jobs(caller: Caller) -> int:
    return sum(key.sk in ("JOB", "IDEMPOTENCY") for key in caller.world.rows)


def test_an_announced_upload_is_told_its_place(caller):
    answer = caller.submit(examples.UPLOAD)

    assert answer.status == 202
    assert answer.headers["Location"] == f"/v1/jobs/{answer.json['id']}"
    assert answer.json["status"] == "awaiting_upload"
    assert answer.json["upload"]["expires_at"] == "2026-01-15T10:15:02.114Z"
    assert caller.world.rung == []


def test_a_submission_is_kept_as_it_was_asked(caller):
    asked = {
        "audio": {"upload": {"bytes": 7}},
        "reference": "crm-1",
        "subject_ref": "customer-5f21",
        "metadata": {"campaign": "q1"},
        "tags": ["team:lyon"],
        "lane": "batch",
        "deadline_at": "2026-01-15T13:00:00+01:00",
        "retention": {"audio_days": 3},
        "options": {"language": "fr", "channels": {"roles": {"0": "customer"}}, "fail_on": ["no_speech"]},
    }

    job = caller.job(caller.submit(asked).json["id"])

    kept = (job.reference, job.metadata, job.tags, job.lane, job.retention.audio_days, job.options.fail_on)
    assert kept == ("crm-1", {"campaign": "q1"}, ("team:lyon",), "batch", 3, ("no_speech",))
    assert (job.options.language, job.options.channels.roles) == ("fr", {"0": "customer"})
    assert job.deadline_at == 1_768_478_400.0


def test_a_subject_is_kept_as_a_pseudonym_only(caller):
    answer = caller.submit({"audio": {"upload": {"bytes": 7}}, "subject_ref": "customer-5f21"})

    assert len(caller.job(answer.json["id"]).subject_hmac) == 64
    assert "customer-5f21" not in json.dumps(list(caller.world.rows.values())) + answer.text


def test_a_small_body_is_queued_at_once(caller):
    answer = caller.submit_form(job={"reference": "crm-2"})

    assert (answer.status, answer.json["status"], answer.json["upload"]) == (202, "queued", None)
    assert answer.json["audio"]["sha256"] == hashlib.sha256(WAV).hexdigest()
    assert caller.world.store.objects[BUCKET, f"audio/sales/{answer.json['id']}"][0] == WAV
    assert [ring.job_id for ring in caller.world.rung] == [answer.json["id"]]


def test_a_form_without_wishes_takes_the_defaults(caller):
    assert caller.submit_form().json["options"]["language_candidates"] == ["fr", "de", "it", "en"]


def test_a_referenced_object_is_pinned_and_queued(caller):
    caller.world.store.put("sales-calls-eu", "call-8842.wav", WAV)

    answer = caller.submit(S3_JOB)

    assert (answer.status, answer.json["status"]) == (202, "queued")
    audio = caller.job(answer.json["id"]).audio
    assert (audio.bucket, audio.key, audio.size_bytes) == ("sales-calls-eu", "call-8842.wav", len(WAV))
    assert audio.etag is not None


def test_equal_submissions_make_one_job(caller):
    first = caller.submit(examples.UPLOAD, Idempotency_Key="crm-8841-v1")
    caller.clock[0] += 60

    again = caller.submit(dict(reversed(examples.UPLOAD.items())), Idempotency_Key="crm-8841-v1")

    assert (again.status, again.json["id"]) == (202, first.json["id"])
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    assert again.json["upload"]["expires_at"] == "2026-01-15T10:16:02.114Z"


def test_fifty_equal_submits_make_one_job(caller):
    incoming = Incoming(JSON, json.dumps(examples.UPLOAD).encode(), "k")
    principal = Principal("sales", frozenset(), "A")

    with ThreadPoolExecutor(50) as pool:
        accepted = list(pool.map(lambda _: accept(incoming, principal, caller.parts()), range(50)))

    assert len({each.view.id for each in accepted}) == 1
    assert sum(each.replayed for each in accepted) == 49


def test_a_replay_shows_the_job_as_it_is_now(caller):
    first = caller.submit_form(Idempotency_Key="k")

    again = caller.submit_form(Idempotency_Key="k")

    assert (again.json["id"], again.json["status"]) == (first.json["id"], "queued")
    assert len(caller.world.rung) == 1


def test_a_reused_key_is_422(caller):
    caller.submit(Idempotency_Key="k")

    answer = caller.submit(examples.UPLOAD, Idempotency_Key="k")

    assert (answer.status, answer.code) == (422, "idempotency_key_reused")


def test_the_same_form_with_other_audio_is_another_request(caller):
    caller.submit_form(Idempotency_Key="k")

    assert caller.submit_form(WAV + b"1", Idempotency_Key="k").code == "idempotency_key_reused"


def test_tenants_do_not_share_idempotency_keys(caller):
    other = Caller(caller.world, tenant="support")

    ids = {each.submit(Idempotency_Key="k").json["id"] for each in (caller, other)}

    assert len(ids) == 2


def test_a_replay_outlives_its_referenced_object(caller):
    caller.world.store.put("sales-calls-eu", "call-8842.wav", WAV)
    first = caller.submit(S3_JOB, Idempotency_Key="k")
    caller.world.store.objects.clear()

    again = caller.submit(S3_JOB, Idempotency_Key="k")

    assert (again.status, again.json["id"]) == (202, first.json["id"])


def test_a_repetition_finishes_what_a_lost_process_began(caller):
    def lose(_world, intent):
        if isinstance(intent, PutObject):
            raise ConnectionResetError

    caller.world.before.append(lose)
    assert caller.submit_form(Idempotency_Key="k").code == "internal_error"
    caller.world.before.clear()

    answer = caller.submit_form(Idempotency_Key="k")

    assert (answer.json["status"], answer.headers["Idempotency-Replayed"]) == ("queued", "true")


@pytest.mark.parametrize("key", ["", "a b", "é", "k" * 129, "a\tb"])
def test_a_bad_idempotency_key_is_malformed(caller, key):
    incoming = Incoming(JSON, b"{}", key)
    with pytest.raises(Exception, match="Idempotency-Key") as refused:
        accept(incoming, Principal("sales", frozenset(), "A"), caller.parts())

    assert refused.value.code == "malformed_request"


REFUSED = {
    "bucket_not_allowed": {"audio": {"s3_uri": "s3://someone-elses/call.wav"}},
    "audio_not_found": {"audio": {"s3_uri": "s3://sales-calls-eu/none.wav"}},
    "empty_file": {"audio": {"s3_uri": "s3://sales-calls-eu/empty.wav"}},
    "validation_failed": {"audio": {}},
}


@pytest.mark.parametrize("code", REFUSED)
def test_refused_submit_leaves_nothing(caller, code):
    caller.world.store.put("sales-calls-eu", "empty.wav", b"")

    answer = caller.submit(REFUSED[code], Idempotency_Key="k")

    assert (answer.status, answer.code) == (422, code)
    assert rows_of_jobs(caller) == 0
    assert caller.submit(Idempotency_Key="k").status == 202


def test_a_bucket_that_refuses_us_is_told_at_once(caller):
    caller.world.store.denied_buckets.add("sales-calls-eu")

    assert caller.submit(S3_JOB).code == "audio_access_denied"


def test_a_referenced_object_over_the_limit_is_refused(caller):
    class Huge(bytes):
        def __len__(self) -> int:
            return 536_870_913

    caller.world.store.put("sales-calls-eu", "call-8842.wav", Huge())

    assert caller.submit(S3_JOB).code == "audio_too_large"


FORMS = {
    "unsupported_format": (form(b"#EXTM3U\nhttp://169.254.169.254/"), 415),
    "empty_file": (form(b""), 422),
    "body_too_large": (form(WAV + bytes(4_000_000)), 413),
    "validation_failed": (form(None, {}), 422),
    "malformed_request": ((form(WAV)[0][:-6], form(WAV)[1]), 400),
}


@pytest.mark.parametrize("code", FORMS)
def test_a_form_that_cannot_be_taken_is_named(caller, code):
    (body, content_type), status = FORMS[code]

    answer = caller.post("/v1/jobs", body, Content_Type=content_type)

    assert (answer.status, answer.code) == (status, code)
    assert rows_of_jobs(caller) == 0


def test_a_part_given_twice_is_malformed(caller):
    body, content_type = form(WAV)
    twice = body.removesuffix(b"--frontier--\r\n") + body

    assert caller.post("/v1/jobs", twice, Content_Type=content_type).code == "malformed_request"


def test_a_form_may_not_name_its_audio_elsewhere(caller):
    answer = caller.submit_form(job=S3_JOB)

    assert answer.fields == {"/audio": "unknown_field"}


def test_an_object_that_goes_meanwhile_leaves_a_waiting_job(caller):
    caller.world.store.put("sales-calls-eu", "call-8842.wav", WAV)

    def go(world, intent):
        if is_birth(intent):
            world.store.objects.clear()

    caller.world.before.append(go)
    answer = caller.submit(S3_JOB)

    assert (answer.status, answer.json["status"], answer.json["upload"]) == (202, "awaiting_upload", None)


def test_an_object_that_is_swapped_meanwhile_fails_the_job(caller):
    caller.world.store.put("sales-calls-eu", "call-8842.wav", WAV)

    def swap(world, intent):
        if is_birth(intent):
            world.store.put("sales-calls-eu", "call-8842.wav", b"other")

    caller.world.before.append(swap)
    answer = caller.submit(S3_JOB)

    assert (answer.status, answer.json["error"]["code"]) == (202, "upload_mismatch")


def test_a_dependency_that_is_down_is_503(caller):
    caller.submit()

    def fail(world, intent):
        world.is_out_of_reach = is_birth(intent)

    caller.world.before.append(fail)
    answer = caller.submit()

    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "unavailable", "5")


def test_submitted_jobs_lie_under_their_tenant(caller):
    job_id = caller.submit().json["id"]

    row = caller.world.rows[Key.of_job("sales", job_id)]
    assert (row["tenant"], row["status"], row["created_at"]) == ("sales", Status.AWAITING_UPLOAD.value, NOW)


def is_birth(intent):
    return isinstance(intent, CreateRows) and intent.rows[0][0].sk == JOB_SK
