"""AWS in memory, with the manners that a fake leaves out; and the answers to what actors ask of the simulation."""

from typing import TYPE_CHECKING, Any

from sim.asks import Die, Fetch, LookForDue, Park, Receive, Upload, Wait
from sim.faults import SERVICES
from sim.running import PARKED, Failed, Thread
from sim.services.bucket import Bucket, Version
from sim.services.queues import Message, Queue
from sim.services.table import Table
from sim.watching.breach import Breach
from sim.watching.outside import Outside
from sim.watching.rows import Rows

from shared.errors.root import CallscribeError
from shared.job import JOB_SK, Key, Lane, Row
from shared.protocol import intents

if TYPE_CHECKING:
    from sim.schedule import Schedule


class World:
    """Table, bucket, queues and topic, each effect of which is looked at."""

    def __init__(self, schedule: "Schedule") -> None:
        self.schedule = schedule
        self.thread: Thread | None = None
        """Whose intent is being carried out."""
        self.bucket = Bucket(self._wrote)
        self.rows = Rows(self.bucket, nobody_dies=schedule.plan.nobody_dies)
        self.table = Table(schedule.now, self._changed)
        self.outside = Outside(self.rows, self.table.rows)
        lanes = dict.fromkeys(call.lane for call in schedule.plan.calls)
        self.queues = {Lane(lane): self._queue(Lane(lane)) for lane in lanes}
        self._acts = {**self._services(), **self._asks()}

    def carry_out(self, thread: Thread, intent: Any) -> Any:
        """Answer an intent, or fail it."""
        self.thread = thread
        schedule = self.schedule
        kind = type(intent)
        act = self._acts[kind]
        try:
            is_struck = schedule.is_faulty and kind in SERVICES
            answer = schedule.faults.answer(thread, intent, act) if is_struck else act(intent)
        except CallscribeError as error:
            answer = Failed(error)
        except Breach as breach:
            schedule.note(f"{thread.process.name}/{thread.name}", f"{intent}  ->  BREAKS {breach.rule}")
            raise
        if schedule.trace is not None:
            schedule.trace.step(schedule.passed_s, thread, intent, answer)
        return answer

    def _services(self) -> dict[type, Any]:
        table, bucket, queues = self.table, self.bucket, self.queues
        return {
            intents.ReadRow: table.read,
            intents.ReadRows: table.read_many,
            intents.FindRows: table.find,
            intents.PutRow: table.put,
            intents.DeleteRow: table.remove,
            intents.CreateRows: table.create,
            intents.ChangeRow: table.change,
            intents.HeadObject: bucket.head,
            intents.PutObject: bucket.put_once,
            intents.ReadObject: bucket.read,
            intents.DeleteVersions: self._delete_versions,
            intents.Publish: self.outside.published,
            intents.Ring: lambda intent: queues[intent.lane].send(intent),
            intents.CountMessages: lambda intent: queues[intent.lane].count(),
            intents.Hide: lambda intent: queues[intent.receipt.lane].hide(intent),
            intents.Delete: lambda intent: queues[intent.receipt.lane].delete(intent),
        }

    def _asks(self) -> dict[type, Any]:
        return {
            Fetch: lambda ask: self.bucket.fetch(ask.audio),
            Wait: lambda _: None,
            Park: self._park,
            Receive: self._receive,
            Upload: lambda ask: self.schedule.callers.upload(ask),  # noqa: PLW0108 - there are no callers yet
            LookForDue: lambda ask: self.table.due(ask.until),
            Die: lambda _: self.thread and self.schedule.crash(self.thread.process),
        }

    def _park(self, ask: Park) -> Any:
        thread = self.thread
        assert thread is not None
        if ask.has_begun:
            if thread in ask.place:
                ask.place.remove(thread)
            return None
        if ask.is_over():
            return None
        ask.has_begun = True
        ask.place.append(thread)
        if ask.longest_s is not None:
            self.schedule.runner.put_off(thread, ask.longest_s)
        return PARKED

    def _receive(self, ask: Receive) -> Any:
        queue = self.queues[ask.lane]
        receipt = queue.receive(ask.hidden_s)
        if receipt is None:
            queue.waiting.append(self.thread)
            self._look_later(queue)
            return PARKED
        return receipt

    def _queue(self, lane: Lane) -> Queue:
        schedule = self.schedule
        queue = Queue(lane, schedule.chance, schedule.now)
        queue.manners = schedule.plan.manners
        queue.deleted = self._deleted
        queue.wake = lambda: self._look_later(queue)
        queue.bury = lambda: schedule.functions.bury_soon(queue)
        return queue

    def _look_later(self, queue: Queue) -> None:
        """Let those who wait look when the next message can be seen."""
        at, clock = queue.next_visible_at(), self.schedule.clock
        if queue.waiting and at is not None and not clock.t <= queue.looks_at <= at:
            queue.looks_at = max(at, clock.t)
            clock.at(queue.looks_at, lambda: self._look(queue))

    def _look(self, queue: Queue) -> None:
        queue.waiting = [thread for thread in queue.waiting if thread.process.alive]
        queue.looks_at = -1.0
        at = queue.next_visible_at()
        if queue.waiting and at is not None and at <= self.schedule.clock.t:
            thread = queue.waiting.pop(self.schedule.chance.randrange(len(queue.waiting)))
            self.schedule.runner.put_off(thread, 0.0)
        self._look_later(queue)

    def _delete_versions(self, intent: intents.DeleteVersions) -> int:
        gone = self.bucket.delete_versions(intent)
        self.outside.removed(intent.prefix, gone)
        return gone

    def _deleted(self, message: Message, received_at: float) -> None:
        assert self.thread is not None
        self.outside.deleted(message, received_at, self.thread)

    def _wrote(self, key: str, held: Version | None, made: Version) -> None:
        self.outside.wrote(key, held, made)
        if key.startswith("transcripts/"):
            self.schedule.callers.stored(key)

    def _changed(self, key: Key, old: Row | None, new: Row) -> None:
        if key.sk == JOB_SK and self.thread is not None:
            self.schedule.callers.noticed(old, new)
            self.rows.changed(old, new, self.thread, self.schedule.clock.t)
        self.schedule.functions.noticed(new)
