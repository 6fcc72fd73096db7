"""Patience: an outage in which not even the end of a job can be written must not cost the job an attempt."""

from collections.abc import Callable
from typing import TypeVar

from shared.errors.transient import StorageUnavailable
from shared.protocol.intents import Rest, Steps, Tell

T = TypeVar("T")

WAITS_S = (2, 5, 10, 20, 40, 60, 60, 60)
"""Four minutes in all: while the table is away nobody else can claim the job either, and the heartbeat goes on."""


def patiently(line: Callable[[], Steps[T]]) -> Steps[T]:
    """Go the line again from its start when its end could not be written: what is stored already is adopted.

    Raises:
        StorageUnavailable: the outage lasts longer, or the worker is told to stop; the lease runs out then.
    """
    for wait_s in WAITS_S:
        try:
            return (yield from line())
        except StorageUnavailable as error:
            yield Tell("ending_failed", {"cause": error.code, "aws": error.facts.get("aws")})
            is_ours: bool = yield Rest(wait_s)
            if not is_ours:
                raise
    return (yield from line())
