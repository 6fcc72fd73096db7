"""The races themselves: a few at a time, so that the worker is never far behind and every strike finds it at work."""

import statistics
import threading
from collections import deque
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from races.front import Answer, Front
from races.progress import Progress
from races.schedule import END, Race, wav

FIRST_GUESS_S = 1.0
LAST_CALLS = 40
GATHERED_S = 10.0


@dataclass(frozen=True, slots=True)
class Raced:
    """A race that was run: what each strike was answered, step by step, and how the job stood at the end."""

    race: Race
    job_id: str
    submitted: Answer
    answers: tuple[tuple[Answer, ...], ...]
    last: Answer

    @property
    def taken(self) -> tuple[tuple[str, Answer], ...]:
        """Every strike with its answer."""
        return tuple(
            pair
            for step, answers in zip(self.race.steps, self.answers, strict=True)
            for pair in zip(step.actions, answers, strict=True)
        )

    @property
    def is_erased(self) -> bool:
        return any(action == "erase" and answer.status == 202 for action, answer in self.taken)

    @property
    def cancels(self) -> int:
        """How often the job was canceled: two cancels at once are one."""
        return sum(self._took(number, "cancel", 200) for number in range(len(self.answers)))

    @property
    def promised(self) -> str:
        """How the job must stand for good, by what its caller was told."""
        if self.is_erased:
            return "erased"
        standing = "completed"
        for number in range(len(self.answers)):
            standing = "canceled" if self._took(number, "cancel", 200) else standing
            standing = "completed" if self._took(number, "retry", 202) else standing
        return standing

    @property
    def outcome(self) -> str:
        """In a word, for the table."""
        return "erased" if self.last.status == 410 else str(self.last.body.get("status", self.last.status))

    @property
    def struck(self) -> list[str]:
        """Where each cancel found the job."""
        return [_place(answer) for action, answer in self.taken if action == "cancel"]

    def _took(self, number: int, action: str, status: int) -> bool:
        pairs = zip(self.race.steps[number].actions, self.answers[number], strict=True)
        return any(done == action and answer.status == status for done, answer in pairs)


def _place(cancel: Answer) -> str:
    if cancel.status != 200:
        return "too late"
    if cancel.body["started_at"]:
        return "at work"
    return "queued" if cancel.body["queued_at"] else "not queued yet"


class Racing:
    """Runs races against one API; learns on the way how long a call takes."""

    def __init__(self, front: Front, at_once: int, progress: Progress) -> None:
        self._front, self._progress = front, progress
        self._racers = ThreadPoolExecutor(at_once, "race")
        self._strikers = ThreadPoolExecutor(2 * at_once, "strike")
        self._took_s: deque[float] = deque([FIRST_GUESS_S], LAST_CALLS)
        self._never = threading.Event()

    def run(self, races: Iterable[Race]) -> list[Raced]:
        """Run all; a first call wakes the worker up."""
        job = self._front.submit(wav(b"\xff" * 8_000), "warm-up").body
        self._learn(self._front.ended(job["id"]).body)
        with self._racers, self._strikers:
            return list(self._racers.map(self._race, races))

    def _race(self, race: Race) -> Raced:
        send = self._front.upload if race.uploaded else self._front.submit
        submitted = send(race.audio, race.canary)
        job_id = submitted.body.get("id", "")
        answers = tuple(self._strike(step.actions, step.share, job_id) for step in race.steps) if job_id else ()
        last = self._front.ended(job_id) if job_id else submitted
        if last.status == 200 and last.body["status"] == "completed":
            self._learn(last.body)
        self._progress.step()
        return Raced(race, job_id, submitted, answers, last)

    def _strike(self, actions: tuple[str, ...], share: float, job_id: str) -> tuple[Answer, ...]:
        if actions == (END,):
            return (self._front.ended(job_id),)
        self._never.wait(share * statistics.median(tuple(self._took_s)))
        gathered = threading.Barrier(len(actions))

        def strike(action: str) -> Answer:
            gathered.wait(GATHERED_S)
            return self._front.act(action, job_id)

        return tuple(self._strikers.map(strike, actions))

    def _learn(self, job: dict[str, Any]) -> None:
        began, ended = (datetime.fromisoformat(job[name]) for name in ("queued_at", "completed_at"))
        self._took_s.append((ended - began).total_seconds())
