"""`callscribe admin audit`: does what the service promises hold of the rows and objects that there are?"""

import dataclasses
import json
from collections.abc import Callable, Iterator
from typing import Annotated

import typer

from api.cli.commands.admin.showing import counting
from api.cli.options import AsJson, asks
from api.cli.refusals import tell
from api.cli.session import Session
from shared.errors.transient import StorageUnavailable
from shared.protocol.auditing import Breach, audit_objects, audit_rows, tenants
from shared.protocol.drive import World, drive
from shared.settings import BAD_CONFIGURATION

BROKEN = 1
MOST_PAGES = 1_000_000
"""A thousand million rows: whoever reaches it has a walk that does not move."""
Say = Callable[[str, int], None]


@asks
def audit_command(
    session: Session,
    tenant: Annotated[str | None, typer.Option(help="whose jobs; by default everybody's")] = None,
    as_json: AsJson = False,
) -> None:
    """Hold every row and object against what the service promises; a line a breach, exit code 1 if there is one.

    It changes nothing and may run at any time: what moves meanwhile is looked at twice. Exit code 78: it did not get
    to look.
    """
    # boto3 costs every command half a second; only these need it.
    from shared.aws.clients import connect  # noqa: PLC0415
    from shared.aws.world import connect_world  # noqa: PLC0415
    from shared.settings import load  # noqa: PLC0415

    world, broken = connect_world(connect(), load()), 0
    try:
        with counting(session, "jobs") as say:
            for breach in audit(world, tenant, session.now(), say):
                broken += 1
                print(_json(breach) if as_json else _line(breach))
    except StorageUnavailable as error:
        # Nothing was found out: that must not look like a breach.
        tell(session, error)
        raise typer.Exit(BAD_CONFIGURATION) from error
    session.warn(f"{broken} breaches", style="red" if broken else "green")
    if broken:
        raise typer.Exit(BROKEN)


def audit(world: World, tenant: str | None, now: float, say: Say = lambda *_: None) -> Iterator[Breach]:
    """Every breach of `tenant`, or of all; `say` hears what is looked at and how many jobs were since the last time.

    First the rows, in the order of the table, then what each job holds, in the order of the ids.
    """
    found, after = {tenant} if tenant else set(drive(tenants(), world)), None
    for _ in range(MOST_PAGES):
        rows = drive(audit_rows(after, tenant, now), world)
        yield from rows.breaches
        say("rows", rows.jobs)
        found |= set() if tenant else rows.tenants
        after = rows.last
        if after is None:
            break
    for one in sorted(found):
        yield from _of_objects(world, one, now, say)


def _of_objects(world: World, tenant: str, now: float, say: Say) -> Iterator[Breach]:
    after: str | None = None
    for _ in range(MOST_PAGES):
        page = drive(audit_objects(tenant, after, now), world)
        yield from page.breaches
        say(f"objects of {tenant}", page.jobs)
        after = page.last
        if after is None:
            return


def _line(breach: Breach) -> str:
    return f"{breach.invariant} {breach.kind}  {breach.tenant}  {breach.id}  {breach.told}: {breach.remedy}"


def _json(breach: Breach) -> str:
    more = {"invariant": breach.invariant, "remedy": breach.remedy}
    return json.dumps({**dataclasses.asdict(breach), **more})
