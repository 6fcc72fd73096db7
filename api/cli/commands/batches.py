"""`callscribe batch`: many calls at once, from a list or chosen among ended ones."""

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from api.cli.commands.choosing import Chosen, calls_of
from api.cli.options import AsJson, How, Limit, asks
from api.cli.session import Session
from api.cli.tables import batch_table
from api.client import Client, JobBatch, Preview

Status = Literal["preparing", "running", "completed", "canceled"]
BatchId = Annotated[str, typer.Argument(metavar="BATCH_ID", help="bat_…")]
Items = Annotated[
    list[str] | None, typer.Argument(metavar="S3_URI|JOB_ID", help="calls; - reads them from standard input")
]
batch = typer.Typer(no_args_is_help=True, help="Transcribe many calls, new or again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(How):
    """What the batch is called, and how its calls are transcribed."""

    items: Annotated[Path | None, typer.Option(exists=True, help="file with an item as JSON a line")] = None
    reference: Annotated[str | None, typer.Option(metavar="TEXT", help="your name of the batch")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """What to do once it is made."""

    wait: Annotated[bool, typer.Option("--wait", "-w", help="wait for the end")] = False
    as_json: AsJson = False


@batch.command("create")
@asks
def create(
    session: Session,
    order: Order,
    chosen: Chosen,
    after: After,
    calls: Items = None,
) -> None:
    """Make a batch; `preview` with the same options shows what it would do."""
    client = session.client()
    made = client.create_batch(calls_of(calls or [], order.items, chosen), order.wishes(reference=order.reference))
    if after.wait:
        made = _followed(session, client, made.id)
    _tell(session, made, as_json=after.as_json)
    raise typer.Exit(1 if after.wait and (made.counts.failed or made.status != "completed") else 0)


@batch.command("preview")
@asks
def preview(session: Session, order: Order, chosen: Chosen, calls: Items = None, as_json: AsJson = False) -> None:
    """Show what a batch would do; nothing is made."""
    client = session.client()
    seen = client.preview(calls_of(calls or [], order.items, chosen), order.wishes(reference=order.reference))
    if as_json:
        session.json([seen])
    else:
        session.say(_preview_line(seen))


@batch.command("list")
@asks
def list_batches(
    session: Session,
    status: Annotated[Status | None, typer.Option(help="only these")] = None,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """List batches, newest first."""
    found = list(itertools.islice(session.client().batches(status), limit))
    if as_json:
        session.json(found)
    elif found:
        session.out.print(batch_table(found, session.now()))
    else:
        session.warn("no such batch; `callscribe batch create` makes one", style=None)


@batch.command("show")
@asks
def show(
    session: Session,
    batch_id: BatchId,
    wait: Annotated[bool, typer.Option("--wait", "-w", help="wait for the end")] = False,
    as_json: AsJson = False,
) -> None:
    """Show a batch with its counts; its calls: `callscribe list --batch ID`."""
    client = session.client()
    _tell(session, _followed(session, client, batch_id) if wait else client.batch(batch_id), as_json=as_json)


@batch.command("cancel")
@asks
def cancel(session: Session, batch_id: BatchId, as_json: AsJson = False) -> None:
    """Cancel every call of a batch that has not ended."""
    _tell(session, session.client().cancel_batch(batch_id), as_json=as_json)


def _followed(session: Session, client: Client, batch_id: str) -> JobBatch:
    """The batch at its end, with a bar on the way."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=session.err, transient=True, disable=not session.err.is_terminal) as progress:
        bar = progress.add_task(batch_id)
        for seen in client.batch_states(batch_id):
            progress.update(bar, description=f"{batch_id} {seen.status}", completed=seen.counts.ended,
                            total=seen.counts.total)  # fmt: skip
    return seen


def _tell(session: Session, seen: JobBatch, *, as_json: bool) -> None:
    if as_json:
        session.json([seen])
        return
    session.out.print(batch_table([seen], session.now()))
    counts = ", ".join(f"{number} {name}" for name, number in seen.counts.model_dump().items() if number)
    session.say(f"jobs: {counts or 'none yet'}")
    for reason, number in seen.skipped.items():
        session.say(f"left out: {number} {reason}")
    for item in seen.rejected:
        session.say(f"item {item.index}: {item.code}", style="red")


def _preview_line(seen: Preview) -> str:
    left_out = "".join(f", {number} {reason}" for reason, number in seen.skipped.items())
    return (
        f"{seen.matched} match{left_out}: {seen.jobs} would be transcribed, {seen.audio_s / 3_600:.1f} hours of calls"
    )
