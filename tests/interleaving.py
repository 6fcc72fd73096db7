"""A tiny scheduler: a worker's steps and a caller's steps in one order after another, on the memory world."""

import random
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bench import FACTS
from fakes import BUCKET, MemoryWorld
from jobs import LEASE_S, NOW, Jobs, receipt_of, terms

from shared.erasure import is_erased
from shared.errors.jobs import UnsupportedCodec
from shared.errors.requests import RequestError
from shared.job import Claim, Job, Key, Quality, Result, Row
from shared.protocol.announcing import announce, settle
from shared.protocol.claiming import claim
from shared.protocol.controlling import cancel, retry
from shared.protocol.erasing import erase
from shared.protocol.intents import HeadObject, PutObject, ReadRow
from shared.protocol.working import finish, reject, release, renew

BASE_URL = "https://stt.example.com"
Script = Generator[Any, Any, None]


@dataclass
class Race:
    """One job, whose worker and whose callers take their steps in the order that `seed` gives."""

    seed: int
    world: MemoryWorld = field(default_factory=MemoryWorld)
    seen: list[Job] = field(default_factory=list)
    erased: bool = False

    def run(self) -> Job:
        """Let it happen; the job as it is then."""
        chance = random.Random(self.seed)
        self.job = Jobs(self.world).queued(reference="crm-1", metadata={"a": "b"}, tags=("x",))
        self.seen = [self.job]
        worker = self._works(chance, NOW)
        zombie = self._works(chance, NOW + chance.choice([1, LEASE_S * 2]))
        scripts = [worker, zombie, self._asks(chance)]
        answers: dict[int, Any] = {}
        while scripts:
            script = chance.choice(scripts)
            try:
                intent = script.send(answers.pop(id(script), None))
            except StopIteration:
                scripts.remove(script)
            else:
                answers[id(script)] = self.world.perform(intent)
                self._note()
        return self.row

    @property
    def row(self) -> Job:
        return Jobs(self.world).row(self.job)

    @property
    def left(self) -> list[str]:
        """The keys of everything that is still stored."""
        return [key for bucket, key in self.world.store.objects if bucket == BUCKET]

    def _note(self) -> None:
        row = self.row
        if row != self.seen[-1]:
            self.seen.append(row)

    def _works(self, chance: random.Random, now: float) -> Script:
        receipt = receipt_of(self.job)
        held = yield from claim(receipt, terms(now))
        if not isinstance(held, Claim):
            if chance.random() < 0.5 and held.job:
                yield from settle(held, receipt, BASE_URL)
            return
        yield from renew(held, now + LEASE_S, LEASE_S, {"stage": "decoding"})
        match chance.choice(["finish", "finish", "finish", "reject", "release"]):
            case "finish":
                result = yield from _stored(held.job)
                ending = yield from finish(held, result, FACTS, now)
            case "reject":
                ending = yield from reject(held, UnsupportedCodec(), now)
            case _:
                ending = yield from release(held, None, now)
        if chance.random() < 0.8:
            yield from settle(ending, receipt, BASE_URL)

    def _asks(self, chance: random.Random) -> Script:
        for number in range(4):
            now = NOW + number
            row: Row = yield ReadRow(Key.of_job(self.job.tenant, self.job.id))
            job = Job.model_validate(row)
            act = chance.choice(["cancel", "retry", "erase", "tell"])
            yield from asked(act, job, now)
        self.erased = is_erased(self.row)


def asked(act: str, job: Job, now: float) -> Script:
    """A caller cancels, retries or erases `job`, or it is told of; what is refused is no matter."""
    with suppress(RequestError):
        match act:
            case "cancel":
                yield from announce((yield from cancel(job, now)), BASE_URL)
            case "retry":
                yield from retry(job, now)
            case "erase":
                yield from erase(job, now, BASE_URL)
            case _:
                yield from announce(job, BASE_URL)


def _stored(job: Job) -> Generator[Any, Any, Result]:
    """The transcript of `job`: written, or adopted."""
    yield PutObject(job.transcript_key, b"text", {})
    facts = yield HeadObject(BUCKET, job.transcript_key)
    etag = facts.etag if facts else '"gone"'
    quality = Quality(needs_review=False)
    pointer = {"bucket": BUCKET, "key": job.transcript_key, "etag": etag, "sha256": "0" * 64}
    return Result(**pointer, duration_s=1.0, quality=quality, warnings=(), decode_s=0.0, engine_s=0.0)


def race(seed: int) -> Race:
    """The race of `seed`, run to its end."""
    one = Race(seed)
    one.run()
    return one
