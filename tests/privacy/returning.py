"""A call is erased while everybody works on it: two workers with checkpoints, callers, uploads, the reconciler.

Each takes its steps in the order that a seed gives; a worker may die right after a write, before it could see that the call is gone.
"""

import random
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bench import FACTS
from fakes import BUCKET, MemoryWorld
from interleaving import asked
from jobs import LEASE_S, NOW, Jobs, receipt_of, terms

from shared.erasure import SWEEPS_AFTER_S, is_erased
from shared.errors.jobs import UnsupportedCodec
from shared.errors.root import CallscribeError
from shared.errors.transient import Draining, EngineFailed
from shared.job import Claim, Job, Key, Lane
from shared.protocol.announcing import settle
from shared.protocol.attending import attend, keep, resume
from shared.protocol.claiming import claim
from shared.protocol.drive import drive
from shared.protocol.erasing import advance, erase
from shared.protocol.intents import DeleteVersions, Listening, PutObject, ReadRow, Tell, Transcribe, Transcribed
from shared.protocol.reconciling import LaneNews, look
from shared.protocol.submitting import queue
from shared.protocol.working import renew
from shared.transcript import Transcript

BASE_URL = "https://stt.example.com"
HEARD = Transcript.model_validate_json((Path(__file__).parents[1] / "transcript" / "example.json").read_text())
SOUND = Listening(b"what can be seen of it", "audio/webm", b"what can be heard of it")
SAID = {"reference": "crm-1", "metadata": {"a": "b"}, "tags": ("x",), "subject_hmac": "ab" * 32}
MOST_STEPS = 200
Script = Generator[Any, Any, None]


@dataclass
class Erasing:
    """One call; `left` are the keys that are still there at the end, `swept` those after both sweeps."""

    seed: int
    world: MemoryWorld = field(default_factory=MemoryWorld)
    has_died: bool = False
    left: list[str] = field(default_factory=list)
    swept: list[str] = field(default_factory=list)

    def run(self) -> "Erasing":
        chance = random.Random(self.seed)
        jobs = Jobs(self.world)
        self.job = jobs.submitted(**SAID) if chance.random() < 0.2 else jobs.queued(**SAID)
        scripts = [self._works(chance, NOW), self._works(chance, NOW + 2 * LEASE_S), self._works(chance, NOW + 500)]
        scripts += [self._asks(chance), self._uploads(chance), self._heals(chance)]
        self._interleave(scripts, chance)
        drive(erase(self.row, NOW + 600, BASE_URL), self.world)
        self.left = self.keys
        self._sweep()
        self.swept = self.keys
        return self

    @property
    def row(self) -> Job:
        return Jobs(self.world).row(self.job)

    @property
    def keys(self) -> list[str]:
        return [key for bucket, key in self.world.store.objects if bucket == BUCKET]

    def _interleave(self, scripts: list[Script], chance: random.Random) -> None:
        """Some are quick and some are slow, in each race others."""
        answers: dict[int, Any] = {}
        pace = {id(script): chance.choice([0.05, 0.5, 1, 5]) for script in scripts}
        while scripts:
            (script,) = chance.choices(scripts, [pace[id(one)] for one in scripts])
            try:
                intent = script.send(answers.pop(id(script), None))
            except (StopIteration, CallscribeError):
                scripts.remove(script)
            else:
                answers[id(script)] = None if isinstance(intent, Tell) else self.world.perform(intent)

    def _works(self, chance: random.Random, now: float) -> Script:
        """A worker that keeps checkpoints, as far as it lives."""
        row = yield ReadRow(Key.of_job(self.job.tenant, self.job.id))
        receipt, dies = receipt_of(Job.model_validate(row)), chance.random() < 0.5
        held = yield from claim(receipt, terms(now))
        if not isinstance(held, Claim):
            yield from settle(held, receipt, BASE_URL)
            return
        steps = self._line(held, receipt, chance, now)
        answer = None
        for _ in range(MOST_STEPS):
            try:
                intent = steps.send(answer)
            except StopIteration:
                return
            answer = yield intent
            if dies and isinstance(intent, PutObject) and chance.random() < 0.5:
                self.has_died = True
                return

    def _line(self, held: Claim, receipt: Any, chance: random.Random, now: float) -> Script:
        """The real line of a job, with its checkpoints and heartbeats where the call is heard."""
        steps = attend(held, BUCKET, lambda: now)
        move: Callable[[], Any] = partial(next, steps)
        for _ in range(MOST_STEPS):
            try:
                intent = move()
            except StopIteration as end:
                yield from settle(end.value, receipt, BASE_URL)
                return
            if not isinstance(intent, Transcribe):
                move = partial(steps.send, (yield intent))
                continue
            try:
                move = partial(steps.send, (yield from self._hears(held, chance, now)))
            except CallscribeError as error:
                move = partial(steps.throw, error)

    def _hears(self, held: Claim, chance: random.Random, now: float) -> Generator[Any, Any, Transcribed]:
        yield from resume(held.job)
        for number in range(1, chance.randrange(4) + 1):
            yield from keep(held, number, b"what was heard so far")
            yield from renew(held, now + LEASE_S, LEASE_S, {"stage": "transcribing"})
        fate = chance.choice([None, None, None, UnsupportedCodec(), Draining(), EngineFailed()])
        if fate is not None:
            raise fate
        return Transcribed(HEARD.model_copy(update={"job_id": held.job.id}), FACTS, SOUND)

    def _asks(self, chance: random.Random) -> Script:
        acts = [*chance.choices(["cancel", "retry", "retry", "tell"], k=4), "erase"]
        chance.shuffle(acts)
        for number, act in enumerate(acts):
            row = yield ReadRow(Key.of_job(self.job.tenant, self.job.id))
            job, now = Job.model_validate(row), NOW + 100 * number
            yield from asked(act, job, now)

    def _uploads(self, chance: random.Random) -> Script:
        """A place that was signed before is used at any time; its event finds an erased job, or queues it."""
        for _ in range(chance.randrange(3)):
            yield ReadRow(Key.of_job(self.job.tenant, self.job.id))
        yield PutObject(self.job.audio.key, b"audio", {})
        row = yield ReadRow(Key.of_job(self.job.tenant, self.job.id))
        job = Job.model_validate(row)
        if is_erased(job):
            yield DeleteVersions(job.audio.key)
            return
        with suppress(CallscribeError):
            yield from queue(job, NOW)

    def _heals(self, chance: random.Random) -> Script:
        news = LaneNews(None)
        for number in range(3):
            row = yield ReadRow(Key.of_job(self.job.tenant, self.job.id))
            yield from look(Job.model_validate(row), news, NOW + 150 * number + chance.randrange(60), BASE_URL)

    def _sweep(self) -> None:
        """The reconciler an hour and thirteen hours later."""
        assert self.job.lane is Lane.INTERACTIVE
        tombstone = self.row.tombstone
        key = Key.of_erasure(self.job.tenant, (tombstone.erasure_id if tombstone else "") or "")
        for after_s in SWEEPS_AFTER_S:
            for _ in range(4):
                drive(advance(key, NOW + 600 + after_s, BASE_URL), self.world)
