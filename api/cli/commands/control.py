"""The commands that change what becomes of a call: cancel, retry, delete, erase."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.text import Text

from api.cli.dialogue import job_line
from api.cli.options import AsJson, JobIds, Yes, asks
from api.cli.refusals import tell
from api.cli.session import Session, given_ids
from api.client import Erasure
from shared.errors.root import CallscribeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose calls are to be erased: exactly one."""

    subject: Annotated[str | None, typer.Option(help="all calls with this subject_ref")] = None
    reference: Annotated[str | None, typer.Option(help="all calls with this reference")] = None
    batch: Annotated[str | None, typer.Option(help="all calls of a batch, bat_…")] = None
    receipt: Annotated[str | None, typer.Option(help="show a receipt again, era_…")] = None

    @property
    def given(self) -> tuple[str, str]:
        """The one that is given, and its value.

        Raises:
            typer.BadParameter: none is, or several are.
        """
        values = {"subject": self.subject, "reference": self.reference, "batch": self.batch, "receipt": self.receipt}
        found = [(name, value) for name, value in values.items() if value is not None]
        if len(found) != 1:
            raise typer.BadParameter("give exactly one of --subject, --reference, --batch and --receipt")
        return found[0]


@asks
def cancel(session: Session, job_ids: JobIds, as_json: AsJson = False) -> None:
    """Cancel calls that have not ended; it holds at once."""
    client = session.client()
    _each(session, given_ids(job_ids), lambda job_id: _told(session, client.cancel(job_id), job_line, as_json=as_json))


@asks
def retry(session: Session, job_ids: JobIds, as_json: AsJson = False) -> None:
    """Try failed or canceled calls again, under the same id."""
    client = session.client()
    _each(session, given_ids(job_ids), lambda job_id: _told(session, client.retry(job_id), job_line, as_json=as_json))


@asks
def delete(session: Session, job_ids: JobIds, yes: Yes = False, as_json: AsJson = False) -> None:
    """Erase calls for good: audio, transcript, everything; prints the receipt."""
    ids = given_ids(job_ids)
    what = ids[0] if len(ids) == 1 else f"{len(ids)} calls"
    _ask(f"Erase {what} for good?", yes=yes, can_ask="-" not in job_ids)
    client = session.client()
    _each(session, ids, lambda job_id: _told(session, client.erase(job_id), receipt_line, as_json=as_json))


@asks
def erase(session: Session, whose: Whose, yes: Yes = False, as_json: AsJson = False) -> None:
    """Erase all calls of a person, a reference or a batch; prints the receipt."""
    name, value = whose.given
    client = session.client()
    if name == "receipt":
        _told(session, client.erasure(value), receipt_line, as_json=as_json)
        return
    _ask(f"Erase all calls of {name} {value} for good?", yes=yes, can_ask=True)
    erasure = client.erase_all(
        **{"subject": {"subject_ref": value}, "reference": {"reference": value}, "batch": {"batch_id": value}}[name]
    )
    _told(session, erasure, receipt_line, as_json=as_json)
    if erasure.completed_at is None and not as_json:
        session.warn(f"still at it: `callscribe erase --receipt {erasure.id}` shows the end", style=None)


def receipt_line(erasure: Erasure) -> Text:
    """A receipt in one line."""
    calls = "1 call" if erasure.jobs == 1 else f"{erasure.jobs} calls"
    counts = f"{calls} erased, {erasure.object_versions_deleted} objects deleted"
    colour = "green" if erasure.status == "completed" else "yellow"
    return Text.assemble(f"{erasure.id}  ", (erasure.status, colour), f"  {counts}")


def _ask(question: str, *, yes: bool, can_ask: bool) -> None:
    """Go on only if somebody says so.

    Raises:
        typer.BadParameter: nobody can be asked, because the ids come from the standard input or there is no terminal.
    """
    if yes:
        return
    if not can_ask or not sys.stdin.readable():
        raise typer.BadParameter("nobody can be asked here: add --yes if you are sure")
    typer.confirm(question, abort=True, err=True)


def _told(session: Session, view: BaseModel, line: Callable[..., Text], *, as_json: bool) -> None:
    if as_json:
        session.json([view])
    else:
        session.say(line(view))


def _each(session: Session, ids: list[str], act: Callable[[str], None]) -> None:
    """Do `act` to each; what fails is told and stops none of the rest.

    Raises:
        typer.Exit: 1 if one failed.
    """
    failed = 0
    for one in ids:
        try:
            act(one)
        except CallscribeError as error:
            if len(ids) == 1:
                raise
            tell(session, error, about=one)
            failed += 1
    if failed:
        raise typer.Exit(1)
