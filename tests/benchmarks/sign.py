"""The sign of life: a line on the terminal that moves at least every two seconds, or a line now and then in a log."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console

LOG_EVERY_S = 10.0


@dataclass(slots=True)
class Sign:
    """Says what is going on, and for how long."""

    console: Console
    started_s: float = field(default_factory=time.monotonic)

    @contextmanager
    def row(self, name: str, budget_s: float) -> Iterator[Callable[[str], None]]:
        """Show a row while it runs; the function given changes what is said of it."""
        began_s, told, done = time.monotonic(), [""], threading.Event()

        def line() -> str:
            return f"{name}: {time.monotonic() - began_s:.0f} of about {budget_s:.0f} s  {told[0]}"

        with self.console.status(line()) as status:
            every_s = 0.5 if self.console.is_terminal else LOG_EVERY_S

            def beat() -> None:
                while not done.wait(every_s):
                    status.update(line()) if self.console.is_terminal else self.console.print(line())

            thread = threading.Thread(target=beat, daemon=True)
            thread.start()
            try:
                yield lambda words: told.__setitem__(0, words)
            finally:
                done.set()
                thread.join()
        self.console.print(f"{name}: {time.monotonic() - began_s:.0f} s")
