"""`callscribe keys`: make, list and revoke API keys, and let AWS roles in."""

import time
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from shared.keys import SCOPES, Grant

keys = typer.Typer(no_args_is_help=True, help="Who may call: API keys and AWS roles (needs AWS credentials).")

Tenant = Annotated[str, typer.Option(help="whose jobs the caller may see")]
Scopes = Annotated[str, typer.Option(help="what the caller may do, separated by commas; by default all")]
Scope = Annotated[list[str] | None, typer.Option(help="one of them; may be repeated")]
Label = Annotated[str | None, typer.Option(help="a note for the list of keys, never a secret")]
Days = Annotated[int | None, typer.Option(min=1, max=3_650, help="days until it ends by itself; by default never")]

UNCUT = 1_000
"""Characters of a line: a narrow terminal, or none at all, must not cut an id."""


@keys.command("create")
def create_command(
    tenant: Tenant,
    scopes: Scopes = "",
    scope: Scope = None,
    label: Label = None,
    expires_days: Days = None,
) -> None:
    """Make a key and print it, once."""
    # boto3 costs every command half a second; only these need it.
    from api.cli.keys import open_keys  # noqa: PLC0415

    grant = _grant(tenant, _wanted(scopes, scope), label, expires_days)
    print(open_keys().create(grant, _now()))


@keys.command("revoke")
def revoke_command(
    name: Annotated[str, typer.Argument(help="the key, or the part between csk_ and the next _, or the ARN of a role")],
) -> None:
    """Refuse a key or a role from now on."""
    from api.cli.keys import open_keys  # noqa: PLC0415 - as in `create`

    if not open_keys().revoke(name, _now()):
        raise typer.BadParameter("there is no such key or role")
    print("revoked; servers that remember it take up to a minute")


@keys.command("list")
def list_command(
    tenant: Annotated[str | None, typer.Option(help="whose; by default everybody's")] = None,
) -> None:
    """Show every key and role: what it may do and until when, never its secret."""
    from api.cli.keys import open_keys  # noqa: PLC0415 - as in `create`

    table = Table("id", "tenant", "scopes", "label", "created", "expires", "revoked", box=None)
    for row in open_keys().every(tenant):
        moments = (_instant(row.get(name)) for name in ("created_at", "expires_at", "revoked_at"))
        table.add_row(row["id"], row["tenant"], ",".join(row["scopes"]), row.get("label") or "", *moments)
    Console(width=UNCUT).print(table)


@keys.command("allow-role")
def allow_role_command(
    role_arn: Annotated[str, typer.Option(help="arn:aws:iam::…:role/NAME of a role of the organisation")],
    tenant: Tenant,
    scopes: Scopes = "",
    scope: Scope = None,
    label: Label = None,
) -> None:
    """Let a role in by the gateway that checks AWS signatures, instead of what it could do before."""
    from api.cli.keys import open_keys  # noqa: PLC0415 - as in `create`

    grant = _grant(tenant, _wanted(scopes, scope), label)
    try:
        known = open_keys().allow_role(role_arn, grant, _now())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    print(f"{known} is let in; servers that remember it otherwise take up to a minute")


def _grant(tenant: str, scopes: tuple[str, ...], label: str | None, expires_days: int | None = None) -> Grant:
    """What is to be given; what cannot be is refused before the table is asked for anything."""
    try:
        return Grant(tenant, scopes, label, expires_days)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _wanted(together: str, one_by_one: list[str] | None) -> tuple[str, ...]:
    """The scopes of both options; all, where none is given."""
    given = [part.strip() for part in together.split(",") if part.strip()]
    return (*given, *(one_by_one or ())) or SCOPES


def _instant(moment: Any) -> str:
    return "" if moment is None else datetime.fromtimestamp(float(moment), UTC).strftime("%Y-%m-%d %H:%M")


def _now() -> float:
    return time.time()  # noqa: TID251 - here `now` is born
