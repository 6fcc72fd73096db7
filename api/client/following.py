"""What takes several requests: to wait for the end of a job or a batch, and to read a list to its end."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from api.client.calling import Asked, Wire, at, seen
from api.client.views import Job, Page, View

LONGEST_WAIT_S = 20
"""The longest that the contract lets `?wait=` hold a request."""
QUICK_S = 1.0
"""An answer that comes sooner, and tells of no change, was not waited for: the service has too many who wait."""
LOOK_AGAIN_S = 2.0
V = TypeVar("V", bound=View)


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look at a job showed; whether nothing had changed, and it came at once."""

    job: Job
    status_before: str
    took_s: float
    retry_after: str

    @property
    def rest_s(self) -> float:
        """Seconds to leave the service alone before the next look."""
        if self.job.status != self.status_before or self.took_s >= QUICK_S:
            return 0.0
        return float(self.retry_after) if self.retry_after.isdigit() else LOOK_AGAIN_S


def job_states(wire: Wire, job_id: str, look_s: int) -> Iterator[Job]:
    """The job now, then whenever it changes its status or `look_s` (0 to 20) have passed, to its end."""
    look = _looked(wire, job_id, 0, "")
    yield look.job
    while not look.job.is_terminal:
        wire.patience.pause(look.rest_s if look.status_before else 0.0)
        look = _looked(wire, job_id, look_s, look.job.status)
        yield look.job


def every(wire: Wire, asked: Asked, view: type[Page[V]]) -> Iterator[V]:
    """Each entry of a list, over all its pages, newest first; a page is asked for when it is needed."""
    page = wire.read(asked, view)
    yield from page.data
    while page.has_more and page.next_cursor:
        page = wire.read(replace(asked, params=_next(asked.params, page.next_cursor)), view)
        yield from page.data


def within(states: Iterator[V], seconds: float, late: Callable[[V], Exception]) -> Iterator[V]:
    """`states`, as long as they do not take longer than `seconds`; then what `late` makes of the last is raised."""
    deadline = time.monotonic() + seconds
    for state in states:
        yield state
        if time.monotonic() >= deadline and not getattr(state, "is_terminal", False):
            raise late(state)


def _looked(wire: Wire, job_id: str, wait_s: int, status_before: str) -> _Look:
    asked_at = time.monotonic()
    answer = wire.answer(Asked("GET", at("jobs", job_id), {"wait": wait_s} if wait_s else {}))
    took_s = time.monotonic() - asked_at
    return _Look(seen(Job, answer), status_before, took_s, answer.headers.get("Retry-After", ""))


def _next(params: Mapping[str, object], cursor: str) -> Mapping[str, object]:
    return {**params, "cursor": cursor}
