"""How the demo looks: a live table on a terminal, one line a change where there is none."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from api.cli.demo.judging import Call, Played
from api.cli.dialogue import STATUS_COLOURS, clock, dialogue, stage_of
from api.client import Job


@dataclass(slots=True)
class Board:
    """The calls and where they stand; used as a context, in which the table is live."""

    console: Console
    jobs: dict[str, tuple[Call, Job]] = field(default_factory=dict)
    uploaded: dict[str, int] = field(default_factory=dict)
    live: Live = field(init=False)

    def __post_init__(self) -> None:
        self.live = Live(console=self.console, auto_refresh=False, transient=False)

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.console.is_terminal:
            self.live.stop()

    def show(self, call: Call, job: Job) -> None:
        """Put the job's newest state on the board."""
        _, before = self.jobs.get(call.name, (call, None))
        self.jobs[call.name] = (call, job)
        if self.console.is_terminal:
            self.live.update(self._table(), refresh=True)
        elif before is None or before.status != job.status:
            self.say(f"{call.name:<20} {job.status}")

    def show_upload(self, call: Call, percent: int) -> None:
        """How much of the recording the store has taken."""
        self.uploaded[call.name] = percent
        if self.console.is_terminal:
            self.live.update(self._table(), refresh=True)

    def say(self, text: str | Text) -> None:
        """A line above the table."""
        self.console.print(text)

    def _table(self) -> Table:
        table = Table("call", "length", "status", "stage", "language", "warnings", box=None, padding=(0, 2))
        for call, job in self.jobs.values():
            length = clock(job.audio.duration) if job.audio.duration is not None else ""
            status = Text(job.status, style=STATUS_COLOURS.get(job.status, ""))
            table.add_row(call.name, length, status, self._stage(call, job), job.language, ", ".join(job.warnings))
        return table

    def _stage(self, call: Call, job: Job) -> str:
        is_uploading = job.status == "awaiting_upload" and call.name in self.uploaded
        return f"uploading {self.uploaded[call.name]} %" if is_uploading else stage_of(job)


def show_transcript(console: Console, played: Played) -> None:
    """What was said, and what the service found to warn of."""
    if played.transcript is None:
        return
    duration = clock(played.transcript.duration)
    console.print()
    console.rule(f"{played.call.name}: {played.call.reference.title} ({duration}, {played.transcript.language})")
    for line in dialogue(played.transcript):
        console.print(line)
    if played.job.warnings:
        console.print(f"warnings: {', '.join(played.job.warnings)}", style="yellow")


def score_table(all_played: Iterable[Played]) -> Table:
    """Word error rate by call, against what was really said."""
    table = Table("call", "language", "words", "wrong", "WER", box=None, padding=(0, 2))
    for played in all_played:
        accuracy = played.accuracy
        language = played.call.reference.language
        counts = (str(accuracy.spoken_words), str(accuracy.wrong_words))
        table.add_row(played.call.name, language, *counts, f"{accuracy.wer:.1%}")
    return table
