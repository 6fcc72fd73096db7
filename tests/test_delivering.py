"""Delivering: each event reaches each endpoint that wants it, is tried by one at a time, and comes to an end."""

import itertools
import json
from dataclasses import replace

import pytest
from jobs import NOW

from shared.errors.transient import StorageUnavailable
from shared.event import Event, JobData
from shared.ids import event_id, lowest_id, new_id
from shared.job import BELONGING, Key
from shared.protocol.delivering import (
    LEASE_S,
    Held,
    Tried,
    Turn,
    claim_delivery,
    deliver_event,
    ring_due,
    send_again,
    settle_delivery,
)
from shared.protocol.drive import drive
from shared.protocol.intents import ChangeRow, CreateRows, DeleteRow, FindRows
from shared.webhook import KEPT_S, Attempt, Delivery, Webhook

URL = "https://hooks.example.com/calls"
BORN = "2026-01-15T10:00:10.871Z"
JOB_ID = "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A"


def told(kind="job.completed", job_id=JOB_ID) -> str:
    """An event as it is published."""
    data = JobData(
        job_id=job_id, status="completed", lane="interactive", reference="crm-call-8841", batch_id=None, revision=1,
        revision_of=None, language="fr", duration=14.0, needs_review=False, warnings=("text_suppressed",), error=None,
        transcript_url=f"https://stt.example.com/v1/jobs/{job_id}/transcript", transcript_s3_uri=None,
        transcript_sha256=None,
    )  # fmt: skip
    return Event(id=event_id(job_id, 1), type=kind, created_at=BORN, sequence=1, data=data).model_dump_json()


class Endpoints:
    """Endpoints in a memory world, and deliveries on their way to them."""

    def __init__(self, world):
        self.world = world

    def made(self, tenant="sales", events=("job.completed",), **fields) -> Webhook:
        webhook = Webhook(
            tenant=tenant, id=new_id("whk", NOW), url=URL, events=events, secret="whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3",
            created_at=NOW, **fields,
        )  # fmt: skip
        self.world.rows[webhook.row_key] = webhook.model_dump(exclude_none=True)
        return webhook

    def told(self, text=None, now=NOW) -> tuple[Key, ...]:
        return drive(deliver_event(text or told(), "sales", now), self.world)

    def one(self) -> Key:
        self.made()
        return self.told()[0]

    def claimed(self, key, now=NOW, owner="first"):
        return drive(claim_delivery(key, Turn(owner, now)), self.world)

    def tried(self, key, code, delay_s=5.0, now=NOW):
        held = self.claimed(key, now)
        return self.settled(held, code, delay_s, now)

    def settled(self, held, code, delay_s=5.0, now=NOW):
        attempt = Attempt(at=now, status_code=code, elapsed_ms=12)
        return drive(settle_delivery(held, Tried(attempt, delay_s), now), self.world)

    def row(self, key) -> Delivery:
        return Delivery.model_validate(self.world.rows[key])


@pytest.fixture
def endpoints(world):
    return Endpoints(world)


def test_each_endpoint_that_wants_it_gets_a_delivery(endpoints):
    wanting = {endpoints.made().id, endpoints.made(events=("job.failed", "job.completed")).id}
    endpoints.made(events=("job.failed",))
    endpoints.made(status="disabled")
    endpoints.made(tenant="another")

    keys = endpoints.told()

    assert {endpoints.row(key).webhook_id for key in keys} == wanting


def test_a_doubled_message_makes_one_delivery(endpoints, world):
    endpoints.made()

    assert endpoints.told() == endpoints.told(now=NOW + 600)

    assert sum(key.sk.startswith("dlv_") for key in world.rows) == 1


def test_a_half_done_fan_out_is_finished(endpoints, world):
    endpoints.made(), endpoints.made()
    first, second = endpoints.told()
    del world.rows[second]

    endpoints.told()

    assert endpoints.row(second).body == endpoints.row(first).body


def test_a_delivery_is_as_old_as_its_event(endpoints):
    key = endpoints.one()

    assert key.sk[:14] == lowest_id("dlv", 1_768_471_210.871)[:14]
    assert endpoints.row(key).expires_at == NOW + KEPT_S


def test_what_is_sent_is_what_was_published(endpoints):
    text = json.dumps(json.loads(told()) | {"grown": "é"}, indent=1)
    endpoints.made()

    key = endpoints.told(text)[0]

    assert endpoints.claimed(key).body == text


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"id": "evt_1"}', told().replace("evt_", "evt_\\r\\nX: ")])
def test_what_is_no_event_is_refused(text, endpoints):
    endpoints.made()

    with pytest.raises(ValueError, match=r"validation error"):
        drive(deliver_event(text, "sales", NOW), endpoints.world)


def test_an_erasure_finds_the_deliveries_of_a_job(endpoints, world):
    key = endpoints.one()

    found = world.perform(FindRows(BELONGING, JOB_ID))

    assert [row.key for row in found.rows] == [key]


def test_news_of_the_erasure_outlive_the_erasure(endpoints, world):
    endpoints.made(events=("job.erased",))

    endpoints.told(told("job.erased"))

    assert world.perform(FindRows(BELONGING, JOB_ID)).rows == ()


def test_late_news_of_an_erased_job_are_dropped(endpoints, world):
    endpoints.made()
    world.rows[Key.of_job("sales", JOB_ID)] = {"tombstone": {"reason": "erased", "at": NOW}}

    assert endpoints.told() == ()


def test_two_dispatchers_never_hold_one_delivery(endpoints):
    key = endpoints.one()

    assert isinstance(endpoints.claimed(key, owner="first"), Held)
    assert endpoints.claimed(key, owner="second") is None


def test_a_dead_dispatcher_is_taken_over_after_its_lease(endpoints):
    key = endpoints.one()
    endpoints.claimed(key)

    assert endpoints.claimed(key, NOW + LEASE_S, owner="second") is None
    assert endpoints.claimed(key, NOW + LEASE_S + 1, owner="second").delivery.fence == 2


def test_a_late_dispatcher_writes_nothing(endpoints):
    key = endpoints.one()
    late = endpoints.claimed(key)
    endpoints.claimed(key, NOW + LEASE_S + 1, owner="second")

    assert endpoints.settled(late, 204) is None
    assert endpoints.row(key).attempts == ()


def test_a_lost_reply_to_a_claim_is_not_a_lost_race(endpoints, world):
    key = endpoints.one()
    endpoints.claimed(key, owner="first")

    assert endpoints.claimed(key, owner="first").delivery.fence == 1


def test_a_lost_reply_to_an_end_is_still_ours(endpoints):
    key = endpoints.one()
    held = endpoints.claimed(key)
    endpoints.settled(held, 204)

    again = endpoints.settled(held, 204)

    assert again is not None
    assert len(again.attempts) == 1


@pytest.mark.parametrize("code", [200, 202, 204, 299])
def test_any_success_delivers(code, endpoints):
    key = endpoints.one()

    endpoints.tried(key, code, now=NOW + 2)

    delivery = endpoints.row(key)
    assert (delivery.status, delivery.delivered_at) == ("delivered", NOW + 2)
    assert (delivery.check_shard, delivery.next_check_at) == (None, None)


@pytest.mark.parametrize("code", [None, 100, 199, 301, 307, 400, 404, 429, 500, 503])
def test_everything_else_is_tried_again(code, endpoints, world):
    key = endpoints.one()

    endpoints.tried(key, code, 5.2)

    delivery = endpoints.row(key)
    assert (delivery.status, delivery.next_at, delivery.next_check_at) == ("pending", NOW + 5.2, NOW + 65.2)
    assert [(ring.sk, ring.delay_s) for ring in world.deliveries_rung] == [(key.sk, 6)]


def test_a_long_wait_is_left_to_the_table(endpoints, world):
    key = endpoints.one()

    endpoints.tried(key, 500, 901.0)

    assert world.deliveries_rung == []
    assert endpoints.row(key).next_check_at == NOW + 901


def test_nothing_is_tried_before_its_time(endpoints):
    key = endpoints.one()
    endpoints.tried(key, 500, 300.0)

    assert endpoints.claimed(key, NOW + 299) is None
    assert endpoints.claimed(key, NOW + 300) is not None


def test_the_last_attempt_in_vain_is_the_end(endpoints):
    key = endpoints.one()

    endpoints.tried(key, 500, None)

    assert endpoints.row(key).status == "dead"
    assert endpoints.claimed(key, NOW + KEPT_S) is None


def test_an_endpoint_that_is_gone_is_disabled(endpoints, world):
    key = endpoints.one()

    endpoints.tried(key, 410)

    assert endpoints.row(key).status == "dead"
    assert [row["status"] for place, row in world.rows.items() if place.sk.startswith("whk_")] == ["disabled"]


def test_an_old_url_that_is_gone_disables_nothing(endpoints, world):
    webhook = endpoints.made()
    held = endpoints.claimed(endpoints.told()[0])
    world.rows[webhook.row_key]["url"] = "https://hooks.example.com/new"

    endpoints.settled(held, 410)

    assert world.rows[webhook.row_key]["status"] == "enabled"


@pytest.mark.parametrize("end", [lambda w, k: w.rows.pop(k), lambda w, k: w.rows[k].update(status="disabled")])
def test_nothing_goes_to_an_endpoint_that_ended(end, endpoints, world):
    webhook = endpoints.made()
    key = endpoints.told()[0]
    end(world, webhook.row_key)

    assert endpoints.claimed(key) is None
    assert (endpoints.row(key).status, endpoints.row(key).attempts) == ("dead", ())


def test_an_erased_body_is_never_sent(endpoints, world):
    key = endpoints.one()
    world.perform(ChangeRow(key, ((),), {"body": None, "erased": True}))

    assert endpoints.claimed(key) is None
    assert endpoints.row(key).status == "dead"


def test_an_attempt_under_way_restores_no_erased_body(endpoints, world):
    key = endpoints.one()
    held = endpoints.claimed(key)
    world.perform(ChangeRow(key, ((),), {"body": None, "erased": True}))

    endpoints.settled(held, 500)

    assert endpoints.row(key).body is None


def test_sent_again_its_attempts_begin_anew(endpoints):
    key = endpoints.one()
    endpoints.tried(key, 500, None)

    drive(send_again(key, NOW + 9), endpoints.world)

    delivery = endpoints.row(key)
    assert (delivery.status, delivery.attempts_made, len(delivery.attempts)) == ("pending", 0, 1)
    assert endpoints.claimed(key, NOW + 9).delivery.event_id == delivery.event_id


def test_an_attempt_under_way_yields_to_a_new_beginning(endpoints):
    key = endpoints.one()
    held = endpoints.claimed(key)
    drive(send_again(key, NOW), endpoints.world)

    assert endpoints.settled(held, 500, None) is None
    assert endpoints.row(key).status == "pending"


def test_a_lost_message_is_rung_for(endpoints, world):
    key = endpoints.one()

    drive(ring_due(key, NOW + 59), world)
    drive(ring_due(key, NOW + 60), world)

    assert [ring.sk for ring in world.deliveries_rung] == [key.sk]


def test_a_deaf_queue_is_rung_ever_more_seldom(endpoints, world):
    key = endpoints.one()
    moments = []

    for _ in range(7):
        moments.append(endpoints.row(key).next_check_at)
        drive(ring_due(key, moments[-1]), world)

    waits = [after - before for before, after in itertools.pairwise(moments)]
    assert waits == [60, 120, 240, 480, 900, 900]


def test_two_reconcilers_at_once_are_harmless(endpoints, world):
    key = endpoints.one()

    def overtaken(_, intent):
        if isinstance(intent, ChangeRow):
            world.before.clear()
            drive(ring_due(key, NOW + 60), world)

    world.before.append(overtaken)

    drive(ring_due(key, NOW + 60), world)

    assert (endpoints.row(key).rings, endpoints.row(key).next_check_at) == (1, NOW + 120)


def test_a_held_delivery_is_not_rung_for(endpoints, world):
    key = endpoints.one()
    endpoints.claimed(key, NOW)
    world.rows[key]["next_check_at"] = NOW + 10

    drive(ring_due(key, NOW + 10), world)

    assert world.deliveries_rung == []
    assert endpoints.row(key).next_check_at == NOW + LEASE_S + 5


def test_what_ended_is_not_looked_at_again(endpoints, world):
    key = endpoints.one()
    endpoints.tried(key, 204)

    drive(ring_due(key, NOW + 600), world)
    drive(ring_due(replace(key, sk="dlv_x"), NOW), world)

    assert world.deliveries_rung == []


def test_a_fan_out_that_breaks_off_is_done_again(endpoints, world):
    endpoints.made(), endpoints.made()
    creations = []

    def fail_once(_, intent):
        creations.extend([intent] * isinstance(intent, CreateRows))
        if len(creations) == 2:
            world.before.clear()
            raise StorageUnavailable

    world.before.append(fail_once)

    with pytest.raises(StorageUnavailable):
        endpoints.told()

    assert len({endpoints.row(key).webhook_id for key in endpoints.told()}) == 2


def test_a_removed_endpoint_is_told_nothing_more(endpoints, world):
    webhook = endpoints.made()
    world.perform(DeleteRow(webhook.row_key))

    assert endpoints.told() == ()
