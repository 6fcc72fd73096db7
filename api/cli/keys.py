"""`callscribe keys`: API keys, written straight into the table; this needs AWS credentials, not a key."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.aws.clients import connect, translated
from shared.aws.ledger import Ledger
from shared.job import Key
from shared.keys import new_key
from shared.protocol.intents import Changed, ChangeRow


class KeySettings(BaseSettings):
    """The one setting that keys need; `shared.settings` lists it with the others."""

    model_config = SettingsConfigDict(env_prefix="CALLSCRIBE_", frozen=True, extra="ignore")

    table: str = Field(description="DynamoDB table with one row a job")


def create_key(tenant: str, scopes: list[str], label: str | None, now: float) -> str:
    """Make a key and keep its hash; the text that comes back is shown once and never again.

    Raises:
        ValueError: a scope is unknown.
    """
    text, row = new_key(tenant, scopes, now, label)
    _ledger().put(Key.of_api_key(str(row["id"])), row)
    return text


def revoke_key(key_id: str, now: float) -> bool:
    """Refuse a key from now on (within a minute: servers remember it that long); False if there is none."""
    key_id = key_id.removeprefix("csk_").partition("_")[0]
    answer = _ledger().change(ChangeRow(Key.of_api_key(key_id), guard=(), sets={"revoked_at": now}))
    return isinstance(answer, Changed)


def _ledger() -> Ledger:
    with translated():
        return Ledger(connect().dynamodb, KeySettings().table)  # pyright: ignore[reportCallIssue]
