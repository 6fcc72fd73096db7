"""The commands that read: watch, show, list."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn

from api.cli.dialogue import figures, job_line, show_dialogue, stage_of, suppressed
from api.cli.options import AsJson, JobIds, Lane, Limit, asks, moment
from api.cli.session import Session, given_ids
from api.cli.tables import job_table
from api.client import Client, Job
from api.client.wishes import JobFilters

STATUSES = "awaiting_upload, queued, processing, completed, failed, canceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Filters of the list: a job must fulfil all that is given."""

    status: Annotated[list[str], typer.Option(metavar="STATUS", help=f"may be repeated: {STATUSES}")] = field(
        default_factory=list
    )
    lane: Annotated[Lane | None, typer.Option(metavar="LANE", help="interactive or batch")] = None
    reference: Annotated[str | None, typer.Option(metavar="TEXT", help="exactly this reference")] = None
    tag: Annotated[str | None, typer.Option(metavar="TAG", help="has this tag")] = None
    batch: Annotated[str | None, typer.Option(metavar="BATCH_ID", help="the jobs of one batch")] = None
    language: Annotated[str | None, typer.Option(metavar="LANG", help="the language that was heard")] = None
    needs_review: Annotated[bool | None, typer.Option(help="completed with such a quality")] = None
    after: Annotated[object, typer.Option(parser=moment, metavar="WHEN", help="born at or after")] = None
    before: Annotated[object, typer.Option(parser=moment, metavar="WHEN", help="born before")] = None

    def filters(self) -> JobFilters:
        """The same as the client words it."""
        given: Any = {
            "status": self.status or None,
            "lane": self.lane,
            "reference": self.reference,
            "tag": self.tag,
            "batch_id": self.batch,
            "language": self.language,
            "needs_review": self.needs_review,
            "created_after": self.after,
            "created_before": self.before,
        }
        found: JobFilters = {name: value for name, value in given.items() if value is not None}  # type: ignore[assignment]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Much:
    """How much of a list, and in which form."""

    limit: Limit = 20
    all: Annotated[bool, typer.Option("--all", help="to the very end")] = False
    ids: Annotated[bool, typer.Option("--ids", help="ids alone, a line each, for pipes")] = False
    as_json: AsJson = False


@asks
def watch(session: Session, job_ids: JobIds, as_json: AsJson = False) -> None:
    """Follow jobs until their end; exit code 1 unless all are completed."""
    client = session.client()
    ends = [_followed(session, client, job_id, as_json=as_json) for job_id in given_ids(job_ids)]
    raise typer.Exit(0 if all(job.status == "completed" for job in ends) else 1)


@asks
def show(
    session: Session,
    job_ids: JobIds,
    suppressed: Annotated[bool, typer.Option("--suppressed", help="text that was left out, and why")] = False,
    as_json: AsJson = False,
) -> None:
    """Show a job and what was said in the call."""
    client = session.client()
    for job_id in given_ids(job_ids):
        job = client.get(job_id)
        if as_json:
            session.json([job])
        else:
            _show(session, client, job, with_suppressed=suppressed)


@asks
def list_jobs(session: Session, which: Which, much: Much) -> None:
    """List calls, newest first."""
    found = session.client().jobs(**which.filters())
    jobs = found if much.all else itertools.islice(found, much.limit)
    if much.as_json:
        session.json(jobs)
    elif much.ids:
        for job in jobs:
            print(job.id)
    else:
        _print_table(session, list(jobs), None if much.all else much.limit)


def _print_table(session: Session, jobs: list[Job], limit: int | None) -> None:
    if not jobs:
        session.warn("no such call; `callscribe submit` sends one", style=None)
        return
    session.out.print(job_table(jobs, session.now()))
    if len(jobs) == limit:
        session.warn(f"the newest {limit}; --limit or --all shows more", style="dim")


def _followed(session: Session, client: Client, job_id: str, *, as_json: bool) -> Job:
    """The job at its end; on the way a bar on a terminal, a line for each change elsewhere."""
    states = client.states(job_id)
    if as_json:
        states = _each_as_json(session, states)
    elif session.out.is_terminal:
        states = _with_bar(session, states)
    else:
        states = _with_lines(session, states)
    *_, job = states
    if not as_json and session.out.is_terminal:
        session.say(job_line(job))
    return job


def _each_as_json(session: Session, states: Iterator[Job]) -> Iterator[Job]:
    for job in states:
        session.json([job])
        yield job


def _with_lines(session: Session, states: Iterator[Job]) -> Iterator[Job]:
    before = ""
    for job in states:
        line = job_line(job)
        if line.plain != before:
            session.say(line)
        before = line.plain
        yield job


def _with_bar(session: Session, states: Iterator[Job]) -> Iterator[Job]:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[stage]}"))
    with Progress(*columns, console=session.out, transient=True) as progress:
        bar = progress.add_task("", total=100.0, stage="")
        for job in states:
            done = job.progress.percent if job.progress else None
            progress.update(bar, description=job.id, completed=done, stage=stage_of(job) or job.status)
            yield job


def _show(session: Session, client: Client, job: Job, *, with_suppressed: bool) -> None:
    session.say(job_line(job))
    if job.status != "completed":
        return
    transcript = client.transcript(job.id)
    show_dialogue(transcript, session.out)
    for line in figures(transcript):
        session.say(line, style="dim")
    if with_suppressed:
        for left_out in suppressed(transcript):
            session.say(left_out)
    elif transcript.suppressed:
        session.say(f"left out: {len(transcript.suppressed)}; --suppressed shows what and why", style="dim")
