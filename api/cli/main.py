"""`callscribe`: the list of commands; what each does stands in its own file."""

import time
from importlib.metadata import version
from typing import Annotated, Any

import typer

from api.cli.commands import control, jobs, service, stack
from api.cli.commands.admin import admin
from api.cli.commands.batches import batch
from api.cli.commands.exporting import export
from api.cli.commands.keys import keys
from api.cli.commands.planning import plan
from api.cli.commands.submit import submit
from api.cli.commands.webhooks import webhooks
from api.cli.refusals import Telling
from api.cli.session import Session

CALLS, MANY, RUN = "Calls", "Many calls, and events", "The service"
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


class Commands(Telling):
    """The commands, shown panel by panel."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order in which --help shows them."""
        panels = (CALLS, MANY, RUN)
        return sorted(super().list_commands(ctx), key=lambda name: panels.index(_panel(self.commands[name])))


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Recorded telephone calls in, text out.",
)
for panel, name, command in (
    (CALLS, "submit", submit),
    (CALLS, "watch", jobs.watch),
    (CALLS, "show", jobs.show),
    (CALLS, "export", export),
    (CALLS, "list", jobs.list_jobs),
    (CALLS, "cancel", control.cancel),
    (CALLS, "retry", control.retry),
    (CALLS, "delete", control.delete),
    (CALLS, "erase", control.erase),
    (RUN, "queue", service.queue),
    (RUN, "models", service.models),
    (RUN, "plan", plan),
    (RUN, "doctor", service.doctor),
    (RUN, "demo", stack.demo_command),
    (RUN, "up", stack.up_command),
    (RUN, "listen", stack.listen_command),
):
    app.command(name, rich_help_panel=panel)(command)
app.command("worker", rich_help_panel=RUN, context_settings=PASSED_ON)(stack.worker_command)
app.add_typer(batch, name="batch", rich_help_panel=MANY)
app.add_typer(webhooks, name="webhooks", rich_help_panel=MANY)
app.add_typer(keys, name="keys", rich_help_panel=RUN)
app.add_typer(admin, name="admin", rich_help_panel=RUN)


def main() -> None:
    """Run one command."""
    app(obj=Session(now=time.time))  # noqa: TID251 - here `now` is born


def _panel(command: Any) -> str:
    return str(command.rich_help_panel)


def _tell_version(*, is_asked: bool) -> None:
    if is_asked:
        print(f"callscribe {version('callscribe')}")
        raise typer.Exit


@app.callback()
def everywhere(
    context: typer.Context,
    url: Annotated[str | None, typer.Option(help="where the API answers; instead of CALLSCRIBE_URL")] = None,
    key: Annotated[str | None, typer.Option(help="API key; instead of CALLSCRIBE_API_KEY")] = None,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            callback=lambda asked: _tell_version(is_asked=asked),
            help="say which version this is",
        ),
    ] = False,
) -> None:
    """Recorded telephone calls in, text out."""
    session: Session = context.obj
    session.url, session.key = url, key
