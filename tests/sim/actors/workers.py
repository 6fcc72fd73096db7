"""Workers: several jobs in hand, one heartbeat for all, every step of the protocol the real one."""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.actors.beating import LEASE_S, beats
from sim.actors.hearing import Held, Stumbled, hear, rest
from sim.asks import Park, Receive, Wait
from sim.running import Script, Thread
from sim.services.bucket import BUCKET

from shared.errors.root import CallscribeError
from shared.errors.transient import Draining, TransientError
from shared.job import Claim, Lane, Outcome, Receipt
from shared.protocol.announcing import settle
from shared.protocol.attending import Claimant, attend, patiently, take
from shared.protocol.intents import AskHands, Hands, Hide, Rest, Tell, Transcribe, WaitUntilFree
from shared.protocol.working import charge

if TYPE_CHECKING:
    from sim.schedule import Schedule

SHORT_S = 30.0
STOPPED_AFTER_S = 120.0
BASE_URL = "https://stt.example.com"
LOCAL = frozenset({AskHands, Rest, Tell, Transcribe, WaitUntilFree})


@dataclass(eq=False)
class Worker:
    """One process: a poll per lane, a thread per job, one heartbeat."""

    schedule: "Schedule"
    number: int
    held: list[Held] = field(default_factory=list)
    drains: bool = False
    is_taking: bool = False
    changed: list[Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.process = self.schedule.process(f"worker-{self.number}", "worker")
        self.process.on_death = self.died
        self.claims = 0
        run = self.schedule.runner
        self.polls = [run.spawn(self.process, f"poll-{lane}", self.poll(lane)) for lane in self.schedule.world.queues]
        self.heart = run.spawn(self.process, "heartbeat", beats(self))

    def poll(self, lane: Lane) -> Script:
        while not self.drains:
            if not self.has_room:
                yield Park(self.changed, is_over=lambda: self.has_room)
                continue
            try:
                receipt: Receipt = yield Receive(lane, LEASE_S)
                if self.drains:
                    yield Hide(receipt, 0)
                else:
                    yield from self.admit(receipt)
            except TransientError:
                yield Wait(1.0)
        self.left()

    def admit(self, receipt: Receipt) -> Script:
        while self.is_taking:
            yield Wait(1.0)
        self.is_taking = True
        try:
            claimed = yield from self.locally(take(receipt, self.claimant), None)
        except TransientError:
            self.is_taking = False
            raise
        self.is_taking = False
        if isinstance(claimed, Claim):
            self.hold(claimed)
            return
        if claimed.outcome is Outcome.ALONE and self.drains:
            yield Hide(receipt, 0)
        yield from settle(claimed, receipt, BASE_URL)

    @property
    def claimant(self) -> Claimant:
        return Claimant(self.process.now, LEASE_S, self.sign)

    def sign(self) -> str:
        self.claims += 1
        return f"{self.process.name}/{self.claims}"

    @property
    def has_room(self) -> bool:
        return not self.holds_suspect and len(self.held) < self.schedule.plan.room

    @property
    def holds_suspect(self) -> bool:
        return any(held.claim.job.attempts > 1 for held in self.held)

    def hold(self, claim: Claim) -> None:
        held = Held(claim, self.process.now())
        self.held.append(held)
        held.thread = self.schedule.runner.spawn(self.process, f"job-{claim.job.id[-2:]}", self.line(held))
        held.thread.claim = claim
        self.look_up()

    def line(self, held: Held) -> Script:
        claim = held.claim
        try:
            try:
                ending = yield from self.locally(patiently(lambda: attend(claim, BUCKET, self.process.now)), held)
            except Stumbled:
                ending = yield from charge(claim, "internal_error", self.process.now())
            yield from settle(ending, claim.receipt, BASE_URL)
        except TransientError:
            pass
        self.held.remove(held)
        self.look_up()
        self.left()

    def locally(self, steps: Generator[Any, Any, Any], held: Held | None) -> Script:
        """Run steps, answering here what they want of the worker itself."""
        answer: Any = None
        error: Exception | None = None
        while True:
            try:
                intent = steps.throw(error) if error else steps.send(answer)
            except StopIteration as end:
                return end.value
            answer = error = None
            try:
                answer = (yield from self.act(intent, held)) if type(intent) in LOCAL else (yield intent)
            except (CallscribeError, Stumbled) as failed:
                error = failed

    def act(self, intent: Any, held: Held | None) -> Script:
        match intent:
            case AskHands():
                return Hands(is_free=not self.held, holds_suspect=self.holds_suspect)
            case WaitUntilFree(receipt):
                yield from self.wait_until_free(receipt)
            case Rest(seconds):
                assert held is not None
                return (yield from rest(held, seconds))
            case Transcribe():
                assert held is not None
                return (yield from hear(held, self.process, self.schedule))
        return None

    def wait_until_free(self, receipt: Receipt) -> Script:
        while self.held and not self.drains:
            yield Hide(receipt, LEASE_S)
            yield Park(self.changed, LEASE_S / 3, is_over=lambda: not self.held)

    def give_up(self, held: Held, why: CallscribeError) -> None:
        held.gives_up = held.gives_up or why
        if held.thread is not None and isinstance(held.thread.intent, Wait):
            self.schedule.runner.put_off(held.thread, self.schedule.chance.random())

    def drain(self) -> None:
        """SIGTERM: no new polls; what needs long is handed back."""
        if self.drains or not self.process.alive:
            return
        self.drains = True
        for held in self.held:
            if held.left_s > SHORT_S:
                self.give_up(held, Draining())
        for queue in self.schedule.world.queues.values():
            gone = [thread for thread in queue.waiting if thread in self.polls]
            queue.waiting = [thread for thread in queue.waiting if thread not in gone]
            for thread in gone:
                thread.is_done = True
        self.look_up()
        self.schedule.clock.at(self.schedule.clock.t + STOPPED_AFTER_S, self.stop)
        self.left()

    def left(self) -> None:
        """The last thread shuts the process down, in peace."""
        if self.drains and not self.held and self.process.alive:
            self.schedule.clock.at(self.schedule.clock.t + 1.0, self.stop_if_done)

    def stop_if_done(self) -> None:
        if not self.held and not [one for one in self.process.threads if one is not self.heart and not one.is_done]:
            self.stop()

    def stop(self) -> None:
        self.schedule.runner.kill(self.process)

    def died(self) -> None:
        schedule = self.schedule
        claims = [held.claim for held in self.held]
        schedule.world.rows.died(self.process, claims, schedule.world.table.rows, schedule.clock.t)
        schedule.clock.at(schedule.clock.t + 1 + 40 * schedule.chance.random(), schedule.hire)

    def look_up(self) -> None:
        """Whoever waits for room, for a heart to beat for, or for nothing to be held, looks again."""
        for thread in self.changed:
            self.schedule.runner.put_off(thread, 0.0)
        self.changed.clear()
