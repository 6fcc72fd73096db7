"""An erasure that goes by in the middle of something else leaves nothing behind, wherever the middle is."""

import json

import pytest
from contract.caller import WAV, Caller
from jobs import NOW

from api.functions import uploaded
from shared.errors.requests import Erased, RequestError
from shared.ids import new_id
from shared.job import audio_key
from shared.protocol.announcing import announce
from shared.protocol.controlling import cancel, retry
from shared.protocol.delivering import deliver_event
from shared.protocol.drive import drive
from shared.protocol.erasing import advance, erase
from shared.protocol.intents import CreateRows, FindRows, PutObject
from shared.protocol.submitting import queue
from shared.webhook import Webhook, as_row

BASE_URL = "https://stt.example.com"
STEPS_OF_AN_ERASURE = 16


def run_with(steps, world, meanwhile, *, before):
    """Run `steps`; once, just before the intent that `before` chooses, `meanwhile` happens."""
    waiting, answer = [meanwhile], None
    try:
        for place in range(1_000):
            intent = steps.send(answer)
            if waiting and before(place, intent):
                waiting.pop()()
            answer = world.perform(intent)
    except StopIteration as end:
        return end.value
    except RequestError as error:
        return error
    raise AssertionError("it never ends")


@pytest.mark.parametrize("place", range(STEPS_OF_AN_ERASURE))
def test_two_erasures_at_once_leave_nothing(jobs, world, place):
    job = jobs.queued(reference="crm-1")

    receipt = run_with(
        erase(job, NOW, BASE_URL),
        world,
        lambda: drive(erase(job, NOW, BASE_URL), world),
        before=lambda at, _: at == place,
    )

    finished = drive(advance(receipt.row_key, NOW, BASE_URL), world)
    assert world.store.objects == {}
    assert (finished.status, finished.jobs, finished.object_versions_deleted) == ("completed", 1, 2)


@pytest.mark.parametrize("kind", ["queue", "retry"])
def test_a_request_that_is_kept_too_late_goes_again(jobs, world, kind):
    job = jobs.submitted(reference="crm-1")
    world.store.put(job.audio.bucket, job.audio.key, b"audio")
    steps = queue(job, NOW) if kind == "queue" else retry(drive(cancel(job, NOW), world), NOW)

    run_with(
        steps,
        world,
        lambda: drive(erase(jobs.row(job), NOW, BASE_URL), world),
        before=lambda _, intent: isinstance(intent, PutObject),
    )

    assert world.store.objects == {}


def test_a_delivery_that_is_made_too_late_is_scrubbed(jobs, world):
    endpoint = Webhook(
        tenant="sales", id=new_id("whk", NOW), url="https://a.example/h", events=("job.canceled",), secret="whsec_x",
        created_at=NOW,
    )  # fmt: skip
    world.perform(CreateRows(((endpoint.row_key, as_row(endpoint)),), NOW))
    job = drive(announce(drive(cancel(jobs.queued(reference="crm-1"), NOW), world), BASE_URL), world)

    made = run_with(
        deliver_event(world.published[0].body, "sales", NOW),
        world,
        lambda: drive(erase(job, NOW, BASE_URL), world),
        before=lambda _, intent: isinstance(intent, CreateRows),
    )

    assert made == ()
    assert "crm-1" not in json.dumps(list(world.rows.values()))


def test_an_upload_after_the_erasure_is_deleted(world):
    caller = Caller(world, clock=[NOW])
    job_id = caller.submit().json["id"]
    caller.send("DELETE", f"/v1/jobs/{job_id}", b"", {})
    caller.upload(job_id, WAV)
    told = json.dumps({"Records": [{"s3": {"object": {"key": audio_key("sales", job_id)}}}]})

    uploaded.take({"Records": [{"messageId": "m", "body": told}]}, caller.parts())

    assert world.store.objects == {}


def test_an_erased_job_is_not_queued_again(jobs, world):
    job = jobs.queued()
    drive(erase(job, NOW, BASE_URL), world)

    with pytest.raises(Erased):
        drive(retry(jobs.row(job), NOW), world)


def test_a_limit_that_cannot_be_looked_up_stops_nobody(world):
    def fail(world, intent):
        world.is_out_of_reach = isinstance(intent, FindRows)

    world.before.append(fail)

    assert Caller(world).submit().status == 202
