"""`callscribe keys`: what is made opens the door, what is listed tells no secret, what is revoked is closed."""

import dataclasses
import json
import zlib

import boto3
import pytest
from contract.caller import Caller
from moto import mock_aws
from typer.testing import CliRunner

from api.access.principal import Keyring, authenticate
from api.cli.commands.keys import keys
from api.cli.keys import open_keys
from shared.aws.clients import connect
from shared.emulator.making import table_definition
from shared.errors.requests import Unauthenticated
from shared.job import DAY_S, Key
from shared.keys import SCOPES, Grant
from shared.protocol.intents import ReadRow

ROLE = "arn:aws:iam::123456789012:role/crm-backend"
NOW = 1_768_471_200.0


@pytest.fixture(scope="module")
def table():
    """One table for all: a client of AWS takes half a second to make, so every test has a tenant of its own."""
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        environment.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        environment.setenv("CALLSCRIBE_TABLE", "jobs")
        # A terminal of a test is narrow; a list is read by programs too.
        environment.setenv("COLUMNS", "60")
        connect().dynamodb.create_table(**table_definition("jobs"))
        yield open_keys()
    boto3.DEFAULT_SESSION = None


@pytest.fixture
def tenant(request):
    """A tenant that no other test has."""
    return f"t{zlib.crc32(request.node.name.encode())}"


def ran(*words):
    """What a command prints; it must end well."""
    result = CliRunner().invoke(keys, words)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*words):
    result = CliRunner().invoke(keys, words)
    return result.exit_code == 2, result.output


def door(table, now=NOW):
    """The parts of an API that reads the same table."""

    class World:
        def perform(self, intent):
            assert isinstance(intent, ReadRow)
            return table.ledger.read(intent.key)

    return dataclasses.replace(Caller().parts(), world=World(), now=lambda: now)


def test_a_made_key_opens_the_door(table, tenant):
    key = ran("create", "--tenant", tenant, "--scopes", "jobs:write, jobs:read", "--scope", "jobs:erase").strip()

    found = authenticate(f"Bearer {key}", door(table), Keyring())

    assert (found.tenant, found.scopes) == (tenant, {"jobs:write", "jobs:read", "jobs:erase"})


def test_a_key_may_do_all_unless_told(table, tenant):
    key = ran("create", "--tenant", tenant).strip()

    assert authenticate(f"Bearer {key}", door(table), Keyring()).scopes == set(SCOPES)


def test_a_key_ends_by_itself(table, tenant):
    key = table.create(Grant(tenant, SCOPES, expires_days=30), NOW)

    assert authenticate(f"Bearer {key}", door(table, NOW + 30 * DAY_S - 1), Keyring()).tenant == tenant
    with pytest.raises(Unauthenticated):
        authenticate(f"Bearer {key}", door(table, NOW + 30 * DAY_S), Keyring())


def test_a_list_shows_all_but_the_secret(table, tenant):
    key = ran("create", "--tenant", tenant, "--label", "crm backend", "--expires-days", "7").strip()
    table.create(Grant("support", SCOPES), NOW)

    shown = ran("list", "--tenant", tenant)

    assert all(part in shown for part in (key[4:14], tenant, ",".join(sorted(SCOPES)), "crm backend"))
    assert (key[15:] in shown, "support" in shown) == (False, False)


def test_a_list_of_all_has_every_tenant(table, tenant):
    for suffix in ("a", "b"):
        table.create(Grant(tenant + suffix, SCOPES), NOW)

    assert {tenant + "a", tenant + "b"} <= {row["tenant"] for row in table.every(None)}


def test_what_is_listed_holds_no_hash(table, tenant):
    table.create(Grant(tenant, SCOPES), NOW)

    assert [sorted(row) for row in table.every(tenant)] == [["created_at", "id", "scopes", "tenant"]]


def test_a_tenant_is_not_its_namesake(table, tenant):
    table.create(Grant(f"{tenant}-2", SCOPES), NOW)

    assert table.every(tenant) == []


def test_nothing_in_the_table_is_the_key(table, tenant):
    key = table.create(Grant(tenant, SCOPES, "crm"), NOW)

    kept = json.dumps(table.ledger.client.scan(TableName="jobs")["Items"])

    assert key[4:14] in kept
    assert key[15:] not in kept


@pytest.mark.parametrize("cut", [slice(None), slice(4, 14)], ids=["whole", "id"])
def test_a_revoked_key_is_refused_and_listed_so(table, tenant, cut):
    key = table.create(Grant(tenant, SCOPES), NOW)

    assert "revoked" in ran("revoke", key[cut])
    with pytest.raises(Unauthenticated):
        authenticate(f"Bearer {key}", door(table), Keyring())
    assert table.every(tenant)[0]["revoked_at"] > NOW


def test_a_role_is_let_in_and_out(table, tenant):
    ran("allow-role", "--role-arn", ROLE.replace("/", "/teams/"), "--tenant", tenant, "--scopes", "jobs:read")
    before = table.ledger.read(Key.of_role(ROLE))

    ran("revoke", ROLE)

    assert (before["tenant"], before["scopes"], before.get("revoked_at")) == (tenant, ["jobs:read"], None)
    assert ROLE in ran("list", "--tenant", tenant)
    assert table.ledger.read(Key.of_role(ROLE))["revoked_at"] > NOW


def test_a_role_moves_to_its_last_tenant(table, tenant):
    for one in (tenant, f"{tenant}-2"):
        table.allow_role(ROLE, Grant(one, SCOPES), NOW)

    assert (table.every(tenant), len(table.every(f"{tenant}-2"))) == ([], 1)
    assert [row["id"] for row in table.every(None)].count(ROLE) == 1


def test_many_keys_are_listed_once_each(table, tenant):
    made = {table.create(Grant(tenant, ("jobs:read",)), NOW)[4:14] for _ in range(25)}

    listed = [row["id"] for row in dataclasses.replace(table, page=10).every(tenant)]

    assert (len(listed), set(listed)) == (25, made)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("create", "--tenant", "sales", "--scopes", "jobs:everything"), "jobs:everything"),
        (("create", "--tenant", "sales#x"), "tenant"),
        (("create", "--tenant", "../sales"), "tenant"),
        (("create", "--tenant", ""), "tenant"),
        (("create", "--tenant", "sales", "--expires-days", "0"), "expires"),
        (("allow-role", "--role-arn", "crm", "--tenant", "sales"), "ARN"),
        (("allow-role", "--role-arn", ROLE, "--tenant", "Sales"), "tenant"),
        (("revoke", "0000000000"), "no such key"),
    ],
)
def test_what_cannot_be_is_refused(table, words, says):
    before = len(table.every(None))
    is_refused, output = refused(*words)

    assert (is_refused, len(table.every(None))) == (True, before)
    assert says in output
