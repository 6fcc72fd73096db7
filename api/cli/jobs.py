"""The commands about jobs: submit, watch, show, export. Each is one or two requests that anybody could send."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import open as open_with_progress

from api.cli.client import Client, Format, Wishes
from api.cli.dialogue import dialogue, job_line
from api.cli.views import Job
from shared.errors.root import CallscribeError
from shared.settings import ClientSettings

JobId = Annotated[str, typer.Argument(help="id of the job, job_…")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON, for programs")]


class NoKey(CallscribeError):
    """No API key: set CALLSCRIBE_API_KEY, or run `callscribe up`, which writes one to .local/env."""

    code = "no_key"


out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def client() -> Client:
    """A client with the key of the environment or of `.local/env`."""
    settings = ClientSettings()
    if settings.api_key is None:
        raise NoKey
    return Client(settings.url, settings.api_key)


def submit(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="recorded calls")],
    wait: Annotated[bool, typer.Option("--wait", help="wait for the end and print the transcript")] = False,
    language: Annotated[str | None, typer.Option(help="fr, de, it, en; detected when not given")] = None,
    reference: Annotated[str | None, typer.Option(help="your own name of the call; by default the file's")] = None,
    as_json: AsJson = False,
) -> None:
    """Send recorded calls to be transcribed."""
    api = client()
    jobs = [_send(api, path, Wishes(language, reference or path.stem)) for path in files]
    for job in jobs:
        _tell(api.finished(job.id) if wait else job, as_json=as_json)
        if wait and not as_json:
            _print_dialogue(api, job.id)


def watch(job_id: JobId) -> None:
    """Follow a job until its end."""
    api = client()
    job = api.get(job_id)
    out.print(job_line(job))
    while not job.is_terminal:
        job = api.get(job_id, wait_s=5)
        out.print(job_line(job))
    raise typer.Exit(0 if job.status == "completed" else 1)


def show(job_id: JobId, as_json: AsJson = False) -> None:
    """Show a job and what was said in the call."""
    api = client()
    job = api.get(job_id)
    _tell(job, as_json=as_json)
    if not as_json:
        _print_dialogue(api, job.id)


def export(
    job_id: JobId,
    form: Annotated[Format, typer.Option("--format", help="json, txt, srt or vtt")] = "txt",
    to: Annotated[Path | None, typer.Option(help="file to write; by default the terminal")] = None,
) -> None:
    """Write a transcript in another format."""
    api = client()
    text = api.export(job_id, form)
    if to is None:
        print(text)
    else:
        to.write_text(text, encoding="utf-8")
        err.print(f"{to}: {len(text)} characters")


def _send(api: Client, path: Path, wishes: Wishes) -> Job:
    """Announce, upload with a bar on the terminal, confirm."""
    with open_with_progress(path, "rb", description=path.name, console=err, transient=True) as audio:
        job = api.submit(audio, wishes)
        api.upload(job, audio)
    return api.complete(job.id)


def _tell(job: Job, *, as_json: bool) -> None:
    if as_json:
        print(job.model_dump_json())
    else:
        out.print(job_line(job))


def _print_dialogue(api: Client, job_id: str) -> None:
    if api.get(job_id).status == "completed":
        for line in dialogue(api.transcript(job_id)):
            out.print(line)
