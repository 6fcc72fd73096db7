"""What a request of the corpus is, and what is wrong with an answer to it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from wire.speaking import Told, ask
from wire.stage import Stage

from api.contract.problems import PROBLEM_TYPE

Request = Callable[[Stage], bytes]
LONGEST_MS = 5_000.0
"""Most take ten; what is quadratic in its size takes minutes."""
HEALTH = ask("GET", "/v1/health")


def api(stage: Stage) -> int:
    return stage.port


def storage(stage: Stage) -> int:
    return stage.storage_port


def receiver(stage: Stage) -> int:
    return int(stage.receiver.address.rpartition(":")[2])


@dataclass(frozen=True)
class Case:
    """One request: its number in the table, what it is, and its answer.

    `field` is the pointer that a 422 must name, `way` what the answer must say of the way out, `header` one that it
    must bear. Storage and the receiver answer in words of their own: there the status alone counts.
    """

    number: str
    what: str
    request: Request
    status: int
    code: str = ""
    field: str | None = None
    way: str = ""
    header: str = ""
    at: Callable[[Stage], int] = api

    @property
    def expected(self) -> str:
        return f"{self.status} {self.code}".strip()


def got(told: Told) -> str:
    return f"{told.status} {told.code}".strip()


def misses(case: Case, told: Told) -> Iterator[str]:
    """What is not as the corpus says; nothing for a good answer."""
    if told.status != case.status:
        yield f"status {told.status}"
    if told.elapsed_ms > LONGEST_MS:
        yield f"{told.elapsed_ms:.0f} ms"
    if case.header and case.header not in told.headers:
        yield f"no header {case.header}"
    if case.at is api:
        yield from _misses_in_words(case, told)


def _misses_in_words(case: Case, told: Told) -> Iterator[str]:
    if told.code != case.code:
        yield f"code {told.code!r}"
    if case.status >= 400:
        yield from _misses_of_a_problem(case, told)


def _misses_of_a_problem(case: Case, told: Told) -> Iterator[str]:
    problem = told.json
    if told.headers.get("content-type") != PROBLEM_TYPE:
        yield f"content type {told.headers.get('content-type')}"
    if problem.get("request_id") != told.headers.get("x-request-id"):
        yield "another request id in the body"
    if problem.get("status") != case.status or not (problem.get("title") and problem.get("detail")):
        yield "no whole problem"
    errors = {error["pointer"]: error["message"] for error in problem.get("errors", [])}
    if case.field is not None and case.field not in errors:
        yield f"names {sorted(errors)[:3]}"
    said = " ".join([problem.get("detail", ""), *([errors.get(case.field, "")] if case.field is not None else [])])
    if not re.search(case.way, said):
        yield f"says {said[:120]!r}"
