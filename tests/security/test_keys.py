"""Keys: what opens the door, for how long, and what is kept of them."""

import json

import pytest
from contract.caller import NOW, Caller

from shared.job import Key
from shared.keys import ApiKey, is_secret_of, new_key, parse_key


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world)


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
