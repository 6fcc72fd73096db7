"""Recordings on their way: found in folders, sent several at a time; a failure stops none of the rest."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn

from api.cli.dialogue import stage_of
from api.client import BY_CONTENT, Client, Job, Wishes
from shared.errors.root import CallscribeError

SUFFIXES = frozenset({".wav", ".rf64", ".w64", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".aac", ".amr", ".awb"}) | {
    ".m4a", ".mp4", ".webm", ".mka", ".caf", ".aif", ".aiff", ".au",
}  # fmt: skip
"""What is taken from a folder; the service itself looks at the first bytes, never at the name."""
A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Call:
    """A recording and how it is to be transcribed; `source` is a path, or an address `s3://…`."""

    source: Path | str
    wishes: Wishes

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.source if isinstance(self.source, str) else self.source.name


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a call: a job, or why there is none."""

    call: Call
    job: Job | None = None
    error: Exception | None = None

    @property
    def is_right(self) -> bool:
        """Whether nothing has failed yet."""
        return self.job is not None and self.error is None and self.job.status not in ("failed", "canceled")

    @property
    def note(self) -> str:
        """What is worth saying beside its status."""
        if self.job is None:
            return "not sent"
        if self.job.error is not None:
            return self.job.error.code
        return "already submitted" if self.job.is_replay else ""


def recordings(paths: Iterable[Path], *, recursive: bool) -> Iterator[Path]:
    """The files that are named, and those with an audio suffix in the folders that are named, in order."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = path.rglob("*") if recursive else path.iterdir()
        yield from sorted(one for one in found if one.is_file() and one.suffix.lower() in SUFFIXES)


@dataclass(slots=True)
class Board:
    """The bars; one for each call that is under way, one below for all of them."""

    progress: Progress
    whole: TaskID

    def bar(self, name: str) -> TaskID:
        """A bar for one call."""
        return self.progress.add_task(name, total=None)

    def ended(self, bar: TaskID) -> None:
        """Take a bar away, and count one more."""
        self.progress.remove_task(bar)
        self.progress.advance(self.whole)


def send_all(client: Client, calls: Sequence[Call], parallel: int, err: Console) -> list[Sent]:
    """Submit `calls`, `parallel` at a time; the same recording with the same wishes makes one job."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    return _all(lambda call, board: _send(client, call, board), calls, (parallel, err, columns))


def wait_all(client: Client, sent: Sequence[Sent], parallel: int, err: Console) -> list[Sent]:
    """Follow each job to its end."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[stage]}"))
    return _all(lambda one, board: _wait(client, one, board), sent, (parallel, err, columns))


def _all(act: Callable[[A, Board], B], things: Sequence[A], how: tuple[int, Console, tuple[object, ...]]) -> list[B]:
    parallel, err, columns = how
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:  # type: ignore[arg-type]
        board = Board(progress, progress.add_task(f"{len(things)} calls", total=len(things), stage=""))
        with ThreadPoolExecutor(parallel) as pool:
            try:
                return list(pool.map(lambda thing: act(thing, board), things))
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise


def _send(client: Client, call: Call, board: Board) -> Sent:
    bar = board.bar(call.name)
    try:
        job = client.submit(
            str(call.source),
            call.wishes,
            idempotency_key=BY_CONTENT,
            on_upload=lambda done, whole: board.progress.update(bar, completed=done, total=whole),
        )
    except (CallscribeError, OSError) as error:
        return Sent(call, error=error)
    finally:
        board.ended(bar)
    return Sent(call, job)


def _wait(client: Client, sent: Sent, board: Board) -> Sent:
    if sent.job is None or sent.job.is_terminal:
        return sent
    bar = board.progress.add_task(sent.call.name, total=100.0, stage=sent.job.status)
    try:
        for job in client.states(sent.job.id):
            percent = job.progress.percent if job.progress else None
            board.progress.update(bar, completed=percent, stage=stage_of(job) or job.status)
            last = job
    except CallscribeError as error:
        return replace(sent, error=error)
    finally:
        board.ended(bar)
    return replace(sent, job=last.model_copy(update={"is_replay": sent.job.is_replay}))


def checked(paths: list[Path]) -> list[Path]:
    """`paths`, once it is sure that each is there.

    Raises:
        typer.BadParameter: names the first that is not.
    """
    if missing := [path for path in paths if not path.exists()]:
        raise typer.BadParameter(f"{missing[0]}: there is no such file or folder")
    return paths
