"""An erasure goes by while a batch is still making its jobs: they belong to the same person."""

import json

import pytest
from batches import jobs_in, settle, slow
from contract.caller import WAV, Caller
from privacy.canaries import SAID

from shared.batch import BatchStatus
from shared.erasure import is_erased
from shared.job import Key
from shared.protocol.batching import advance
from shared.protocol.batching.preparing import SLICE
from shared.protocol.drive import drive
from shared.protocol.erasing import advance as go_on

BASE_URL = "https://stt.example.com"
BUCKET = "sales-calls-eu"
HOUR_S = 3_600
WHO = {"subject_ref": SAID["subject_ref"]}


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world)


def begun(caller: Caller, calls: int) -> str:
    """A batch of which only the first slice is made."""
    caller.world.store.put(BUCKET, SAID["object key"], WAV)
    item = {"s3_uri": f"s3://{BUCKET}/{SAID['object key']}", "reference": SAID["reference"], **WHO}
    caller.world.before.append(hook := slow(caller, 0.05))
    made = caller.post("/v1/batches", {"items": [item] * calls}).json
    caller.world.before.remove(hook)
    assert made["status"] == "preparing"
    return made["id"]


def prepared(caller: Caller, batch_id: str):
    caller.clock[0] += 120
    batch = drive(advance(Key.of_batch("sales", batch_id), caller.clock[0], BASE_URL), caller.world)
    return settle(caller.world, batch, caller.clock[0])


def erased(caller: Caller) -> str:
    receipt = caller.post("/v1/erasures", WHO).json
    go_on_until_rest(caller, receipt["id"])
    return receipt["id"]


def go_on_until_rest(caller: Caller, erasure_id: str) -> None:
    for _ in range(40):
        drive(go_on(Key.of_erasure("sales", erasure_id), caller.clock[0], BASE_URL), caller.world)


def swept(caller: Caller, erasure_id: str) -> None:
    for hours in (1, 12):
        caller.clock[0] += hours * HOUR_S
        go_on_until_rest(caller, erasure_id)


def alive(caller: Caller, batch_id: str) -> list[str]:
    return [job.id for job in jobs_in(caller.world, batch_id) if not is_erased(job)]


def items_of(caller: Caller, batch_id: str) -> list[str]:
    return [key for _, key in caller.world.store.objects if batch_id in key]


def unmark(caller: Caller) -> None:
    """As for a process that had looked for the marker a moment before it was there."""
    for key in [key for key in caller.world.rows if key.pk.endswith("#ERASED")]:
        del caller.world.rows[key]


def test_jobs_that_a_batch_makes_in_spite_go_with_the_sweep(caller):
    batch_id = begun(caller, SLICE + 5)
    caller.clock[0] += 10
    erasure_id = erased(caller)
    unmark(caller)
    assert prepared(caller, batch_id).status is BatchStatus.RUNNING

    swept(caller, erasure_id)

    assert len(jobs_in(caller.world, batch_id)) == SLICE + 5
    assert alive(caller, batch_id) == []


def test_no_job_is_made_of_who_was_erased(caller):
    batch_id = begun(caller, SLICE + 5)
    caller.clock[0] += 10
    erased(caller)

    prepared(caller, batch_id)

    assert alive(caller, batch_id) == []


def test_an_erasure_right_after_a_batch_finds_all_of_it(caller):
    batch_id = begun(caller, 100)
    prepared(caller, batch_id)
    caller.clock[0] = caller.world.rows[Key.of_batch("sales", batch_id)]["created_at"] + 0.05
    erasure_id = erased(caller)

    swept(caller, erasure_id)

    assert alive(caller, batch_id) == []


def test_the_items_of_a_batch_go_once_its_jobs_are_made(caller):
    batch_id = begun(caller, SLICE + 5)

    assert prepared(caller, batch_id).status is BatchStatus.RUNNING

    assert items_of(caller, batch_id) == []


def test_a_batch_forgets_what_it_chose_by(caller):
    caller.submit({"audio": {"upload": {"bytes": 7}}, "reference": SAID["reference"]})
    made = caller.post("/v1/batches", {"selector": {"reference": SAID["reference"]}}).json
    caller.post("/v1/erasures", {"reference": SAID["reference"]})
    row = caller.world.rows[Key.of_batch("sales", made["id"])]

    assert "expires_at" in row or SAID["reference"] not in json.dumps(row)
