"""`callscribe admin`: what operators do with table, bucket, queues and logs themselves; no key of the API opens it."""

import typer

from api.cli.commands.admin.auditing import audit_command
from api.cli.commands.admin.measuring import metrics_command
from api.cli.commands.admin.rebuilding import rebuild_command
from api.cli.commands.admin.redriving import PAGE, Wanted, redrive, redrive_command
from api.cli.commands.admin.tracing import trace_command

__all__ = ["PAGE", "Wanted", "admin", "redrive"]

admin = typer.Typer(no_args_is_help=True, help="For operators: on the table and the bucket (needs AWS credentials).")
admin.command("redrive")(redrive_command)
admin.command("audit")(audit_command)
admin.command("rebuild")(rebuild_command)
admin.command("trace")(trace_command)
admin.command("metrics")(metrics_command)
