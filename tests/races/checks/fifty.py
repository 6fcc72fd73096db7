"""Fifty callers with one Idempotency-Key: one job, and fifty answers that agree."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from races.checks.verdicts import Violation
from races.front import Answer, Front
from races.local import Local
from races.progress import Progress
from races.schedule import QUIET, wav

CALLERS = 50
GATHERED_S = 30.0


def check(local: Local, progress: Progress) -> list[Violation]:
    """A call that is announced stays as it is, so its status too is the same for all; one that is sent moves on."""
    front = local.front("fifty")
    announced = {"audio": {"upload": {"bytes": 16_044}}, "reference": "announced-fifty-times"}
    headers = {"Idempotency-Key": "announced-fifty-times"}
    answers = at_once(lambda: front.ask("POST", "/jobs", json=announced, headers=headers))
    found = _differ(answers, "announced-fifty-times", front, {answer.body.get("status") for answer in answers})
    progress.step()
    audio = wav(QUIET * 16_000)
    answers = at_once(lambda: front.submit(audio, "sent-fifty-times", key="sent-fifty-times"))
    found += _differ(answers, "sent-fifty-times", front, {"any"})
    progress.step()
    return found


def at_once(ask: Callable[[], Answer]) -> list[Answer]:
    """The answers to fifty equal requests that leave at the same moment."""
    gathered = threading.Barrier(CALLERS)

    def call(_number: int) -> Answer:
        gathered.wait(GATHERED_S)
        return ask()

    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(call, range(CALLERS)))


def _differ(answers: list[Answer], reference: str, front: Front, statuses: set[str]) -> list[Violation]:
    seen = {
        "http": {answer.status for answer in answers},
        "jobs": len({answer.body.get("id") for answer in answers}),
        "statuses": len(statuses),
        "replayed": sum(answer.headers.get("idempotency-replayed") == "true" for answer in answers),
        "listed": len(front.ask("GET", "/jobs", params={"reference": reference}).body["data"]),
    }
    promised = {"http": {202}, "jobs": 1, "statuses": 1, "replayed": CALLERS - 1, "listed": 1}
    return [] if seen == promised else [Violation(reference, f"{seen}, and {promised} was promised")]
