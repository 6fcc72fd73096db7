"""`callscribe export`: what was said, and what it sounds like, as files."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from api.cli.options import JobIds, asks
from api.cli.session import Session, given_ids
from api.client import Client, Format, Sound

Form: TypeAlias = Literal[Format, "audio"]


@asks
def export(
    session: Session,
    job_ids: JobIds,
    form: Annotated[Form, typer.Option("--format", "-f", help="json, txt, srt, vtt, or audio: the recording")] = "txt",
    to: Annotated[Path | None, typer.Option(help="file or folder to write; by default the terminal")] = None,
) -> None:
    """Write transcripts in another format, or recordings; several go into a folder, each under its id."""
    client, ids = session.client(), given_ids(job_ids)
    if to is not None and len(ids) > 1 and to.is_file():
        raise typer.BadParameter(f"{to} is a file, and there are {len(ids)} calls: name a folder")
    if form == "audio" and to is None:
        raise typer.BadParameter("a recording is no text: name a file or folder with --to")
    many = len(ids) > 1
    for job_id in ids:
        if form == "audio":
            sound = client.audio(job_id)
            _write_audio(session, client, sound, _place(to, f"{job_id}.{sound.media_type.rpartition('/')[2]}", many))
        else:
            _write_text(session, client.export(job_id, form), _place(to, f"{job_id}.{form}", many))


def _write_text(session: Session, text: str, path: Path | None) -> None:
    if path is None:
        print(text, end="" if text.endswith("\n") else "\n")
        return
    path.write_text(text, encoding="utf-8")
    session.warn(f"{path}: {len(text):,} characters", style=None)


def _write_audio(session: Session, client: Client, sound: Sound, path: Path | None) -> None:
    """Write a recording under another name, and give it its own once it is whole."""
    assert path is not None, "it was asked for"
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    part = path.with_name(f"{path.name}.part")
    with Progress(*columns, console=session.err, transient=True, disable=not session.err.is_terminal) as progress:
        bar = progress.add_task(sound.job_id, total=None)
        with part.open("wb") as file:
            client.download(sound, file, lambda done, whole: progress.update(bar, completed=done, total=whole))
    part.replace(path)
    session.warn(f"{path}: {path.stat().st_size:,} bytes", style=None)


def _place(to: Path | None, name: str, many: bool) -> Path | None:
    if to is None or not (many or to.is_dir()):
        return to
    to.mkdir(parents=True, exist_ok=True)
    return to / name
