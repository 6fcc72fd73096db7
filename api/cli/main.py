"""`callscribe`: the list of commands; what each does stands in its own file."""

import os
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from api.cli import jobs
from api.cli.doctor import examine
from api.cli.processes import script
from api.cli.up import up
from shared.errors.root import CallscribeError
from shared.errors.transient import StorageUnavailable
from shared.settings import BAD_CONFIGURATION, ClientSettings

LOCAL = Path(".local")
LOCAL_QUEUE = "callscribe-local-events"
ALL_SCOPES = ["jobs:write", "jobs:read", "jobs:erase", "webhooks:manage"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    help="Recorded telephone calls in, text out.",
)
keys = typer.Typer(no_args_is_help=True, help="Make and revoke API keys (needs AWS credentials).")
app.add_typer(keys, name="keys")
for command in (jobs.submit, jobs.watch, jobs.show, jobs.export):
    app.command()(command)


def main() -> None:
    """Run one command; a failure with a name ends it with that sentence, settings that are not valid with 78."""
    try:
        app()
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        jobs.err.print(f"callscribe: CALLSCRIBE_ settings are not valid: {problems}")
        sys.exit(BAD_CONFIGURATION)
    except StorageUnavailable as error:
        advice = "check AWS_DEFAULT_REGION, AWS_ENDPOINT_URL and the credentials"
        jobs.err.print(f"callscribe: AWS does not answer ({error.facts.get('aws')}): {advice}")
        sys.exit(1)
    except CallscribeError as error:
        jobs.err.print(f"callscribe: {error}")
        sys.exit(1)


@app.command("up")
def up_command() -> None:
    """Run the whole service on this machine until Ctrl-C."""
    raise typer.Exit(up(LOCAL))


@app.command("demo")
def demo_command() -> None:
    """Start the service, transcribe the bundled calls, check the result."""
    # It needs the scoring library, which no other command does.
    from api.cli.demo.play import demo  # noqa: PLC0415

    raise typer.Exit(demo(LOCAL / "demo"))


@app.command("listen")
def listen_command(
    queue: Annotated[str, typer.Option(help="name of a queue that is subscribed to the topic")] = LOCAL_QUEUE,
    events: Annotated[Path, typer.Option(help="file that gets a line of JSON an event")] = LOCAL / "events.jsonl",
) -> None:
    """Print each event of a finished job (needs AWS credentials)."""
    # boto3 costs every command half a second; only this and `keys` need it.
    from api.cli.listen import listen  # noqa: PLC0415

    listen(queue, events)


@app.command("worker", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def worker_command(context: typer.Context) -> None:
    """Become `callscribe-worker`, which takes its settings from the environment."""
    command = script("callscribe-worker")
    os.execv(command[0], command + context.args)  # noqa: S606 - our own script, and no shell is wanted


@app.command("doctor")
def doctor_command() -> None:
    """Say what is missing, and what to do about it."""
    findings = list(examine(ClientSettings()))
    for finding in findings:
        print(f"{'ok  ' if finding.is_right else 'FAIL'}  {finding.about}")
        if not finding.is_right:
            print(f"      {finding.advice}")
    raise typer.Exit(0 if all(finding.is_right for finding in findings) else 1)


@keys.command("create")
def create_command(
    tenant: Annotated[str, typer.Option(help="whose jobs the key may see")],
    scope: Annotated[list[str] | None, typer.Option(help="may be repeated; by default all")] = None,
    label: Annotated[str | None, typer.Option(help="a note for the list of keys, never a secret")] = None,
) -> None:
    """Make a key and print it, once."""
    from api.cli.keys import create_key  # noqa: PLC0415 - as in `listen`

    try:
        print(create_key(tenant, scope or ALL_SCOPES, label, time.time()))  # noqa: TID251 - here `now` is born
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


@keys.command("revoke")
def revoke_command(
    key_id: Annotated[str, typer.Argument(help="the key, or the part between csk_ and the next _")],
) -> None:
    """Refuse a key from now on."""
    from api.cli.keys import revoke_key  # noqa: PLC0415 - as in `listen`

    if not revoke_key(key_id, time.time()):  # noqa: TID251 - here `now` is born
        raise typer.BadParameter("there is no such key")
    print("revoked; servers that remember the key take up to a minute")
