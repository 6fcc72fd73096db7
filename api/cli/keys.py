"""`callscribe keys`: who may call, written straight into the table; this needs AWS credentials, not a key."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.aws.clients import connect, translated
from shared.aws.ledger import Ledger
from shared.job import Key, Row
from shared.keys import Grant, known_arn, new_key
from shared.protocol.intents import Changed, ChangeRow, CreateRows, FindRows, Found, FoundRow

LIST_PK = "KEYS"
"""Where the ids of all keys lie together, by tenant; the secret's hash stays in the row of the key."""
MOST_REQUESTS = 100
"""Requests that a list may take."""


class KeySettings(BaseSettings):
    """The one setting that keys need; `shared.settings` lists it with the others."""

    model_config = SettingsConfigDict(env_prefix="CALLSCRIBE_", frozen=True, extra="ignore")

    table: str = Field(description="DynamoDB table with one row a job")


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys and roles of one deployment."""

    ledger: Ledger
    page: int = 1_000
    """Keys that a list asks for at a time."""

    def create(self, grant: Grant, now: float) -> str:
        """Make a key and keep its hash; the text that comes back is shown once and never again."""
        text, row = new_key(grant.tenant, grant.scopes, now, grant.label)
        row["expires_at"] = grant.expires_at(now)
        listed = {"of": "key", "id": row["id"], "expires_at": row["expires_at"]}
        places = ((Key.of_api_key(row["id"]), row), (_listed_at(grant.tenant, row["id"]), listed))
        self.ledger.create(CreateRows(places, now))
        return text

    def allow_role(self, arn: str, grant: Grant, now: float) -> str:
        """Give an AWS role or user a tenant and scopes, instead of what it had; the ARN under which it is known.

        Raises:
            ValueError: `arn` names neither.
        """
        known = known_arn(arn)
        if known is None:
            raise ValueError("give the ARN of an IAM role or user: arn:aws:iam::123456789012:role/NAME")
        fields = {"tenant": grant.tenant, "scopes": sorted(set(grant.scopes)), "label": grant.label}
        row = {"id": known, **fields, "created_at": now, "expires_at": grant.expires_at(now)}
        self.ledger.put(_listed_at(grant.tenant, known), {"of": "role", "id": known})
        self.ledger.put(Key.of_role(known), row)
        return known

    def revoke(self, name: str, now: float) -> bool:
        """Refuse a key or a role from now on (servers remember it for a minute); False if there is none."""
        known = known_arn(name)
        key = Key.of_role(known) if known else Key.of_api_key(name.removeprefix("csk_").partition("_")[0])
        return isinstance(self.ledger.change(ChangeRow(key, guard=(), sets={"revoked_at": now})), Changed)

    def every(self, tenant: str | None) -> list[Row]:
        """Every key and role of a tenant, or of all, as its row says now, without the hash of its secret."""
        listed = [found.row for found in self._listed(tenant)]
        places = tuple(Key.of_role(row["id"]) if row["of"] == "role" else Key.of_api_key(row["id"]) for row in listed)
        rows = [row for row in self.ledger.read_many(places) if row is not None]
        # A role that was given to another tenant is still listed under the one it had.
        own = {str(row["id"]): row for row in rows if tenant in (None, row["tenant"])}
        return [{name: value for name, value in row.items() if name != "secret_sha256"} for row in own.values()]

    def _listed(self, tenant: str | None) -> Iterator[FoundRow]:
        """The items of the list, in as many requests as they take."""
        low, high = (None, None) if tenant is None else (f"{tenant}#", f"{tenant}#~")
        for _ in range(MOST_REQUESTS):
            found: Found = self.ledger.find(FindRows(None, LIST_PK, low, high, limit=self.page))
            # A bound belongs to what is looked for, so the last row comes again: the reader knows it by its id.
            yield from found.rows
            low = str(found.last)
            if found.last is None:
                return


def open_keys() -> Keys:
    """The keys in the table that the environment names."""
    with translated():
        return Keys(Ledger(connect().dynamodb, KeySettings().table))  # pyright: ignore[reportCallIssue]


def _listed_at(tenant: str, name: str) -> Key:
    return Key(LIST_PK, f"{tenant}#{name}")
