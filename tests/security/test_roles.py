"""Roles: an AWS identity counts on the one gateway that checked it, and only if it was let in."""

import dataclasses

import pytest
from contract.caller import NOW, Caller, event, settings

from api.access.principal import Keyring, Principal, identify
from shared.errors.requests import Forbidden, Unauthenticated
from shared.job import Key
from shared.keys import known_arn

INTERNAL = "a1b2c3d4e5"
ROLE = "arn:aws:iam::123456789012:role/crm-backend"
SESSION = "arn:aws:sts::123456789012:assumed-role/crm-backend/i-0abc"
USER = "arn:aws:iam::123456789012:user/ops/anna"


@pytest.fixture
def caller(world) -> Caller:
    world.rows[Key.of_role(ROLE)] = {"tenant": "sales", "scopes": ["jobs:read"]}
    return Caller(world)


@pytest.fixture
def parts(caller):
    deployed = settings().model_copy(update={"internal_api_id": INTERNAL})
    return dataclasses.replace(caller.parts(), settings=deployed)


def signed(arn=SESSION, api=INTERNAL, **headers):
    """An event of a gateway that says that `arn` has signed the request."""
    made = event("GET", "/v1/jobs", b"", headers)
    made["requestContext"] |= {"apiId": api, "identity": {"userArn": arn, "sourceIp": "10.0.0.1"}}
    return made


def who(request, parts, keyring=None):
    return identify(request, request["headers"].get("Authorization"), parts, keyring or Keyring())


def test_a_role_that_was_let_in_is_its_tenant(parts):
    found = who(signed(), parts)

    assert (found.tenant, found.scopes) == ("sales", frozenset({"jobs:read"}))
    assert found.id.startswith("role_")


def test_a_role_and_a_key_yield_the_same_kind(parts, caller):
    by_key = who({**signed(api="public"), "headers": {"Authorization": f"Bearer {caller.key}"}}, parts)

    assert isinstance(by_key, Principal)
    assert (by_key.tenant, by_key.id) == ("sales", caller.key[4:14])


@pytest.mark.parametrize("arn", [SESSION.replace("crm", "hr"), SESSION.replace("3456", "9999"), USER, "", "x", None])
def test_a_role_that_nobody_let_in_is_forbidden(parts, arn):
    with pytest.raises(Forbidden, match="not mapped"):
        who(signed(arn), parts)


@pytest.mark.parametrize("api", ["public", "local", "", None, INTERNAL.upper()])
def test_an_identity_of_another_gateway_is_not_trusted(parts, api):
    with pytest.raises(Unauthenticated):
        who(signed(api=api), parts)


@pytest.mark.parametrize("internal", [None, ""])
def test_without_an_internal_gateway_no_identity_counts(parts, internal):
    none = dataclasses.replace(parts, settings=parts.settings.model_copy(update={"internal_api_id": internal}))

    with pytest.raises(Unauthenticated):
        who(signed(api=internal), none)


def test_a_key_does_not_open_the_internal_gateway(parts, caller):
    request = signed(SESSION.replace("crm", "hr"), Authorization=f"Bearer {caller.key}")

    with pytest.raises(Forbidden):
        who(request, parts)


def test_headers_make_nobody_a_role(parts):
    request = event("GET", "/v1/jobs", b"", {"X-Amz-User-Arn": SESSION, "Authorization": "AWS4-HMAC-SHA256 x"})

    with pytest.raises(Unauthenticated):
        who(request, parts)


def test_a_revoked_role_is_refused_within_a_minute(parts, world):
    keyring = Keyring()
    who(signed(), parts, keyring)
    world.rows[Key.of_role(ROLE)]["revoked_at"] = NOW

    assert who(signed(), dataclasses.replace(parts, now=lambda: NOW + 59), keyring).tenant == "sales"
    with pytest.raises(Forbidden):
        who(signed(), dataclasses.replace(parts, now=lambda: NOW + 60), keyring)


def test_a_role_is_read_once_a_minute(parts, world):
    keyring, asked = Keyring(), []
    world.before.append(lambda _, intent: asked.append(intent))

    for _ in range(5):
        who(signed(), parts, keyring)

    assert len(asked) == 1


def test_a_user_is_known_by_its_own_arn(parts, world):
    world.rows[Key.of_role(USER)] = {"tenant": "support", "scopes": []}

    assert who(signed(USER), parts).tenant == "support"


@pytest.mark.parametrize(
    ("arn", "known"),
    [
        (SESSION, ROLE),
        (ROLE, ROLE),
        (ROLE.replace("role/", "role/teams/sales/"), ROLE),
        (SESSION.replace("arn:aws:", "arn:aws-us-gov:"), ROLE.replace("arn:aws:", "arn:aws-us-gov:")),
        (USER, USER),
        ("arn:aws:iam::123456789012:root", None),
        ("arn:aws:sts::123456789012:federated-user/x", None),
        ("arn:aws:sts::123456789012:assumed-role/crm-backend", None),
        (ROLE + "\n", None),
        ("arn:aws:iam::1:role/x", None),
    ],
)
def test_a_session_is_known_by_its_role(arn, known):
    assert known_arn(arn) == known
