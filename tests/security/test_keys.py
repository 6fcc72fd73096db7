"""Who may call: every route, with every kind of key that must not."""

import json

import pytest
from contract.caller import NOW, Caller

from api.contract.routes import ROUTES
from shared.job import Key
from shared.keys import ApiKey, is_secret_of, new_key, parse_key

GUARDED = [route for route in ROUTES if route.scope]
OF_A_JOB = [route for route in GUARDED if "<job_id>" in route.path]
UNKNOWN_ID = "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A"


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world)


def call(caller: Caller, route, job_id: str = UNKNOWN_ID, **headers):
    return caller.send(route.verb, route.path.replace("<job_id>", job_id), b"", headers)


@pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.name)
def test_without_a_key_nothing_is_answered(caller, route):
    answer = call(caller, route, Authorization="")

    assert (answer.status, answer.code, answer.headers["WWW-Authenticate"]) == (401, "unauthenticated", "Bearer")


@pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.name)
def test_a_key_without_the_scope_is_told_which(world, route):
    others = tuple(scope for scope in ("jobs:write", "jobs:read", "jobs:erase") if scope != route.scope)

    answer = call(Caller(world, scopes=others), route)

    assert (answer.status, answer.code) == (403, "forbidden")
    assert route.scope in answer.json["detail"]


@pytest.mark.parametrize("route", OF_A_JOB, ids=lambda route: route.name)
def test_another_tenants_job_is_an_unknown_id(caller, route):
    job_id = caller.submit_form().json["id"]
    other = Caller(caller.world, tenant="support")

    theirs, unknown = call(other, route, job_id), call(other, route, UNKNOWN_ID)

    assert (theirs.status, theirs.text, theirs.headers) == (404, unknown.text, unknown.headers)


WRONG = {
    "other secret": lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"),
    "other id": lambda key: "csk_0000000000_" + key[15:],
    "no prefix": lambda key: key[4:],
    "cut": lambda key: key[:-1],
    "longer": lambda key: key + "A",
    "empty": lambda _key: "",
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_key_is_refused(caller, kind):
    assert caller.submit(Authorization=f"Bearer {WRONG[kind](caller.key)}").status == 401


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
def test_another_scheme_is_refused(caller, scheme):
    assert caller.submit(Authorization=f"{scheme} {caller.key}").status == 401


def test_the_scheme_is_read_in_any_case(caller):
    assert caller.submit(Authorization=f"bearer {caller.key}").status == 202


def test_a_gateway_identity_is_not_trusted(caller):
    assert caller.send("POST", "/v1/jobs", b"{}", {"Authorization": "", "X-Amzn-Tenant": "sales"}).status == 401


def test_an_expired_key_is_refused(caller):
    caller.key_row["expires_at"] = NOW + 10
    before = caller.submit().status
    caller.clock[0] += 10

    assert (before, caller.submit().status) == (202, 401)


def test_a_revocation_holds_within_a_minute(caller):
    caller.submit()
    caller.key_row["revoked_at"] = NOW
    cached = caller.submit().status
    caller.clock[0] += 60

    assert (cached, caller.submit().status) == (202, 401)


def test_keys_are_hashed(caller):
    assert caller.key[15:] not in json.dumps(list(caller.world.rows.values()))


def test_a_key_lies_where_its_id_says(world):
    key, row = new_key("sales", ["jobs:read"], NOW, label="crm")

    parsed = parse_key(key)

    assert parsed is not None
    assert Key.of_api_key(parsed.id) == Key.of_api_key(row["id"])
    assert (row["tenant"], row["scopes"], row["label"]) == ("sales", ["jobs:read"], "crm")


def test_only_its_own_secret_fits_a_row():
    (key, row), (other, _) = (new_key("sales", ["jobs:read"], NOW) for _ in range(2))

    assert [is_secret_of(ApiKey("x", text[15:]), row) for text in (key, other)] == [True, False]
    assert not is_secret_of(ApiKey("x", key[15:]), {})


def test_an_unknown_scope_makes_no_key():
    with pytest.raises(ValueError, match="jobs:everything"):
        new_key("sales", ["jobs:everything"], NOW)
