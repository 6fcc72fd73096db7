"""How far a long command is: a line on standard error, for people; programs see nothing of it."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.cli.session import Session


@contextmanager
def counting(session: Session, things: str) -> Iterator[Callable[[str, int], None]]:
    """Show what is looked at, and how many `things` of it were; the function given is told of each page."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    seen: Counter[str] = Counter()
    with Progress(*columns, console=session.err, transient=True, disable=not session.err.is_terminal) as progress:
        line = progress.add_task("looking")

        def say(what: str, number: int) -> None:
            seen[what] += number
            progress.update(line, description=f"{what}: {seen[what]:,} {things}")

        yield say
