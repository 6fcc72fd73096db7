"""The Python client against the real application: what it makes of answers, and what it does when there is none."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest
from client_world import NOW, URL, Wire, once

from api.client import (
    BY_CONTENT,
    ApiError,
    Client,
    Item,
    JobEnded,
    NotTheService,
    Selector,
    StoreRefused,
    TookTooLong,
    Unreachable,
    Wishes,
)

CALL = b"RIFF" + bytes(200)


@pytest.fixture
def wire(world) -> Wire:
    made = Wire()
    made.caller.world.store = world.store
    return made


@pytest.fixture
def client(wire) -> Client:
    return wire.client()


def problem(status: int, code: str, **headers: str) -> httpx.Response:
    body = {"code": code, "detail": "Not now.", "request_id": "req_7"}
    return httpx.Response(status, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


def verbs(wire: Wire) -> list[str]:
    return [request.method for request in wire.sent]


def test_a_call_is_announced_uploaded_and_confirmed(client, wire):
    job = client.submit(CALL, Wishes(reference="crm-1"))

    assert (job.status, job.reference, job.audio.bytes) == ("queued", "crm-1", len(CALL))
    assert job.audio.sha256 == hashlib.sha256(CALL).hexdigest()
    assert verbs(wire) == ["POST", "PUT", "POST"]


class Pipe(io.RawIOBase):
    """A stream that can be read once."""

    def __init__(self, body: bytes) -> None:
        self._rest = io.BytesIO(body)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def readinto(self, buffer) -> int:
        return self._rest.readinto(buffer)


@pytest.mark.parametrize("kind", ["path", "text", "bytes", "file", "pipe"])
def test_a_recording_comes_in_any_form(client, tmp_path, kind):
    path = tmp_path / "call.wav"
    path.write_bytes(CALL)
    forms = {"path": path, "text": str(path), "bytes": CALL, "file": io.BytesIO(CALL), "pipe": Pipe(CALL)}

    assert client.submit(forms[kind]).audio.sha256 == hashlib.sha256(CALL).hexdigest()


def test_an_object_of_s3_is_referred_to(client, wire):
    wire.caller.world.store.put("sales-calls-eu", "a.wav", CALL)

    job = client.submit("s3://sales-calls-eu/a.wav")

    assert (job.status, verbs(wire)) == ("queued", ["POST"])


def test_every_wish_reaches_the_service(client):
    wishes = Wishes(
        reference="r", subject_ref="p", metadata={"a": "b"}, tags=["t"], lane="batch", model="large-v3-turbo",
        deadline_at=datetime(2026, 1, 15, 12, tzinfo=UTC), language="fr", candidates=["fr", "de"], mode="separate",
        roles={0: "customer", 1: "agent"}, word_timestamps=False, fail_on=["no_speech"], audio_days=3,
        transcript_days=9,
    )  # fmt: skip

    job = client.submit(CALL, wishes)

    assert (job.lane, job.tags, job.metadata, job.deadline_at) == (
        "batch",
        ("t",),
        {"a": "b"},
        "2026-01-15T12:00:00.000Z",
    )
    assert job.options == {
        "model": "large-v3-turbo",
        "language": "fr",
        "language_candidates": ["fr", "de"],
        "channels": {"mode": "separate", "roles": {"0": "customer", "1": "agent"}},
        "word_timestamps": False,
        "fail_on": ["no_speech"],
    }


def test_the_same_call_by_content_is_sent_once(client, wire):
    first = client.submit(CALL, Wishes(reference="a"), idempotency_key=BY_CONTENT)

    second = client.submit(CALL, Wishes(reference="a"), idempotency_key=BY_CONTENT)
    other = client.submit(CALL, Wishes(reference="b"), idempotency_key=BY_CONTENT)

    assert (second.id, second.is_replay, first.is_replay) == (first.id, True, False)
    assert other.id != first.id
    assert verbs(wire).count("PUT") == 2


def test_an_upload_that_broke_off_is_gone_on_with(client):
    announced = client.announce(io.BytesIO(CALL), idempotency_key="mine")

    job = client.submit(CALL, idempotency_key="mine")

    assert (job.id, job.status) == (announced.id, "queued")


def test_a_lost_answer_makes_no_second_job(client, wire):
    lost = iter([httpx.ReadError("gone")])
    real = wire.handle_request

    def forgetful(request):
        answer = real(request)
        for error in lost:
            raise error
        return answer

    wire.handle_request = forgetful
    client.submit(CALL)

    assert len(list(client.jobs())) == 1


def test_the_progress_of_an_upload_is_told(client):
    told = []

    client.submit(bytes(600_000), on_upload=lambda done, whole: told.append((done, whole)))

    assert told == [(262_144, 600_000), (524_288, 600_000), (600_000, 600_000)]


def test_an_upload_that_is_there_already_counts(client, wire):
    wire.before.append(lambda request: httpx.Response(412) if request.method == "PUT" else None)
    job = client.announce(io.BytesIO(CALL))
    wire.caller.upload(job.id, CALL)

    client.upload(job, io.BytesIO(CALL))

    assert client.complete(job.id).status == "queued"


def test_an_expired_place_is_asked_for_anew(client, wire):
    refused = once(httpx.Response(403, text="<Error><Code>AccessDenied</Code></Error>"))
    wire.before.append(lambda request: refused(request) if request.method == "PUT" else None)

    job = client.submit(CALL)

    assert (job.status, verbs(wire)) == ("queued", ["POST", "PUT", "POST", "PUT", "POST"])


def test_a_store_that_refuses_is_explained(client, wire):
    body = "<Error><Code>SignatureDoesNotMatch</Code></Error>"
    wire.before.append(lambda request: httpx.Response(403, text=body) if request.method == "PUT" else None)

    with pytest.raises(StoreRefused, match="a clock is wrong") as refused:
        client.submit(CALL)

    assert (refused.value.status, refused.value.problem) == (403, "SignatureDoesNotMatch")


def test_a_refusal_tells_all_that_was_told(client):
    with pytest.raises(ApiError) as refused:
        client.submit(CALL, Wishes(language="xx"))

    error = refused.value
    assert (error.status, error.problem, error.request_id) == (422, "validation_failed", "req-1")
    assert [(field.pointer, field.code) for field in error.fields] == [("/options/language", "not_supported")]


def test_the_service_says_how_long_to_wait(client, wire):
    wire.before.append(once(problem(429, "rate_limited", Retry_After="7")))

    client.models()

    assert wire.paused_s == [7.0]


def test_a_longer_pause_than_our_patience_is_told(client, wire):
    wire.before.append(once(problem(429, "quota_exceeded", Retry_After="3600")))

    with pytest.raises(ApiError) as refused:
        client.models()

    assert (refused.value.retry_after_s, refused.value.request_id, wire.paused_s) == (3600.0, "req_7", [])


def test_a_dead_service_is_given_up_in_time(client, wire):
    wire.before.append(lambda _: (_ for _ in ()).throw(httpx.ConnectError("refused")))

    with pytest.raises(Unreachable, match=URL):
        client.health()

    assert 40 < sum(wire.paused_s) <= 60


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(client, wire, status):
    wire.before.append(once(httpx.Response(status)))

    assert client.health()


def test_a_new_secret_is_never_asked_for_twice(client, wire):
    webhook = client.webhooks.create("https://crm.example.com/hooks")
    wire.before.append(once(httpx.ReadError("gone")))

    with pytest.raises(Unreachable):
        client.webhooks.rotate(webhook.id)

    assert wire.paused_s == []


def test_what_is_not_the_service_is_named(client, wire):
    wire.before.append(once(httpx.Response(200, text="<html>Sign in</html>")))

    with pytest.raises(NotTheService):
        client.models()


@pytest.mark.parametrize("url", ["stt.example.com", "ftp://stt.example.com"])
def test_what_is_no_address_is_named(url):
    with pytest.raises(NotTheService):
        Client(url, "csk_x").health()


def test_an_answer_with_more_fields_is_read(client, wire):
    wire.before.append(once(httpx.Response(200, json={"status": "ok", "moon": "full"})))

    assert client.health()


def test_an_id_stays_one_part_of_its_path(client, wire):
    with pytest.raises(ApiError, match="not_found"):
        client.get("../models?x=1")

    assert wire.sent[-1].url.raw_path == b"/v1/jobs/..%2Fmodels%3Fx%3D1"


def test_a_job_is_followed_to_its_end(client, wire):
    job = client.submit(CALL)
    wire.caller.on_pause.append(lambda: wire.complete(job.id) if wire.caller.clock[0] > NOW + 30 else None)

    states = [state.status for state in client.states(job.id)]

    assert (states[0], states[-1]) == ("queued", "completed")
    assert client.finished(job.id).language == "fr"


def test_a_service_that_makes_nobody_wait_is_left_alone(client, wire):
    job = client.submit(CALL)
    answers = [{"id": job.id, "status": "queued", "created_at": "2026-01-15T10:00:00Z"}] * 3
    wire.before.append(once(*(httpx.Response(200, json=one, headers={"Retry-After": "4"}) for one in answers)))
    wire.complete(job.id)

    client.finished(job.id)

    assert wire.paused_s[-2:] == [4.0, 4.0]


def test_a_job_that_takes_too_long_is_told_with_its_state(client):
    job = client.submit(CALL)

    with pytest.raises(TookTooLong) as late:
        client.finished(job.id, within_s=0.0)

    assert (late.value.job.id, late.value.job.status) == (job.id, "queued")


def test_transcribe_does_it_all_in_one(client, wire):
    told = []
    wire.caller.on_pause.append(wire.complete_all)

    transcript = client.transcribe(CALL, Wishes(reference="a"), on_progress=told.append)

    assert transcript.text.startswith("Service commercial, bonjour.")
    assert [told[0].name, told[-1].name] == ["uploading", "completed"]
    assert [turn.speaker for turn in transcript.utterances] == ["agent", "customer", "agent"]


def test_transcribe_tells_why_there_is_no_text(client):
    with pytest.raises(JobEnded, match="is canceled") as ended:
        client.transcribe(
            CALL, on_progress=lambda step: client.cancel(_newest(client)) if step.name == "queued" else None
        )

    assert ended.value.job.status == "canceled"


def _newest(client: Client) -> str:
    return next(client.jobs()).id


@pytest.mark.parametrize(
    ("form", "beginning"), [("txt", "[00:00:00] agent:"), ("srt", "1\n00:00:00,400"), ("vtt", "WEBVTT")]
)
def test_a_transcript_comes_in_every_format(client, wire, form, beginning):
    job = client.submit(CALL)
    wire.complete(job.id)

    assert client.export(job.id, form).startswith(beginning)


def test_a_list_is_read_to_its_end(client):
    made = [client.submit(CALL, Wishes(reference=str(number))).id for number in range(5)]

    listed = [job.id for job in client.jobs(page_size=2)]

    assert listed == made[::-1]


def test_filters_choose_jobs(client):
    wanted = client.submit(CALL, Wishes(tags=["team:lyon"]))
    client.submit(CALL, Wishes(tags=["team:bern"]))
    since = datetime.fromtimestamp(NOW - 60, UTC)

    found = list(client.jobs(tag="team:lyon", status=["queued", "failed"], created_after=since))

    assert [job.id for job in found] == [wanted.id]


def test_a_job_is_canceled_and_tried_again(client):
    job = client.submit(CALL)

    canceled, again = client.cancel(job.id), client.retry(job.id)

    assert (canceled.status, again.status, again.id) == ("canceled", "queued", job.id)


def test_an_erased_job_gives_the_same_receipt_twice(client):
    job = client.submit(CALL)

    first, second = client.erase(job.id), client.erase(job.id)

    assert (first.jobs, first.id) == (1, second.id)
    with pytest.raises(ApiError, match="erased"):
        client.get(job.id)


def test_all_calls_of_a_person_are_erased(client):
    for number in range(3):
        client.submit(CALL, Wishes(subject_ref="customer-5f21", reference=str(number)))

    receipt = client.erase_all(subject_ref="customer-5f21")

    assert client.erasure(receipt.id).id == receipt.id
    assert list(client.jobs()) == [] or receipt.status == "running"


def test_a_batch_is_made_followed_and_canceled(client, wire):
    wire.caller.world.store.put("sales-calls-eu", "1.wav", CALL)
    made = client.create_batch([Item(s3_uri="s3://sales-calls-eu/1.wav", reference="one")], Wishes(reference="night"))

    seen, canceled = client.batch(made.id), client.cancel_batch(made.id)

    assert (made.reference, seen.counts.total, canceled.id) == ("night", 1, made.id)
    assert [batch.id for batch in client.batches()] == [made.id]
    assert [job.batch_id for job in client.jobs(batch_id=made.id)] == [made.id]


def test_a_batch_shows_its_way_to_the_end(client, wire):
    wire.caller.world.store.put("sales-calls-eu", "1.wav", CALL)
    made = client.create_batch(["s3://sales-calls-eu/1.wav"])

    first = next(client.batch_states(made.id))

    assert (first.id, first.counts.ended) == (made.id, 0)


def test_a_selector_is_previewed(client, wire):
    job = client.submit(CALL)
    wire.complete(job.id)

    preview = client.preview(Selector(status="completed", model_not="large-v3"), Wishes(model="large-v3-turbo"))

    assert (preview.matched, preview.jobs) == (1, 1)


def test_what_is_for_one_call_is_refused_for_a_batch(client):
    with pytest.raises(ValueError, match="subject_ref is for a single call"):
        client.create_batch(["job_x"], Wishes(subject_ref="p"))


def test_a_webhook_lives_its_life(client):
    hooks = client.webhooks
    made = hooks.create("https://crm.example.com/hooks", ["job.completed"], "crm")

    changed = hooks.change(made.id, enabled=False)
    rotated = hooks.rotate(made.id)
    hooks.delete(made.id)

    assert made.secret.startswith("whsec_")
    assert (changed.status, changed.secret, rotated.secret != made.secret) == ("disabled", None, True)
    assert hooks.list() == ()


def test_a_delivery_is_logged_and_sent_again(client):
    webhook = client.webhooks.create("https://crm.example.com/hooks")
    sent = client.webhooks.test(webhook.id)

    again = client.webhooks.redeliver(webhook.id, sent.id)

    assert client.webhooks.get(webhook.id).id == webhook.id
    assert [delivery.event_type for delivery in client.webhooks.deliveries(webhook.id)] == ["webhook.test"]
    assert again.event_id == sent.event_id


def test_the_service_tells_of_itself(client):
    queue, models = client.queue(), client.models()

    assert (set(queue.lanes), queue.workers) == ({"interactive", "batch"}, 0)
    assert [model.name for model in models] == ["default", "large-v3-turbo"]


def test_threads_share_one_client(client):
    with ThreadPoolExecutor(8) as pool:
        jobs = list(pool.map(lambda number: client.submit(CALL + bytes([number])), range(24)))

    assert len({job.id for job in jobs}) == 24
    assert {job.status for job in jobs} == {"queued"}
