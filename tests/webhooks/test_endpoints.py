"""Endpoints: whom a tenant wants told, where events may go, and the secret that is shown twice in a life."""

import json
import re
from dataclasses import replace

import pytest
from contract.caller import JSON, Caller

from shared.errors.requests import UrlNotAllowed
from shared.errors.transient import StorageUnavailable
from shared.job import Key
from shared.protocol.intents import ChangeRow

URL = "https://hooks.example.com/calls"
PLACE = "/v1/webhooks"


@pytest.fixture
def caller():
    return Caller()


def made(caller, **fields):
    return caller.post(PLACE, {"url": URL, **fields}).json


def patched(caller, webhook_id, **fields):
    body = json.dumps(fields).encode()
    return caller.send("PATCH", f"{PLACE}/{webhook_id}", body, {"Content-Type": JSON})


def removed(caller, webhook_id):
    return caller.send("DELETE", f"{PLACE}/{webhook_id}", b"", {})


def row(caller, webhook_id):
    return caller.world.rows[Key.of_webhook(caller.tenant, webhook_id)]


def test_an_endpoint_is_made_with_a_secret(caller):
    answer = caller.post(PLACE, {"url": URL, "events": ["job.failed"], "description": "ours"})

    assert (answer.status, answer.headers["Location"]) == (201, f"{PLACE}/{answer.json['id']}")
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", answer.json["secret"])
    assert (answer.json["events"], answer.json["status"]) == (["job.failed"], "enabled")


def test_an_endpoint_is_told_everything_by_default(caller):
    assert len(made(caller)["events"]) == 5


def test_the_secret_is_not_shown_again(caller):
    webhook = made(caller)

    seen = [caller.get(f"{PLACE}/{webhook['id']}").json, *caller.get(PLACE).json["data"]]

    assert [one["secret"] for one in seen] == [None, None]
    assert seen == [{**webhook, "secret": None}] * 2


def test_a_repetition_shows_the_same_secret(caller):
    first = caller.post(PLACE, {"url": URL}, Idempotency_Key="one")

    second = caller.post(PLACE, {"url": URL}, Idempotency_Key="one")

    assert (second.status, second.headers["Idempotency-Replayed"]) == (201, "true")
    assert second.json == first.json
    assert len(caller.get(PLACE).json["data"]) == 1


def test_a_reused_key_is_refused(caller):
    caller.post(PLACE, {"url": URL}, Idempotency_Key="one")

    assert caller.post(PLACE, {"url": f"{URL}/2"}, Idempotency_Key="one").code == "idempotency_key_reused"


def test_a_repetition_needs_no_room_and_no_resolver(caller):
    first = caller.post(PLACE, {"url": URL}, Idempotency_Key="one")
    for _ in range(19):
        made(caller)
    caller.sender.vet = lambda _: pytest.fail("looked up again")

    assert caller.post(PLACE, {"url": URL}, Idempotency_Key="one").json == first.json


def test_a_repetition_does_not_raise_the_removed(caller):
    first = caller.post(PLACE, {"url": URL}, Idempotency_Key="one")
    removed(caller, first.json["id"])

    assert caller.post(PLACE, {"url": URL}, Idempotency_Key="one").code == "state_conflict"


def test_the_twenty_first_endpoint_is_refused(caller):
    for _ in range(20):
        made(caller)

    answer = caller.post(PLACE, {"url": URL})

    assert (answer.status, answer.code) == (409, "state_conflict")
    assert "20" in answer.json["detail"]


def test_another_tenant_has_room_of_its_own(caller):
    for _ in range(20):
        made(caller)

    assert caller.post(PLACE, {"url": URL}).status == 409
    assert Caller(caller.world, tenant="support").post(PLACE, {"url": URL}).status == 201


@pytest.mark.parametrize("url", ["http://hooks.example.com/", "https://10.0.0.1/", "https://user@hooks.example.com/"])
def test_a_url_that_is_not_allowed_leaves_nothing(url, caller):
    answer = caller.post(PLACE, {"url": url}, Idempotency_Key="one")

    assert (answer.status, answer.code) == (422, "url_not_allowed")
    assert caller.get(PLACE).json["data"] == []
    assert caller.post(PLACE, {"url": URL}, Idempotency_Key="one").status == 201


def test_a_name_that_leads_nowhere_is_refused_with_the_reason(caller):
    def refuse(_):
        raise UrlNotAllowed("The host of the URL has no address.")

    caller.sender.vet = refuse

    assert caller.post(PLACE, {"url": URL}).json["detail"] == "The host of the URL has no address."


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({}, "/url"), ({"url": URL, "events": []}, "/events"), ({"url": URL, "events": ["webhook.test"]}, "/events/0"),
     ({"url": URL, "secret": "mine"}, "/secret")],
)  # fmt: skip
def test_a_field_that_is_wrong_is_named(body, pointer, caller):
    assert next(iter(caller.post(PLACE, body).fields)) == pointer


def test_what_is_not_given_stays(caller):
    webhook = made(caller, description="ours")

    changed = patched(caller, webhook["id"], events=["job.failed"], url=None)

    assert changed.json == {**webhook, "events": ["job.failed"], "secret": None}
    assert patched(caller, webhook["id"]).json == changed.json


def test_a_new_url_is_checked(caller):
    webhook = made(caller)

    assert patched(caller, webhook["id"], url="https://192.168.1.1/").code == "url_not_allowed"
    assert patched(caller, webhook["id"], url=f"{URL}/new").json["url"] == f"{URL}/new"


def test_an_endpoint_that_was_disabled_is_taken_back(caller):
    webhook = made(caller)
    row(caller, webhook["id"])["status"] = "disabled"

    assert caller.get(f"{PLACE}/{webhook['id']}").json["status"] == "disabled"
    assert patched(caller, webhook["id"], enabled=True).json["status"] == "enabled"
    assert patched(caller, webhook["id"], enabled=False).json["status"] == "disabled"


def test_a_removed_endpoint_is_unknown(caller):
    webhook = made(caller)

    answer = removed(caller, webhook["id"])

    assert (answer.status, answer.text) == (204, "")
    assert {caller.get(f"{PLACE}/{webhook['id']}").status, removed(caller, webhook["id"]).status} == {404}


def test_an_endpoint_of_another_tenant_is_unknown(caller):
    webhook = made(caller)
    other = Caller(caller.world, tenant="support")
    place = f"{PLACE}/{webhook['id']}"

    answers = [other.get(place), patched(other, webhook["id"], description="x"), removed(other, webhook["id"]),
               other.post(f"{place}/rotate-secret"), other.post(f"{place}/test"), other.get(f"{place}/deliveries")]  # fmt: skip

    assert {answer.code for answer in answers} == {"not_found"}
    assert caller.get(place).json["description"] is None


def test_a_rotated_secret_is_shown_once(caller):
    webhook = made(caller)

    rotated = caller.post(f"{PLACE}/{webhook['id']}/rotate-secret").json

    assert rotated["secret"] not in (None, webhook["secret"])
    assert rotated["previous_secret_until"] == "2026-01-16T10:00:02.114Z"
    assert caller.get(f"{PLACE}/{webhook['id']}").json["secret"] is None


def test_two_rotations_at_once_lose_no_secret(caller):
    webhook = made(caller)

    def race(world, intent):
        if isinstance(intent, ChangeRow) and "previous_secret" in intent.sets:
            world.before.clear()
            world.perform(replace(intent, sets={**intent.sets, "secret": "whsec_other"}))

    caller.world.before.append(race)

    answer = caller.post(f"{PLACE}/{webhook['id']}/rotate-secret")

    assert (answer.status, answer.code) == (409, "state_conflict")
    assert row(caller, webhook["id"])["previous_secret"] == webhook["secret"]


def test_a_body_is_refused_where_none_is_taken(caller):
    webhook = made(caller)

    assert caller.post(f"{PLACE}/{webhook['id']}/rotate-secret", {"secret": "mine"}).code == "validation_failed"


def test_a_key_without_the_scope_is_refused(caller):
    weak = Caller(caller.world, scopes=("jobs:write", "jobs:read"))

    assert {weak.get(PLACE).status, weak.post(PLACE, {"url": URL}).status} == {403}


def test_a_table_out_of_reach_is_503(caller):
    def fail(_world, intent):
        if isinstance(intent, ChangeRow) and "description" in intent.sets:
            raise StorageUnavailable

    webhook = made(caller)
    caller.world.before.append(fail)

    assert patched(caller, webhook["id"], description="new").status == 503
