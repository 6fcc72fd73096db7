"""The work itself, without a model: a call is heard part by part, and what it does to its worker happens."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sim.asks import Die, Fetch, Wait
from sim.plan import Nature
from sim.running import Process, Script, Thread
from sim.transcripts import FACTS, LISTENING, transcript_of

from shared.errors.jobs import UnsupportedCodec
from shared.errors.root import CallscribeError
from shared.errors.transient import EngineFailed, StorageUnavailable
from shared.job import Claim, Job
from shared.protocol.attending import keep, resume
from shared.protocol.intents import Transcribed

if TYPE_CHECKING:
    from sim.schedule import Schedule


class Stumbled(Exception):
    """Something that nobody named went wrong in the work."""


@dataclass(eq=False, slots=True)
class Held:
    """A job in hand, and why it is to be given up, if it is."""

    claim: Claim
    moved_at: float
    gives_up: CallscribeError | None = None
    thread: Thread | None = None
    left_s: float = 1e9
    kept: Claim | None = None
    """The claim as its last checkpoint left it."""
    checkpoints: int = 0


def hear(held: Held, process: Process, schedule: "Schedule") -> Script:
    """Hear the call; what of it was kept by an earlier claim is not heard again."""
    claim = held.claim
    plan = schedule.callers.plans[claim.job.id]
    yield Fetch(claim.job.audio)
    kept: bytes | None = yield from resume((held.kept or claim).job)
    done = int(kept or b"0")
    schedule.world.outside.begins(claim, done)
    for part in range(done, plan.parts):
        held.left_s = (plan.parts - part) * plan.part_s
        yield Wait(plan.part_s)
        held.moved_at = process.now()
        if held.gives_up is not None:
            raise held.gives_up
        if plan.nature != "plain":
            yield from _happens(plan.nature, claim, process)
        if part + 1 < plan.parts:
            yield from _kept(held, part + 1, schedule)
    return Transcribed(transcript_of(claim.job, f"{process.name}/{claim.fence}"), FACTS, LISTENING)


def _kept(held: Held, parts: int, schedule: "Schedule") -> Script:
    """Keep what is heard; where that cannot be done now, the work goes on without."""
    claim = held.claim
    held.checkpoints += 1
    with suppress(StorageUnavailable):
        job: Job = yield from keep(claim, held.checkpoints, str(parts).encode())
        held.kept = replace(claim, job=job)
        schedule.world.rows.past[claim.job.id].kept_parts = parts


def rest(held: Held, seconds: float) -> Script:
    """Wait; False, soon, if the job is to be given up."""
    if held.gives_up is None:
        yield Wait(seconds)
    return held.gives_up is None


def _happens(nature: Nature, claim: Claim, process: Process) -> Script:
    """What this recording does to whoever hears it."""
    if nature == "poison":
        process.poisoned_by = claim.job.id
        yield Die()
    if nature == "unreadable":
        raise UnsupportedCodec
    if nature == "engine":
        raise EngineFailed
    if nature == "buggy" or (nature == "stumbling" and claim.job.attempts == 1):
        raise Stumbled
