"""`callscribe submit`: recordings, whole folders and objects of S3, handed in once each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.cli.commands.sending import Call, Sent, checked, recordings, send_all, wait_all
from api.cli.dialogue import job_line, show_dialogue
from api.cli.options import AsJson, How, asks, pairs
from api.cli.refusals import tell
from api.cli.session import Session
from api.cli.tables import coloured, named_columns, yielding
from api.client import Client

ABOUT = "What it is known by"
FILES = Annotated[list[Path] | None, typer.Argument(metavar="FILE|FOLDER", help="recorded calls")]


@dataclass(frozen=True, slots=True, kw_only=True)
class About(How):
    """What is said of the calls, and how they are transcribed."""

    reference: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="your name of the call; by default the file's", rich_help_panel=ABOUT),
    ] = None
    subject: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="pseudonym of the person called, for `erase`", rich_help_panel=ABOUT),
    ] = None
    tag: Annotated[list[str], typer.Option(metavar="TAG", help="may be repeated", rich_help_panel=ABOUT)] = field(
        default_factory=list
    )
    metadata: Annotated[
        list[str], typer.Option(metavar="NAME=VALUE", help="may be repeated", rich_help_panel=ABOUT)
    ] = field(default_factory=list)

    def call(self, source: Path | str) -> Call:
        """A recording with all that was said of it."""
        own = Path(source).stem
        metadata = pairs(self.metadata, "--metadata")
        more = {"subject_ref": self.subject, "tags": self.tag, "metadata": metadata}
        return Call(source, self.wishes(reference=self.reference or own, **more))


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """Which recordings, and what to do beside sending them."""

    s3: Annotated[list[str], typer.Option(metavar="S3_URI", help="s3://bucket/key; may be repeated")] = field(
        default_factory=list
    )
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="folders within folders too")] = False
    parallel: Annotated[int, typer.Option(min=1, max=32, metavar="N", help="uploads at a time")] = 4
    wait: Annotated[bool, typer.Option("--wait", "-w", help="wait for the end; print the transcript of one")] = False
    as_json: AsJson = False


@asks
def submit(session: Session, doing: Doing, about: About, files: FILES = None) -> None:
    """Send recorded calls to be transcribed.

    The same recording with the same options makes one job within 24 hours, so
    after a break send the folder again: what is there is `already submitted`.
    """
    calls = [about.call(source) for source in _sources(files or [], doing)]
    client = session.client()
    sent = send_all(client, calls, doing.parallel, session.err)
    if doing.wait:
        sent = wait_all(client, sent, doing.parallel, session.err)
    _show(session, sent, doing)
    if doing.wait and not doing.as_json and len(sent) == 1:
        _print_dialogue(session, client, sent[0])
    raise typer.Exit(0 if all(one.is_right for one in sent) else 1)


def _sources(files: list[Path], doing: Doing) -> list[Path | str]:
    found: list[Path | str] = [*recordings(checked(files), recursive=doing.recursive), *doing.s3]
    if found:
        return found
    if files:
        hint = "" if doing.recursive else ": add --recursive, or name the files"
        raise typer.BadParameter(f"there is no recording in {files[0]}{hint}")
    raise typer.BadParameter("name a recording, a folder, or --s3 s3://bucket/key")


def _show(session: Session, sent: Sequence[Sent], doing: Doing) -> None:
    """What came of each call: JSON, a line for one, a table for several; failures on the other channel."""
    if doing.as_json:
        session.json(one.job for one in sent if one.job is not None)
    elif len(sent) == 1:
        for line in _line(sent[0]):
            session.say(line)
    else:
        session.out.print(_table(sent))
        session.say(_sum(sent))
    for one in sent:
        if one.error is not None:
            tell(session, one.error, about=one.call.name)


def _line(sent: Sent) -> Iterator[object]:
    if sent.job is not None:
        yield job_line(sent.job)
        if sent.job.is_replay:
            yield "already submitted: nothing was sent"


def _table(sent: Sequence[Sent]) -> Table:
    table = named_columns("call", "status", "id", "")
    for one in sent:
        status = one.job.status if one.job else "failed"
        note = one.note
        table.add_row(yielding(one.call.name), coloured(status, status), one.job.id if one.job else "", note)
    return table


def _sum(sent: Sequence[Sent]) -> str:
    """How many of each kind."""
    right = [one for one in sent if one.is_right]
    known = sum(1 for one in right if one.job is not None and one.job.is_replay)
    counts = [(len(right) - known, "submitted"), (known, "already submitted"), (len(sent) - len(right), "failed")]
    return ", ".join(f"{count} {what}" for count, what in counts if count)


def _print_dialogue(session: Session, client: Client, sent: Sent) -> None:
    if sent.job is not None and sent.job.status == "completed":
        show_dialogue(client.transcript(sent.job.id), session.out)
