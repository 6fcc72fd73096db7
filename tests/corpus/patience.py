"""A line every two seconds while something takes its time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

EVERY_S = 2.0


@contextmanager
def waiting(name: str) -> Iterator[None]:
    """Say `name` every two seconds until the block ends."""
    ended = threading.Event()

    def show():
        for _ in iter(lambda: ended.wait(EVERY_S), True):
            print(f"     … {name}", flush=True)

    thread = threading.Thread(target=show, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
