"""Resuming: what a claim has heard is there for the next one, under its fence, until the job has ended."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from bench import Scribe
from jobs import NOW

from shared.errors.transient import Draining, StorageUnavailable
from shared.job import Outcome
from shared.protocol.controlling import cancel, retry
from shared.protocol.drive import drive
from shared.protocol.erasing import erase
from shared.protocol.intents import ChangeRow, PutObject, ReadObject


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Keeping(Scribe):
    """A scribe that looks for what was kept, and keeps what it is told to, before anything else happens."""

    keeps: list = field(default_factory=list)
    found: list = field(default_factory=list)

    def transcribe(self, audio, order, progress):
        self.found.append(order.shelf.last())
        for body in self.keeps:
            order.shelf.keep(body)
        return super().transcribe(audio, order, progress)


@dataclass
class Once:
    """Something that happens as the first checkpoint is about to be written."""

    what: Callable[[], object] | None

    def __call__(self, world, intent):
        if isinstance(intent, PutObject) and self.what:
            what, self.what = self.what, None
            what()


@dataclass
class Outage:
    """The world is out of reach for some intents."""

    of: Callable[[object], bool]

    def __call__(self, world, intent):
        if self.of(intent):
            raise StorageUnavailable


@pytest.fixture
def scribe(bench):
    made = Keeping()
    object.__setattr__(bench.intake.parts, "transcriber", made)
    return made


@pytest.fixture
def kept(world, jobs):
    """Where the checkpoints of a job lie now."""
    return lambda job: sorted(key for _, key in world.store.objects if key.startswith(job.work_prefix))


def _killed(bench, scribe, job, *bodies):
    scribe.keeps, scribe.happens = list(bodies), [Killed()]
    with pytest.raises(Killed):
        bench.work(job)
    scribe.keeps, scribe.happens = [], []
    bench.clock.now += 1_000


def test_the_next_claim_finds_the_newest_checkpoint(bench, scribe, jobs):
    job = jobs.queued()
    _killed(bench, scribe, job, b"1", b"2")

    bench.work(job, receive_count=2)

    assert scribe.found == [None, b"2"]


def test_checkpoints_bear_fence_and_number(bench, scribe, jobs, kept):
    job = jobs.queued()
    _killed(bench, scribe, job, b"1", b"2")
    _killed(bench, scribe, job, b"3")

    names = [key.removeprefix(job.work_prefix) for key in kept(job)]

    assert names == ["ckpt-1-1.json", "ckpt-1-2.json", "ckpt-2-1.json"]
    assert jobs.row(job).checkpoint == f"{job.work_prefix}ckpt-2-1.json"


def test_a_call_that_keeps_nothing_asks_for_nothing(bench, scribe, jobs, world):
    asked, job = [], jobs.queued()
    world.before.append(lambda _, intent: asked.append(intent))

    bench.work(job)

    assert [intent.key for intent in asked if isinstance(intent, PutObject)] == [job.transcript_key]
    assert not any(isinstance(intent, ReadObject) for intent in asked)


def test_a_completed_claim_leaves_no_checkpoint(bench, scribe, jobs, kept):
    job = jobs.queued()
    scribe.keeps = [b"1", b"2"]

    outcome = bench.work(job)

    assert (outcome, kept(job)) == (Outcome.COMPLETED, [])


def test_a_drained_job_is_resumed(bench, scribe, jobs):
    job = jobs.queued()
    scribe.keeps, scribe.happens = [b"1"], [lambda progress: progress.give_up(Draining())]
    bench.work(job)
    scribe.happens = []

    outcome = bench.work(job, receive_count=2)

    assert scribe.found == [None, b"1"]
    assert (outcome, jobs.row(job).attempts) == (Outcome.COMPLETED, 1)


def test_a_checkpoint_that_is_gone_starts_the_call_over(bench, scribe, jobs, world, kept):
    job = jobs.queued()
    _killed(bench, scribe, job, b"1")
    for key in kept(job):
        del world.store.objects[world.store.bucket, key]

    assert bench.work(job, receive_count=2) is Outcome.COMPLETED
    assert scribe.found == [None, None]


def test_a_retry_of_a_canceled_job_goes_on_from_there(bench, scribe, jobs, world):
    job = jobs.queued()
    _killed(bench, scribe, job, b"1")
    drive(cancel(jobs.row(job), NOW), world)
    drive(retry(jobs.row(job), bench.clock.now), world)

    bench.work(job, receive_count=2)

    assert scribe.found == [None, b"1"]


def test_a_claim_that_was_overtaken_keeps_nothing(bench, scribe, jobs, world):
    job = jobs.queued()
    scribe.keeps = [b"1"]
    world.before.append(Once(lambda: jobs.again(job, NOW + 1_000)))

    assert bench.work(job) is Outcome.LOST
    assert (jobs.row(job).checkpoint, jobs.row(job).fence) == (None, 2)


def test_no_checkpoint_outlives_an_erasure(bench, scribe, jobs, world, kept):
    job = jobs.queued()
    scribe.keeps = [b"1"]
    world.before.append(Once(lambda: drive(erase(jobs.row(job), NOW, "https://stt.example.com"), world)))

    assert bench.work(job) is Outcome.LOST
    assert kept(job) == []


def test_an_outage_leaves_the_last_checkpoint(bench, scribe, jobs, world):
    job = jobs.queued()
    _killed(bench, scribe, job, b"1")
    scribe.keeps = [b"2"]
    world.before.append(Outage(lambda intent: isinstance(intent, ChangeRow) and "checkpoint" in intent.sets))

    assert bench.work(job, receive_count=2) is Outcome.RELEASED
    assert jobs.row(job).checkpoint == f"{job.work_prefix}ckpt-1-1.json"
