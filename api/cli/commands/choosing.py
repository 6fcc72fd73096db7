"""Which calls a batch takes: those that are named, or those that a selector chooses among the ended ones."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from api.cli.options import Lane, moment
from api.cli.session import given_ids
from api.client import Item, Selector
from api.client.wishes import Calls

WHICH = "Which ended calls to take again"
Ended = Literal["completed", "failed", "canceled"]
ITEM_FIELDS = ("s3_uri", "job_id", "reference", "subject_ref")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Options that choose among ended calls."""

    status: Annotated[
        Ended | None, typer.Option(metavar="STATUS", help="completed, failed or canceled", rich_help_panel=WHICH)
    ] = None
    after: Annotated[
        datetime | None, typer.Option(parser=moment, metavar="WHEN", help="born at or after", rich_help_panel=WHICH)
    ] = None
    before: Annotated[
        datetime | None, typer.Option(parser=moment, metavar="WHEN", help="born before", rich_help_panel=WHICH)
    ] = None
    was_lane: Annotated[Lane | None, typer.Option(metavar="LANE", help="came in this lane", rich_help_panel=WHICH)] = (
        None
    )
    was_reference: Annotated[
        str | None, typer.Option(metavar="TEXT", help="has this reference", rich_help_panel=WHICH)
    ] = None
    was_batch: Annotated[
        str | None, typer.Option(metavar="BATCH_ID", help="came in this batch", rich_help_panel=WHICH)
    ] = None
    was_language: Annotated[
        str | None, typer.Option(metavar="LANG", help="was heard in this", rich_help_panel=WHICH)
    ] = None
    tag: Annotated[str | None, typer.Option(metavar="TAG", help="has this tag", rich_help_panel=WHICH)] = None
    needs_review: Annotated[bool | None, typer.Option(help="completed with such a quality", rich_help_panel=WHICH)] = (
        None
    )
    was_model: Annotated[
        str | None, typer.Option(metavar="NAME", help="was made with this model", rich_help_panel=WHICH)
    ] = None
    model_not: Annotated[
        str | None, typer.Option(metavar="NAME", help="was made with another", rich_help_panel=WHICH)
    ] = None

    def selector(self) -> Selector:
        """The same as a client words it."""
        return Selector(
            status=self.status,
            created_after=self.after,
            created_before=self.before,
            lane=self.was_lane,
            reference=self.was_reference,
            batch_id=self.was_batch,
            language=self.was_language,
            tag=self.tag,
            needs_review=self.needs_review,
            model=self.was_model,
            model_not=self.model_not,
        )


def calls_of(named: list[str], items_file: Path | None, chosen: Chosen) -> Calls:
    """The items that are named or listed in a file, else what the selector chooses."""
    selector = chosen.selector()
    items = [*given_ids(named), *(_from_file(items_file) if items_file else ())]
    if bool(items) == bool(selector.as_json()):
        raise typer.BadParameter("give either calls (s3://…, job_…, --items FILE) or options that choose ended calls")
    return items or selector


def _from_file(path: Path) -> Iterator[Item]:
    """The items of a file, an object a line."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.strip():
            yield _item(line, f"{path}, line {number}")


def _item(line: str, where: str) -> Item:
    try:
        told: Any = json.loads(line)
        return Item(**told)
    except (ValueError, TypeError) as error:
        raise typer.BadParameter(f"{where}: write an object with some of {', '.join(ITEM_FIELDS)}") from error
