"""The demo from start to verdict: the stack, then a client like any other, then the checks."""

import shutil
import time
from importlib.resources import files
from pathlib import Path

from rich.console import Console

from api.cli.demo.board import Board, score_table, show_transcript
from api.cli.demo.judging import Call, Played, bundled_calls, event_ids, failures, summary
from api.cli.processes import Line, report_signals
from api.cli.stack import LISTENER, Stack, StackError, StackSettings, StackStopped, running
from api.client import Client, Event, Job, Wishes
from shared.errors.root import CallscribeError

LOOK_EVERY_S = 0.5
PATIENCE_S = 300.0
"""For all calls together: normally well under a minute."""
EVENTS_S = 15.0
WIDTH = 110


def demo(folder: Path) -> int:
    """Play the demo; 0 only if everything is as promised.

    Args:
        folder: holds logs and events of this run; emptied first. Ports are free ones, so a running `up` is left alone.
    """
    console = Console(highlight=False, soft_wrap=True, width=None if Console().is_terminal else WIDTH)
    shutil.rmtree(folder, ignore_errors=True)
    stack = Stack(folder, StackSettings(port=0))
    report_signals(stack.family.facts)
    try:
        with running(stack):
            all_played = _play(stack, console)
        return _verdict(all_played, console)
    except StackStopped:
        console.print("demo: stopped")
    except StackError as error:
        console.print(f"demo: {error}", style="bold red")
    except CallscribeError as error:
        console.print(f"demo: {error}: see {folder}/log", style="bold red")
    return 1


def _play(stack: Stack, console: Console) -> list[Played]:
    """Start the stack, send all calls at once, wait for their ends and for what the subscriber hears of them."""
    began = time.monotonic()
    console.print("Starting AWS on loopback, the API, a worker and a subscriber ...")
    for line in stack.start():
        if line.process in stack.ready:
            console.print(f"  {line.process:<9} {stack.ready[line.process]}", style="dim")
    console.print(f"Ready after {time.monotonic() - began:.1f} s.\n")
    client = Client(stack.url, stack.key)
    calls = bundled_calls(Path(str(files("api"))) / "console" / "calls")
    with Board(console) as board:
        jobs = {call.name: (call, _send(client, call, board)) for call in calls}
        _follow(stack, client, jobs, board)
        told = _events(stack, {job.id for _, job in jobs.values()}, board)
    return [_played(client, call, job, told) for call, job in jobs.values()]


def _send(client: Client, call: Call, board: Board) -> Job:
    """Announce, upload straight to the store, confirm: the three requests of every integrator."""
    with call.path.open("rb") as audio:
        job = client.announce(audio, Wishes(reference=call.name))
        board.show(call, job)
        client.upload(job, audio, lambda done, whole: board.show_upload(call, 100 * done // max(whole, 1)))
    job = client.complete(job.id)
    board.show(call, job)
    return job


def _follow(stack: Stack, client: Client, jobs: dict[str, tuple[Call, Job]], board: Board) -> None:
    """Poll until every job has ended, and show what the subscriber hears meanwhile."""
    deadline = time.monotonic() + PATIENCE_S
    while open_jobs := [name for name, (_, job) in jobs.items() if not job.is_terminal]:
        if time.monotonic() > deadline:
            raise StackError(f"not at its end after {PATIENCE_S:.0f} s: {', '.join(open_jobs)}")
        for name in open_jobs:
            call, job = jobs[name]
            jobs[name] = (call, client.get(job.id))
            board.show(*jobs[name])
        for line in stack.watch(time.monotonic() + LOOK_EVERY_S):
            _tell(line, board)


def _events(stack: Stack, job_ids: set[str], board: Board) -> list[Event]:
    """What the subscriber wrote down, once it has heard of every job or had time enough to."""
    deadline = time.monotonic() + EVENTS_S
    told: list[Event] = []
    while time.monotonic() < deadline and not job_ids <= {event.data.job_id for event in told}:
        for line in stack.watch(time.monotonic() + LOOK_EVERY_S):
            _tell(line, board)
        if stack.events.is_file():
            told = [Event.model_validate_json(line) for line in stack.events.read_text("utf-8").splitlines()]
    return told


def _tell(line: Line, board: Board) -> None:
    """Show what the subscriber says; the other processes have their logs."""
    if line.process == LISTENER:
        board.say(f"event  {line.text}")


def _played(client: Client, call: Call, job: Job, told: list[Event]) -> Played:
    transcript = client.transcript(job.id) if job.status == "completed" else None
    return Played(call, job, transcript, event_ids(told, job.id))


def _verdict(all_played: list[Played], console: Console) -> int:
    """Show every transcript and score, then what is not as promised, then the one line to remember."""
    for played in all_played:
        show_transcript(console, played)
    console.print()
    console.print(score_table(all_played))
    console.print(
        f"\nModel: {_models(all_played)}: the small one of the project, trained on synthetic voices and few words."
    )
    console.print("Production uses large-v3-turbo, loaded by the same code.")
    console.print("To see and hear calls of your own: make up, and its page at /console.")
    failed = [failure for played in all_played for failure in failures(played)]
    if not all_played:
        failed = ["there is no bundled call"]
    for failure in failed:
        console.print(f"FAILED  {failure}", style="bold red")
    console.print(summary(all_played), style="bold red" if failed else "bold green")
    return 1 if failed else 0


def _models(all_played: list[Played]) -> str:
    """The names that the transcripts give."""
    named = [played.transcript.processing for played in all_played if played.transcript]
    return ", ".join(sorted({processing.model for processing in named if processing})) or "none"
