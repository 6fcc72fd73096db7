"""A simulated fleet: calls arrive, workers take them as the real ones do and hear them one after the other.

Held calls share the engine evenly. Not imitated: calls that fail, lost messages. Time is a number here; nothing waits.
"""

import heapq
import itertools
import random
from dataclasses import dataclass, field

from shared.capacity import LONG_CALL_SHARE, Backlog, LiveJob, WorkerSign, backlog_of
from shared.job import Lane, Status

RATE, OVERHEAD_S = 60.0, 0.3
ROOM_S, ROOM_JOBS = 900.0, 16
SIGN_EVERY_S, COUNT_EVERY_S = 20.0, 5.0


@dataclass(eq=False)
class Call:
    id: str
    audio_s: float
    queued_at: float
    started_at: float | None = None
    estimated_wait_s: float | None = None

    @property
    def wait_s(self) -> float:
        return self.started_at - self.queued_at


@dataclass(eq=False)
class Worker:
    id: str
    held: dict[Call, float] = field(default_factory=dict)
    at: float = 0.0
    changes: int = 0
    heard_s: float = 0.0
    busy_s: float = 0.0
    sign: WorkerSign | None = None

    def go_on(self, now: float) -> None:
        """Hear all held calls side by side until `now`; each has its overhead to work off as well."""
        if self.held:
            each_s = (now - self.at) * RATE / len(self.held)
            self.held = {call: left_s - each_s for call, left_s in self.held.items()}
            self.busy_s += now - self.at
        self.at = now

    def left(self, now: float) -> dict[str, float]:
        self.go_on(now)
        return {call.id: min(call.audio_s, max(0.0, left_s)) for call, left_s in self.held.items()}

    def has_room(self, now: float) -> bool:
        counted_s = sum(min(left_s, ROOM_S / LONG_CALL_SHARE) for left_s in self.left(now).values())
        return not self.held or (counted_s < ROOM_S and len(self.held) < ROOM_JOBS)


class Fleet:
    """Runs one seeded day part; every call is told its wait when it comes, by the formulas under test."""

    def __init__(self, seed: int, workers: int, load: float, hours: float) -> None:
        self.random = random.Random(seed)
        self.workers = [Worker(f"w{number}") for number in range(workers)]
        self.calls: list[Call] = []
        self.queue: list[Call] = []
        self.events: list = []
        self.order = itertools.count()
        self.counted: Backlog | None = None
        self._plan(load * workers * RATE, hours * 3_600)

    def run(self) -> list[Call]:
        while self.events:
            now, _, happen, what = heapq.heappop(self.events)
            happen(now, what)
        return [call for call in self.calls if call.started_at is not None]

    def _plan(self, audio_s_per_s: float, until: float) -> None:
        for number, worker in enumerate(self.workers):
            for at in range(int(until / SIGN_EVERY_S * 3)):
                self._at(at * SIGN_EVERY_S + number * 7.0, self._sign, worker)
        now = 0.0
        while now < until:
            audio_s = min(3_600.0, max(15.0, self.random.lognormvariate(5.566, 0.8)))
            # Calls come in waves of twenty minutes: now too many, now too few.
            wave = 1.8 if int(now / 1_200) % 2 else 0.3
            now += self.random.expovariate(audio_s_per_s * wave / 360)
            self._at(now, self._arrive, Call(f"c{len(self.events)}", audio_s, now))

    def _at(self, at: float, happen, what) -> None:
        heapq.heappush(self.events, (at, next(self.order), happen, what))

    def _arrive(self, now: float, call: Call) -> None:
        call.estimated_wait_s = self._estimate(call, now)
        self.queue.append(call)
        self.calls.append(call)
        self._take(now)

    def _take(self, now: float) -> None:
        for worker in sorted(self.workers, key=lambda one: sum(one.left(now).values())):
            while self.queue and worker.has_room(now):
                call = self.queue.pop(0)
                call.started_at = now
                worker.held[call] = call.audio_s + OVERHEAD_S * RATE
                self._plan_end(now, worker)
        if self.queue:
            # A worker looks for room once a second, where no call ends before.
            self._at(now + 1.0, self._look, None)

    def _look(self, now: float, _nothing) -> None:
        pending = any(happen == self._look for _, _, happen, _ in self.events[:4])
        if self.queue and not pending:
            self._take(now)

    def _plan_end(self, now: float, worker: Worker) -> None:
        worker.changes += 1
        if worker.held:
            rest_s = max(0.0, min(worker.held.values())) * len(worker.held) / RATE
            self._at(now + rest_s, self._end, (worker, worker.changes))

    def _end(self, now: float, planned: tuple[Worker, int]) -> None:
        worker, change = planned
        if change != worker.changes:
            return
        worker.go_on(now)
        call = min(worker.held, key=worker.held.__getitem__)
        del worker.held[call]
        worker.heard_s += call.audio_s
        self._plan_end(now, worker)
        self._take(now)

    def _sign(self, now: float, worker: Worker) -> None:
        worker.sign = WorkerSign(
            id=worker.id, at=now, expires_at=now, lanes=tuple(Lane), held=worker.left(now),
            rate=worker.heard_s / worker.busy_s if worker.heard_s > 60 else None, room_s=ROOM_S, room_jobs=ROOM_JOBS,
            model="m", model_sha256="0", compute_type="int8", device="cpu",
        )  # fmt: skip

    def _estimate(self, call: Call, now: float) -> float | None:
        if self.counted is None or now - self.counted.at > COUNT_EVERY_S:
            signs = [worker.sign for worker in self.workers if worker.sign]
            self.counted = backlog_of(self._live(), signs, now)
        lane = self.counted.lanes[Lane.INTERACTIVE]
        ahead_s = lane.ahead_of(call.audio_s, call.queued_at) - (lane.rate or 0.0) * (now - self.counted.at)
        return lane.start_in(max(0.0, ahead_s))

    def _live(self) -> list[LiveJob]:
        held = [(call, Status.PROCESSING) for worker in self.workers for call in worker.held]
        waiting = [(call, Status.QUEUED) for call in self.queue]
        return [
            LiveJob(id=call.id, tenant="sales", status=status, audio_s=call.audio_s, queued_at=call.queued_at)
            for call, status in held + waiting
        ]
