"""Functions that a clock or a queue starts: the reconciler every minute, and what looks after dead letters."""

import math
from typing import TYPE_CHECKING

from sim.actors.workers import BASE_URL
from sim.asks import LookForDue
from sim.running import Process, Script
from sim.services.queues import Message, Queue

from shared.errors.root import CallscribeError
from shared.errors.transient import TransientError
from shared.job import JOB_SK, Job, Key, Row
from shared.protocol import deadletters, erasing
from shared.protocol.intents import ReadRow
from shared.protocol.reconciling import LaneNews, lane_news, look

if TYPE_CHECKING:
    from sim.schedule import Schedule

MINUTE_S = 60.0
HOUR_S = 3_600.0
LAG_S = 3.0
BURIED_AGAIN_S = 900.0
MOST_BURIALS = 40
LIVE = ("queued", "processing")


class Functions:
    """The reconciler and the dead-letter consumer of a schedule."""

    def __init__(self, schedule: "Schedule") -> None:
        self.schedule = schedule
        self.is_reconciled = True
        self._next_run_at = math.inf
        self._runs = 0

    def noticed(self, row: Row) -> None:
        """A row was written: the next run that has anything to do with it is no later than that."""
        due_at = row.get("next_check_at")
        if row.get("status") in LIVE:
            self._run_at(self.schedule.clock.t + MINUTE_S)
        elif due_at is not None and "check_shard" in row:
            self._run_at(max(due_at, self.schedule.clock.t) + LAG_S)

    def reconcile(self, process: Process) -> Script:
        """One run: whatever is due is looked at."""
        began = process.now()
        news: dict[str, LaneNews] = {}
        for lane in self.schedule.world.queues:
            news[lane] = yield from lane_news(lane, process.now())
        keys: list[Key] = yield LookForDue(began)
        for key in keys:
            try:
                yield from self._heal(key, news, process)
            except CallscribeError as error:
                self.schedule.note(process.name, f"failed: {error.code}")

    def bury_soon(self, queue: Queue) -> None:
        """A dead letter came in."""
        clock = self.schedule.clock
        for message in queue.dead.values():
            if message.receives < MOST_BURIALS:
                clock.at(clock.t + 1.0, lambda message=message: self._take(message, queue))

    def _run_at(self, at: float) -> None:
        began = self.schedule.clock.t
        at = began + MINUTE_S * math.ceil(max(at - began, 1.0) / MINUTE_S) if at > began + MINUTE_S else at
        if self.is_reconciled and at < self._next_run_at:
            self._next_run_at = at
            self.schedule.clock.at(at, lambda: self._run(at))

    def _run(self, at: float) -> None:
        if at != self._next_run_at:
            return
        self._next_run_at = math.inf
        schedule = self.schedule
        for _ in range(0 if self._is_idle() else 2 if schedule.plan.is_overlapping else 1):
            self._runs += 1
            process = schedule.process(f"reconciler-{self._runs}", "run")
            schedule.runner.spawn(process, "line", self._guarded(self.reconcile(process)))
        live = any(key.sk == JOB_SK and row["status"] in LIVE for key, row in schedule.world.table.rows.items())
        due_at = schedule.world.table.next_check_at()
        if live:
            self._run_at(at + MINUTE_S)
        elif due_at is not None:
            self._run_at(max(due_at + LAG_S, at + MINUTE_S))

    def _is_idle(self) -> bool:
        """Whether a run would find nothing to do, and nothing new to note: then it need not be run."""
        table, clock = self.schedule.world.table, self.schedule.clock
        if table.due(clock.t + (HOUR_S if self.schedule.is_faulty else 0.0)):
            return False
        for lane, queue in self.schedule.world.queues.items():
            noted = table.rows.get(Key("LANES", lane.value), {})
            if bool(queue.messages) == ("empty_since" in noted):
                return False
        return True

    def _guarded(self, script: Script) -> Script:
        try:
            yield from script
        except TransientError:
            return

    def _heal(self, key: Key, news: dict[str, LaneNews], process: Process) -> Script:
        if key.pk.endswith("#ERASURES"):
            yield from erasing.advance(key, process.now(), BASE_URL)
            return
        row: Row | None = yield ReadRow(key)
        if row is None:
            return
        job = Job.model_validate(row)
        if job.next_check_at is not None and job.next_check_at <= process.now():
            yield from look(job, news[job.lane], process.now(), BASE_URL)

    def _take(self, message: Message, queue: Queue) -> None:
        if message.number not in queue.dead:
            return
        message.receives += 1
        message.received_at[message.handle] = self.schedule.clock.t
        process = self.schedule.process(f"undertaker-{message.number}", "run")
        self.schedule.runner.spawn(process, "line", self._bury(message, queue, process))

    def _bury(self, message: Message, queue: Queue, process: Process) -> Script:
        clock = self.schedule.clock
        if message.receives < MOST_BURIALS:
            clock.at(clock.t + BURIED_AGAIN_S, lambda: self._take(message, queue))
        try:
            may_go = yield from deadletters.bury(message.tenant, message.job_id, process.now(), BASE_URL)
        except TransientError:
            return
        if may_go and queue.dead.pop(message.number, None):
            queue.deleted(message, message.received_at[message.handle])
