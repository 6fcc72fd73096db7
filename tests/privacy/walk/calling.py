"""Every function that no client calls, with canaries in its events, in what it meets, and in what goes wrong."""

import json
from typing import Any
from urllib.parse import quote_plus

from contract.caller import WAV
from privacy.walk.network import HOST
from privacy.walk.place import OWNER, Place
from privacy.walk.voices import guarded

from api.functions import backlog, deadletters, deliver, nightly, reconcile, uploaded
from shared.errors.transient import StorageUnavailable
from shared.job import DAY_S, Key, audio_key

REPLIES = (200, 301, 400, 429, 500, 503, 410)


def call(place: Place, ids: dict[str, str]) -> None:
    """Each function, well and ill."""
    _uploads(place, ids)
    _dead_letters(place, ids)
    _nights(place)
    deliveries(place)
    _minutes(place)


def deliveries(place: Place) -> None:
    """Send every event that was published; receivers answer with canaries, then at addresses inside, then nonsense."""
    words = place.text("receiver's answer")
    answers = [
        f"HTTP/1.1 {status} {words}\r\nLocation: https://{HOST}/{words}\r\nRetry-After: {words}\r\n"
        f"Set-Cookie: {words}\r\nContent-Length: {len(words.encode())}\r\n\r\n{words}".encode()
        for status in REPLIES
    ]
    place.network.answers = [*answers, words.encode(), b""]
    for event in list(place.world.published):
        _deliver(place, event.body, event.attributes)
    place.network.are_inside = {HOST}
    for body in (place.all_texts(), json.dumps({"id": place.all_texts()}), json.dumps({"delivery": {"pk": "x"}})):
        _deliver(place, body, {"tenant": OWNER})
    for ring in list(place.world.deliveries_rung)[:50]:
        place.clock[0] += 60
        _deliver(place, json.dumps({"delivery": {"pk": ring.pk, "sk": ring.sk}}), {})
    place.network.are_inside = set()


def _deliver(place: Place, body: str, attributes: Any) -> None:
    named = {name: {"dataType": "String", "stringValue": value} for name, value in attributes.items()}
    record = {"messageId": "m", "body": body, "messageAttributes": named}
    guarded(place.sinks, lambda: deliver.take({"Records": [record]}, place.owner.parts()))


def _uploads(place: Place, ids: dict[str, str]) -> None:
    """An upload that is told of, one that a person laid there by hand, a test event, nonsense, an outage."""
    place.world.store.put(place.world.store.bucket, audio_key(OWNER, ids["waiting"]), WAV)
    keys = [audio_key(OWNER, ids["waiting"]), audio_key(OWNER, ids["completed"])]
    keys += [f"audio/{OWNER}/{text}" for texts in place.canaries.texts.values() for text in texts if "/" not in text]
    keys += [f"audio/{text}/{ids['waiting']}" for text in (place.text("email"), place.text("name"))]
    bodies = [json.dumps({"Records": [{"s3": {"object": {"key": quote_plus(key, safe="/")}}}]}) for key in keys]
    bodies += [json.dumps({"Event": "s3:TestEvent", "Bucket": place.text("name")}), place.all_texts()]
    event = {"Records": [{"messageId": "m", "body": body} for body in bodies]}
    for is_out_of_reach in (False, True):
        place.world.is_out_of_reach = is_out_of_reach
        guarded(place.sinks, lambda: uploaded.take(event, place.owner.parts()))
    place.world.is_out_of_reach = False


def _dead_letters(place: Place, ids: dict[str, str]) -> None:
    words = place.all_texts()
    bodies = [json.dumps({"v": 1, "tenant": OWNER, "job": job_id}) for job_id in ids.values()]
    bodies += [words, json.dumps({"tenant": words, "job": words}), json.dumps([words])]
    event = {"Records": [{"messageId": "m", "body": body} for body in bodies]}
    guarded(place.sinks, lambda: deadletters.take(event, place.owner.parts()))


def _nights(place: Place) -> None:
    """A plan that works, and plans that are wrong in each part."""
    good = {"selector": {"reference": place.text("reference"), "tag": place.text("tag")}, "options": {"language": "it"}}
    words = place.all_texts()
    wrong = [{"selector": {"tag": [text]}, "reference": [text]} for text in (words, place.text("phone"))]
    for request in (good, {"selector": {"tag": words}}, *wrong):
        plan = {"batches": [{"tenant": OWNER, "request": request, "created_after_days": 1}]}
        guarded(place.sinks, lambda plan=plan: nightly.run(plan, place.owner.parts()))


def _minutes(place: Place) -> None:
    """The reconciler through a year, in which uploads expire, doorbells are lost, retention comes, and S3 is away."""
    for days in (0.001, 0.01, 0.1, 1.1, 31, 181, 366):
        place.clock[0] += days * DAY_S
        guarded(place.sinks, lambda: reconcile.reconcile(place.owner.parts()))
        guarded(place.sinks, lambda: backlog.run(place.owner.parts()))

    def fails(*_: Any) -> None:
        raise StorageUnavailable(aws="Throttling")

    place.world.before.append(fails)
    guarded(place.sinks, lambda: reconcile.reconcile(place.owner.parts()))
    place.world.before.clear()


def be_planned_wrongly(place: Place) -> None:
    """A plan with a field in the wrong place, as a tired operator may leave it."""
    plan = {"batches": [{"tenant": OWNER, "request": {"selector": {}}, "reference": place.text("reference")}]}
    guarded(place.sinks, lambda: nightly.run(plan, place.owner.parts()))


def meet_a_row_of_another_release(place: Place) -> None:
    """A row with a field that this release does not know, as a later release may have left it."""
    job_id = place.owner.submit_form(WAV, place.said).json["id"]
    place.world.rows[Key.of_job(OWNER, job_id)]["said"] = place.text("iban")
    doorbell = {"Records": [{"messageId": "m", "body": json.dumps({"tenant": OWNER, "job": job_id})}]}
    place.owner.get(f"/v1/jobs/{job_id}")
    place.clock[0] += 3_600
    for function in (
        lambda: deadletters.take(doorbell, place.owner.parts()),
        lambda: reconcile.reconcile(place.owner.parts()),
    ):
        guarded(place.sinks, function)
    del place.world.rows[Key.of_job(OWNER, job_id)]
