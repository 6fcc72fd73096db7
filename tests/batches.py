"""Calls that have ended, for batches to choose from; `settle` moves a batch as the reconciler does."""

import dataclasses
import itertools
from typing import Any

from jobs import NOW, Jobs, receipt_of, terms

from shared.batch import BatchStatus, JobBatch
from shared.errors.jobs import DecodeFailed
from shared.ids import new_id
from shared.job import Audio, Job, Key, Quality, Result
from shared.protocol.batching import advance
from shared.protocol.claiming import claim
from shared.protocol.drive import drive
from shared.protocol.intents import ReadRow
from shared.protocol.submitting import queue, submit
from shared.protocol.working import finish, reject

BASE_URL = "https://stt.example.com"
BUCKET = "calls"
WORDS = Result(
    bucket=BUCKET,
    key="transcripts/x",
    etag='"1"',
    sha256="0" * 64,
    language="fr",
    duration_s=14.0,
    quality=Quality(needs_review=False),
    warnings=(),
    decode_s=0.1,
    engine_s=0.2,
)


def completed(world: Any, *, needs_review: bool = False, at: float = NOW, **fields: Any) -> Job:
    """A call of 14 s with its transcript."""
    held = claim_of(world, Jobs(world).queued(**fields), at)
    result = WORDS.model_copy(update={"quality": Quality(needs_review=needs_review), "key": held.job.transcript_key})
    if hasattr(world.store, "objects"):
        world.store.put(BUCKET, result.key, b"{}")
    return drive(finish(held, result, {"duration_s": 14.0}, at), world).job


def failed(world: Any, at: float = NOW, **fields: Any) -> Job:
    held = claim_of(world, Jobs(world).queued(**fields), at)
    return drive(reject(held, DecodeFailed(), at), world).job


def referred(world: Any, number: int, tenant: str = "sales") -> Job:
    """A completed call of `tenant` whose audio lies in the caller's own bucket."""
    place = Audio(source="s3", bucket="sales-calls-eu", key=f"call-{number}.wav", size_bytes=5)
    world.store.put(place.bucket, place.key, b"audio")
    job = Job(tenant=tenant, id=new_id("job", NOW), params_hash="0" * 64, audio=place, created_at=NOW)
    waiting = drive(submit(job, None), world).job
    return end(world, drive(queue(waiting, NOW), world))


def end(world: Any, job: Job, at: float = NOW) -> Job:
    """Complete a job that is queued."""
    return drive(finish(claim_of(world, job, at), WORDS, {"duration_s": 14.0}, at), world).job


def claim_of(world: Any, job: Job, at: float) -> Any:
    receipt = dataclasses.replace(receipt_of(job), lane=job.lane)
    return drive(claim(receipt, terms(at)), world)


def batch_in(world: Any, batch_id: str, tenant: str = "sales") -> JobBatch:
    return JobBatch.model_validate(world.perform(ReadRow(Key.of_batch(tenant, batch_id))))


def jobs_in(world: Any, batch_id: str) -> list[Job]:
    """The jobs of a batch in the memory world, by id."""
    rows = [row for row in world.rows.values() if row.get("batch_id") == batch_id]
    return sorted((Job.model_validate(row) for row in rows), key=lambda job: job.id)


def settle(world: Any, batch: JobBatch, now: float, *, looks: int = 60) -> JobBatch:
    """Look at a batch as often as it wants to be prepared."""
    for _ in range(looks):
        batch = drive(advance(batch.row_key, now, BASE_URL), world)
        if batch.status is not BatchStatus.PREPARING:
            break
    return batch


def slow(caller: Any, seconds: float) -> Any:
    """A hook by which each intent takes that long on the clock of `caller`."""

    def hook(*_: Any) -> None:
        caller.clock[0] += seconds

    return hook


class Killed(BaseException):
    """The process is gone."""


def kill_at(caller: Any, point: int, action: Any) -> bool:
    """Run `action` until its intent number `point`, before which the process is lost; whether there was one."""
    left = itertools.count(1)

    def kill(*_: Any) -> None:
        if next(left) == point:
            raise Killed

    caller.world.before.append(kill)
    try:
        action(caller)
    except Killed:
        return True
    finally:
        caller.world.before.clear()
    return False


def interleave(runs: list, world: Any, lead: int = 0) -> None:
    """Answer `lead` intents of the first run, then one of each in turn, until all have ended."""
    answers: dict = dict.fromkeys(range(len(runs)))
    turns = itertools.chain([0] * lead, itertools.cycle(range(len(runs))))
    for number in turns:
        if number in answers:
            try:
                answers[number] = world.perform(runs[number].send(answers[number]))
            except StopIteration:
                del answers[number]
        if not answers:
            return
