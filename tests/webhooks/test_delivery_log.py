"""The log of deliveries: what was sent where, with what answer, and how it is sent again."""

import json

import pytest
from contract.caller import NOW, Caller

from api.functions.deliver import take
from api.outbound.failures import Failure
from api.outbound.post import Delivered
from shared.errors.transient import StorageUnavailable
from shared.event import instant
from shared.ids import event_id, new_id
from shared.job import Key
from shared.protocol.intents import ChangeRow, RingDelivery

URL = "https://hooks.example.com/calls"
DAY_S = 86_400
BROKEN = Delivered(500, None, 0.2, None)


@pytest.fixture
def caller():
    return Caller()


@pytest.fixture
def webhook(caller):
    return caller.post("/v1/webhooks", {"url": URL}).json


def event(at=NOW, kind="job.completed"):
    job_id = new_id("job", at)
    data = {"job_id": job_id, "reference": "crm-call-8841"}
    return json.dumps({"id": event_id(job_id, 1), "type": kind, "created_at": instant(at), "sequence": 1, "data": data})


def message(body, message_id="m1", tenant="sales"):
    return {"messageId": message_id, "body": body, "messageAttributes": {"tenant": {"stringValue": tenant}}}


def dispatched(caller, *messages):
    """What comes back of a batch of messages."""
    failed = take({"Records": list(messages)}, caller.parts())["batchItemFailures"]
    return [one["itemIdentifier"] for one in failed]


def rung(caller):
    """Hand the dispatcher every ring that is on its way, whatever its delay."""
    rings, caller.world.deliveries_rung = caller.world.deliveries_rung, []
    bodies = [json.dumps({"v": 1, "delivery": {"pk": ring.pk, "sk": ring.sk}}) for ring in rings]
    return dispatched(caller, *[{"messageId": f"r{n}", "body": body} for n, body in enumerate(bodies)])


def log(caller, webhook, **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return caller.get(f"/v1/webhooks/{webhook['id']}/deliveries?{query}").json


def again(caller, delivery):
    return caller.post(f"/v1/webhooks/{delivery['webhook_id']}/deliveries/{delivery['id']}/redeliver")


def stored(caller, delivery):
    return caller.world.rows[Key.of_delivery(caller.tenant, delivery["webhook_id"], delivery["id"])]


def test_an_event_is_sent_at_once_and_logged(caller, webhook):
    body = event()

    assert dispatched(caller, message(body)) == []

    [delivery] = log(caller, webhook)["data"]
    assert caller.sender.sent[0][::2] == (URL, body.encode())
    assert (delivery["status"], delivery["event_id"]) == ("delivered", json.loads(body)["id"])
    assert delivery["attempts"] == [{"at": instant(NOW), "status_code": 204, "error": None, "elapsed_ms": 10}]


def test_an_attempt_in_vain_tells_when_the_next_one_is(caller, webhook):
    caller.sender.answers = [Delivered(None, None, 15.0, Failure.TIMEOUT)]

    dispatched(caller, message(event()))

    [delivery] = log(caller, webhook)["data"]
    assert delivery["attempts"] == [{"at": instant(NOW), "status_code": None, "error": "timeout", "elapsed_ms": 15_000}]
    assert instant(NOW + 4.5) <= delivery["next_attempt_at"] <= instant(NOW + 5.5)


def test_a_longer_wish_of_the_receiver_counts(caller, webhook):
    caller.sender.answers = [Delivered(503, 7_200, 0.1, None)]

    dispatched(caller, message(event()))

    assert log(caller, webhook)["data"][0]["next_attempt_at"] == instant(NOW + 7_200)


def test_a_gone_endpoint_is_disabled_without_alarm(caller, webhook, capfd):
    caller.sender.answers = [Delivered(410, None, 0.1, None)]

    dispatched(caller, message(event()))

    told = capfd.readouterr().err
    assert caller.get(f"/v1/webhooks/{webhook['id']}").json["status"] == "disabled"
    assert ("webhook_disabled" in told, "delivery_dead" in told) == (True, False)
    assert log(caller, webhook)["data"][0]["status"] == "dead"


def test_what_failed_is_tried_when_it_is_rung_for(caller, webhook):
    caller.sender.answers = [BROKEN]
    dispatched(caller, message(event()))
    caller.clock[0] += 6

    assert rung(caller) == []

    [delivery] = log(caller, webhook)["data"]
    assert [attempt["status_code"] for attempt in delivery["attempts"]] == [500, 204]


@pytest.mark.parametrize(
    "bad",
    [{"body": "no json"}, {"body": "[]"}, {"body": "7"}, {"body": "{}"}, {"messageAttributes": {}}, {"body": '{"delivery": 1}'},
     {"messageAttributes": {"tenant": {"stringValue": None}}}, {"messageAttributes": {"tenant": {"stringValue": ""}}}],
)  # fmt: skip
def test_an_unreadable_message_fails_alone(bad, caller, webhook):
    failed = dispatched(caller, {**message(event()), **bad}, message(event(), "m2"))

    assert failed == ["m1"]
    assert len(log(caller, webhook)["data"]) == 1


def test_a_ring_for_nothing_is_no_error(caller):
    body = json.dumps({"v": 1, "delivery": {"pk": "T#sales#W#whk_x", "sk": "dlv_x"}})

    assert dispatched(caller, {"messageId": "m1", "body": body}) == []


def test_a_table_out_of_reach_brings_the_message_back(caller, webhook):
    caller.world.is_out_of_reach = True

    assert dispatched(caller, message(event())) == ["m1"]


def test_a_table_lost_after_the_answer_sends_it_again(caller, webhook):
    body = event()

    def fail_once(world, intent):
        if isinstance(intent, ChangeRow) and "attempts" in intent.sets:
            world.before.clear()
            raise StorageUnavailable

    caller.world.before.append(fail_once)

    assert dispatched(caller, message(body)) == ["m1"]
    caller.clock[0] += 31
    assert dispatched(caller, message(body)) == []
    assert len({sent[1]["webhook-id"] for sent in caller.sender.sent}) == 1
    assert len(log(caller, webhook)["data"][0]["attempts"]) == 1


def test_an_event_of_another_tenant_stays_there(caller, webhook):
    dispatched(caller, message(event(), tenant="support"))

    assert caller.sender.sent == []


def test_a_test_event_is_sent_to_one_endpoint(caller, webhook):
    caller.post("/v1/webhooks", {"url": f"{URL}/other"})

    answer = caller.post(f"/v1/webhooks/{webhook['id']}/test")
    rung(caller)

    [(url, headers, body)] = caller.sender.sent
    assert (answer.status, answer.json["status"], answer.json["event_type"]) == (202, "pending", "webhook.test")
    assert (url, headers["webhook-id"]) == (URL, answer.json["event_id"])
    assert json.loads(body)["data"] == {"webhook_id": webhook["id"]}


def test_a_test_event_survives_a_lost_ring(caller, webhook):
    def deaf(_world, intent):
        if isinstance(intent, RingDelivery):
            raise StorageUnavailable

    caller.world.before.append(deaf)

    answer = caller.post(f"/v1/webhooks/{webhook['id']}/test")

    assert answer.status == 202
    assert stored(caller, answer.json)["next_check_at"] == NOW + 60


def test_the_log_shows_the_newest_first(caller, webhook):
    bodies = [event(NOW - age_s) for age_s in (30, 20, 10)]

    dispatched(caller, *[message(body, f"m{n}") for n, body in enumerate(bodies)])

    shown = [one["event_id"] for one in log(caller, webhook)["data"]]
    assert shown == [json.loads(body)["id"] for body in reversed(bodies)]


def test_paging_shows_each_delivery_once(caller, webhook):
    dispatched(caller, *[message(event(NOW - n), f"m{n}") for n in range(7)])

    seen, page = [], log(caller, webhook, limit=3)
    seen += page["data"]
    while page["has_more"]:
        page = log(caller, webhook, limit=3, cursor=page["next_cursor"])
        seen += page["data"]

    assert len(seen) == len({one["id"] for one in seen}) == 7


def test_a_cursor_of_another_endpoint_is_refused(caller, webhook):
    other = caller.post("/v1/webhooks", {"url": URL}).json
    dispatched(caller, message(event()), message(event(NOW - 1), "m2"))
    cursor = log(caller, webhook, limit=1)["next_cursor"]

    assert log(caller, other, limit=1, cursor=cursor)["code"] == "cursor_invalid"


def test_the_log_is_filtered_by_status(caller, webhook):
    caller.sender.answers = [BROKEN]
    dispatched(caller, message(event()))
    dispatched(caller, message(event()))

    counts = {status: len(log(caller, webhook, status=status)["data"]) for status in ("pending", "delivered", "dead")}

    assert counts == {"pending": 1, "delivered": 1, "dead": 0}
    assert log(caller, webhook, status="lost")["code"] == "validation_failed"


def test_the_log_goes_back_thirty_days(caller, webhook):
    dispatched(caller, message(event()))
    [delivery] = log(caller, webhook)["data"]
    caller.clock[0] += 30 * DAY_S + 2

    assert log(caller, webhook)["data"] == []
    assert again(caller, delivery).status == 404


def test_an_event_is_sent_again_with_its_id(caller, webhook):
    dispatched(caller, message(event()))
    [before] = log(caller, webhook)["data"]

    answer = again(caller, before)
    rung(caller)

    [after] = log(caller, webhook)["data"]
    assert (answer.status, answer.json["status"], answer.json["delivered_at"]) == (202, "pending", None)
    assert len({sent[1]["webhook-id"] for sent in caller.sender.sent}) == 1
    assert (len(after["attempts"]), after["status"]) == (2, "delivered")


def test_an_erased_event_is_not_sent_again(caller, webhook):
    dispatched(caller, message(event()))
    [delivery] = log(caller, webhook)["data"]
    row = stored(caller, delivery)
    del row["body"]
    row["erased"] = True

    answer = again(caller, delivery)

    assert (answer.status, answer.code) == (410, "erased")
    assert log(caller, webhook)["data"][0]["status"] == "delivered"


def test_erased_is_told_before_a_body_is_read(caller, webhook):
    dispatched(caller, message(event()))
    [delivery] = log(caller, webhook)["data"]
    del stored(caller, delivery)["body"]

    answer = caller.post(f"/v1/webhooks/{webhook['id']}/deliveries/{delivery['id']}/redeliver", {"why": "lost"})

    assert answer.status == 410


@pytest.mark.parametrize("delivery_id", ["dlv_01KF0GZ7M4C2D9E6F8G1H3J5K7", "dlv_1", "whk_01KF0GZ7M4C2D9E6F8G1H3J5K7"])
def test_an_unknown_delivery_is_not_found(delivery_id, caller, webhook):
    assert again(caller, {"webhook_id": webhook["id"], "id": delivery_id}).code == "not_found"


def test_a_delivery_of_another_endpoint_is_not_found(caller, webhook):
    other = caller.post("/v1/webhooks", {"url": URL, "events": ["job.failed"]}).json
    dispatched(caller, message(event()))
    [delivery] = log(caller, webhook)["data"]

    assert again(caller, {**delivery, "webhook_id": other["id"]}).status == 404


def test_a_removed_endpoint_is_sent_nothing_more(caller, webhook):
    caller.sender.answers = [BROKEN]
    dispatched(caller, message(event()))
    caller.send("DELETE", f"/v1/webhooks/{webhook['id']}", b"", {})
    caller.clock[0] += 6

    rung(caller)

    assert len(caller.sender.sent) == 1
    assert log(caller, webhook)["code"] == "not_found"


def test_nothing_that_was_sent_is_in_the_log_lines(caller, webhook, capfd):
    dispatched(caller, message(event()), message("crm-call-8841 is no json", "m2"))

    lines = capfd.readouterr().err
    said = ("crm-call-8841", "hooks.example.com", webhook["secret"], "v1,")
    assert "delivery_attempted" in lines
    assert [word for word in said if word in lines] == []
