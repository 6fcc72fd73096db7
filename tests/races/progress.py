"""One line at least every two seconds, so that nobody wonders whether it still runs."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

EVERY_S = 2.0


class Progress:
    """How far the run is; any thread may step."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._phase, self._done, self._of = "starting", 0, 0

    def phase(self, name: str, of: int) -> None:
        """Begin something that takes `of` steps."""
        self._say()
        with self._lock:
            self._phase, self._done, self._of = name, 0, of

    def step(self, done: int | None = None) -> None:
        """One step more, or `done` in all."""
        with self._lock:
            self._done = self._done + 1 if done is None else done

    def rest(self, seconds: float) -> None:
        """Let real time pass: what must not happen needs a while in which it could."""
        for passed in range(int(seconds)):
            self._ended.wait(1.0)
            self.step(passed + 1)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Say where the run is until the block ends."""
        thread = threading.Thread(target=self._show, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._say()
            self._ended.set()
            thread.join()

    def _show(self) -> None:
        for _ in iter(lambda: self._ended.wait(EVERY_S), True):
            self._say()

    def _say(self) -> None:
        with self._lock:
            print(f"{time.monotonic() - self._began:6.0f} s  {self._phase} {self._done:,} of {self._of:,}", flush=True)
