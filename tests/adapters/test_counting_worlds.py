"""The backlog is counted the same from dictionaries and from a table, by what its index carries alone."""

from contract.caller import Caller
from jobs import NOW

from api import backlog
from shared.capacity import Backlog, WorkerSign
from shared.job import Key, Lane
from shared.protocol.intents import PutRow, ReadRow


def sign(name: str, at: float) -> WorkerSign:
    return WorkerSign(
        id=name, at=at, lanes=tuple(Lane), held={"job": 12.5}, rate=7.25, rtf=0.138, room_s=900.0, room_jobs=16,
        model="m", model_sha256="ab", compute_type="int8", device="cpu", wer={"en": 0.037}, expires_at=at,
    )  # fmt: skip


def test_a_backlog_is_counted_from_the_index(world, jobs):
    jobs.queued(b"\x00" * 160_000)
    jobs.queued(b"\x00" * 320_000, lane=Lane.BATCH)
    jobs.claimed(now=NOW)
    jobs.submitted()

    counted = backlog.count(Caller(world, key="none", clock=[NOW]).parts())

    lanes = {lane: (one.queued, one.queued_audio_s, one.processing) for lane, one in counted.lanes.items()}
    assert lanes == {Lane.INTERACTIVE: (1, 10.0, 1), Lane.BATCH: (1, 20.0, 0)}
    assert counted.live_by_tenant == {"sales": 4}


def test_a_count_is_read_back_as_it_was(world, jobs):
    jobs.queued(b"\x00" * 160_001)
    world.perform(PutRow(Key.of_worker("one"), sign("one", NOW - 0.123).model_dump(mode="json", exclude_none=True)))

    counted = backlog.count(Caller(world, key="none", clock=[NOW + 0.456]).parts())

    assert Backlog.model_validate(world.perform(ReadRow(Key.of_backlog()))) == counted


def test_signs_of_life_are_read_back_as_they_were(world):
    for one in (sign("one", NOW), sign("old", NOW - 60.0)):
        world.perform(PutRow(Key.of_worker(one.id), one.model_dump(mode="json", exclude_none=True)))

    assert backlog.workers(Caller(world, key="none", clock=[NOW]).parts()) == (sign("one", NOW),)
