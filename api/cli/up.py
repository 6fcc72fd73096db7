"""What `callscribe up` shows: every process in its colour, one line when all is ready, one when all is over."""

import os
import re
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.text import Text

from api.cli.processes import Line, report_signals
from api.cli.stack import Stack, StackError, StackSettings, StackStopped, running

COLOURS = ("magenta", "cyan", "green", "yellow", "blue")
REQUEST = 'curl -H "Authorization: Bearer $CALLSCRIBE_API_KEY" -F audio=@call.wav $CALLSCRIBE_URL/v1/jobs'
STEADY = re.compile(r"INFO +(reconciled found=0|backlog_counted|nightly_counted|worker_measured|boot_phase) ")
"""What is told whatever happens, for the metrics: it stands in the log, and is no news on a terminal."""
FOR_GOOD_S = 10 * 365 * 86_400.0


def up(folder: Path) -> int:
    """Run the local stack until Ctrl-C or SIGTERM (0) or until a process ends (1).

    Args:
        folder: where `env`, `log/` and the events go, usually `.local`.
    """
    console = Console(highlight=False, soft_wrap=True)
    stack = Stack(folder, StackSettings())
    report_signals(stack.family.facts)
    try:
        with running(stack):
            _run(stack, console)
    except StackStopped:
        console.print("stopped")
    except StackError as error:
        console.print(str(error), style="bold red")
        return 1
    return 0


def _run(stack: Stack, console: Console) -> None:
    """Start, say how to use it, then show what the processes say, for good."""
    for line in stack.start():
        _show(line, console)
    env = write_env(stack)
    script = Path(sys.executable).parent / "callscribe"
    console.print(f"ready {stack.url}", style="bold green")
    console.print(f"  the page:   {stack.url}/console (its key stands in {env})")
    console.print(f"  a call:     {os.path.relpath(script)} submit call.wav --wait")
    console.print(f"  by request: . {env}; {REQUEST}")
    console.print(
        f"  more keys:  . {write_operator_env(stack)}; {os.path.relpath(script)} keys create --tenant support"
    )
    for line in stack.watch(time.monotonic() + FOR_GOOD_S):
        _show(line, console)


def write_env(stack: Stack) -> Path:
    """Write address and key where the other commands look; nobody else may read it."""
    path = stack.folder / "env"
    _write_secret(path, [f"CALLSCRIBE_URL={stack.url}", f"CALLSCRIBE_API_KEY={stack.key}"])
    return path


def write_operator_env(stack: Stack) -> Path:
    """Write what an operator's commands read: where AWS is, and the names of the stack's things."""
    path = stack.folder / "operator.env"
    ours = {name: value for name, value in stack.environment().items() if name.startswith(("AWS_", "CALLSCRIBE_"))}
    _write_secret(path, [f"export {name}='{value}'" for name, value in sorted(ours.items())])
    return path


def _write_secret(path: Path, lines: list[str]) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join([*lines, ""]))


def _show(line: Line, console: Console) -> None:
    if STEADY.search(line.text):
        return
    colour = COLOURS[sum(line.process.encode()) % len(COLOURS)]
    console.print(Text.assemble((f"{line.process:<9} ", colour), line.text))
