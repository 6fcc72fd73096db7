"""Threads that stand in line for a turn, and whoever holds all turns until they do."""

import threading
import time
from contextlib import contextmanager

from shared.job import Lane

DEADLINE_S = 30


def until(is_so):
    deadline_s = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < deadline_s
        threading.Event().wait(0.001)


def line_up(turns, lane, work):
    """Start a thread that wants a turn, and come back once it stands in line."""

    def run():
        with turns.turn(lane):
            work()

    before = turns.waiting
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    until(lambda: turns.waiting == before + 1)
    return thread


def finish(threads):
    for thread in threads:
        thread.join(DEADLINE_S)
    assert not any(thread.is_alive() for thread in threads)


@contextmanager
def all_taken(turns, permits=1):
    """Hold every permit."""
    held = [turns.turn(Lane.BATCH) for _ in range(permits)]
    for one in held:
        one.__enter__()
    yield
    for one in held:
        one.__exit__(None, None, None)
