"""`callscribe up`, `demo`, `listen`, `worker`: the commands that start processes or become one."""

import os
from pathlib import Path
from typing import Annotated

import typer

from api.cli.processes import script
from api.cli.up import up

LOCAL = Path(".local")
LOCAL_QUEUE = "callscribe-local-events"


def up_command() -> None:
    """Run the whole service on this machine until Ctrl-C."""
    raise typer.Exit(up(LOCAL))


def demo_command() -> None:
    """Start the service, transcribe the bundled calls, check the result."""
    # It needs the scoring library, which no other command does.
    from api.cli.demo.play import demo  # noqa: PLC0415

    raise typer.Exit(demo(LOCAL / "demo"))


def listen_command(
    queue: Annotated[str, typer.Option(help="name of a queue that is subscribed to the topic")] = LOCAL_QUEUE,
    events: Annotated[Path, typer.Option(help="file that gets a line of JSON an event")] = LOCAL / "events.jsonl",
) -> None:
    """Print each event of a finished job (needs AWS credentials)."""
    # boto3 costs every command half a second; only this and `keys` need it.
    from api.cli.listen import listen  # noqa: PLC0415

    listen(queue, events)


def worker_command(context: typer.Context) -> None:
    """Become `callscribe-worker`, which takes its settings from the environment."""
    command = script("callscribe-worker")
    os.execv(command[0], command + context.args)  # noqa: S606 - our own script, and no shell is wanted
