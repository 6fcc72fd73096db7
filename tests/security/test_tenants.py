"""Tenants: what is another's is as if it were not there, on every route."""

import pytest
from contract.caller import Caller
from security.belongings import CREATING, GUARDED, OF_SOMETHING, Belongings, call, name_of

from shared.ids import new_id


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world)


@pytest.fixture
def other(world) -> Caller:
    return Caller(world, tenant="support")


@pytest.mark.parametrize("route", OF_SOMETHING, ids=name_of)
def test_the_id_of_another_tenant_is_an_unknown_one(caller, other, route):
    ids = Belongings(caller).ids(route)

    theirs, unknown = call(other, route, ids), call(other, route)

    assert (theirs.status, theirs.text, theirs.headers) == (404, unknown.text, unknown.headers)


@pytest.mark.parametrize("route", OF_SOMETHING, ids=name_of)
def test_the_owner_finds_the_same_id(caller, route):
    assert call(caller, route, Belongings(caller).ids(route)).status not in (404, 500)


@pytest.mark.parametrize("route", OF_SOMETHING, ids=name_of)
def test_an_id_of_another_kind_is_an_unknown_one(caller, route):
    ids = Belongings(caller).ids(route)
    wrong = {kind: new_id("xyz", caller.clock[0]) for kind in ids}

    assert call(caller, route, wrong).text == call(caller, route).text


@pytest.mark.parametrize("route", OF_SOMETHING, ids=name_of)
def test_asking_for_anothers_changes_nothing(caller, other, route):
    ids = Belongings(caller).ids(route)
    before = rows_of(caller)

    call(other, route, ids)

    assert rows_of(caller) == before


def test_a_delivery_is_found_under_its_own_endpoint_only(caller, other):
    redeliver = next(route for route in OF_SOMETHING if route.name == "redeliver")
    theirs, own = Belongings(caller).ids(redeliver), Belongings(other).ids(redeliver)

    answer = call(other, redeliver, {**own, "delivery_id": theirs["delivery_id"]})

    assert answer.status == 404


@pytest.mark.parametrize("name", CREATING)
def test_lists_and_keys_are_apart(caller, other, name):
    caller.world.store.put("sales-calls-eu", "call.wav", b"RIFF")
    path = next(route.path for route in GUARDED if route.name == name)

    answers = [one.post(path, CREATING[name], Idempotency_Key="k") for one in (caller, other)]

    assert [answer.status < 300 for answer in answers] == [True, True]
    assert answers[0].json["id"] != answers[1].json["id"]
    assert "Idempotency-Replayed" not in answers[1].headers


@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/batches", "/v1/webhooks"])
def test_a_list_holds_what_is_ones_own(caller, other, path):
    caller.world.store.put("sales-calls-eu", "call.wav", b"RIFF")
    body = next(CREATING[route.name] for route in GUARDED if route.path == path and route.verb == "POST")
    made = caller.post(path, body).json["id"]

    assert [one["id"] for one in caller.get(path).json["data"]] == [made]
    assert other.get(path).json["data"] == []


@pytest.mark.parametrize("field", ["reference", "subject_ref"])
def test_an_erasure_reaches_ones_own_jobs_only(caller, other, field):
    job_id = caller.submit({**CREATING["submit_job"], field: "x"}).json["id"]

    erased = other.post("/v1/erasures", {field: "x"})

    assert erased.status == 202
    assert caller.get(f"/v1/jobs/{job_id}").status == 200


def test_an_erasure_of_anothers_batch_reaches_nothing(caller, other):
    batch_id = Belongings(caller).ids(next(route for route in GUARDED if route.name == "read_batch"))["batch_id"]
    before = rows_of(caller)

    other.post("/v1/erasures", {"batch_id": batch_id})

    assert rows_of(caller) == before


def test_a_batch_takes_no_job_of_another(caller, other):
    job_id = caller.submit_form().json["id"]

    theirs = other.post("/v1/batches", {"items": [{"job_id": job_id}]})
    unknown = other.post("/v1/batches", {"items": [{"job_id": new_id("job", caller.clock[0])}]})

    assert theirs.status == unknown.status
    assert [row for key, row in other.world.rows.items() if key.pk.startswith("T#support#J#")] == []


def rows_of(caller):
    """Every row of the caller's tenant."""
    start = f"T#{caller.tenant}#"
    return {
        key: dict(row) for key, row in caller.world.rows.items() if key.pk.startswith(start) and "ALLOW" not in key.pk
    }
