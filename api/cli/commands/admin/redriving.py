"""`callscribe admin redrive`: failed jobs are tried again."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import typer

from api.cli.options import Moment
from shared.errors.root import CallscribeError
from shared.ids import lowest_id
from shared.job import LISTED, Job, Status
from shared.protocol.controlling import retry
from shared.protocol.drive import World, drive
from shared.protocol.intents import FindRows, Found, ReadRow, Where

PAGE = 100
MOST_PAGES = 10_000
FAILED = ((Where("status", "=", Status.FAILED.value),),)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which failed jobs to take again: whose, of which codes (none: of any), born at or after which moment."""

    tenant: str
    codes: frozenset[str]
    since: float


def redrive_command(
    tenant: Annotated[str, typer.Option(help="whose jobs")],
    code: Annotated[list[str] | None, typer.Option(help="only jobs that failed of this; may be repeated")] = None,
    since: Moment = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say which, and change nothing")] = False,
) -> None:
    """Try failed jobs again, as `retry` does: the queue's own redrive would only bring their messages back."""
    # boto3 costs every command half a second; only these need it.
    from shared.aws.clients import connect  # noqa: PLC0415
    from shared.aws.world import connect_world  # noqa: PLC0415
    from shared.settings import load  # noqa: PLC0415

    now = time.time()  # noqa: TID251 - here `now` is born
    wanted = Wanted(tenant, frozenset(code or ()), since.timestamp() if since else 0.0)
    told = list(redrive(wanted, connect_world(connect(), load()), None if dry_run else now))
    for line in told:
        print(line)
    print(f"{len(told)} failed jobs" + (": nothing was changed" if dry_run else ""))


def redrive(wanted: Wanted, world: World, now: float | None) -> Iterator[str]:
    """Try each job that is `wanted` again; a line each. Without `now` they are named only."""
    for job in _failed(wanted, world):
        code = job.error.code if job.error else ""
        try:
            if now is not None:
                drive(retry(job, now), world)
            yield f"{job.id}  {code}"
        except CallscribeError as error:
            yield f"{job.id}  {code}: left as it is: {error.message}"


def _failed(wanted: Wanted, world: World) -> Iterator[Job]:
    """The failed jobs that are `wanted`, oldest first, each as its row says now."""
    low: str | None = lowest_id("job", wanted.since)
    for _ in range(MOST_PAGES):
        found: Found = world.perform(FindRows(LISTED, wanted.tenant, low=low, limit=PAGE, guard=FAILED))
        for one in found.rows:
            job = Job.model_validate(world.perform(ReadRow(one.key)))
            if job.status is Status.FAILED and (not wanted.codes or (job.error and job.error.code in wanted.codes)):
                yield job
        if found.last is None:
            return
        # The bound belongs to what is looked for; an id is followed by nothing smaller than itself with a tail.
        low = f"{found.last}!"
