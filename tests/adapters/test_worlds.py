"""One suite over the memory world and AWS's: what holds in one holds in the other."""

import dataclasses
import hashlib

import pytest
from fakes import BUCKET
from jobs import LEASE_S, NOW, Jobs

from shared.errors.jobs import AudioNotFound, UploadMismatch
from shared.errors.requests import IdempotencyKeyReused, UploadMissing
from shared.ids import new_id
from shared.job import Audio, Claim, Key, Lane, Outcome, Status, audio_key
from shared.protocol.claiming import GRACE_S
from shared.protocol.creating import IDEMPOTENCY_S, IdempotencyKey
from shared.protocol.drive import drive
from shared.protocol.intents import Changed, ChangeRow, CreateRows, HeadObject, PutObject, ReadRow, Refused, Where
from shared.protocol.submitting import queue, submit
from shared.protocol.working import charge, release, renew

KEY = Key("T#sales#J#1", "JOB")
GUARDS = [
    (((Where("a", "=", 1),),), True),
    (((Where("a", "=", 2),),), False),
    (((Where("a", "<>", 2),),), True),
    (((Where("a", "<", 1.5),),), True),
    (((Where("a", "<", 1),),), False),
    (((Where("a", "<=", 1),),), True),
    (((Where("gone", "absent"),),), True),
    (((Where("gone", "present"),),), False),
    (((Where("gone", "<>", 1),),), None),
    (((Where("map.inner", "=", "x"),),), True),
    (((Where("map.other", "absent"),),), True),
    (((Where("a", "=", 2),), (Where("status", "=", "queued"),)), True),
    (((Where("a", "=", 1), Where("status", "=", "failed")),), False),
    (((),), True),
]


@pytest.mark.parametrize(("guard", "passes"), [pair for pair in GUARDS if pair[1] is not None])
def test_a_guard_is_judged_alike(world, guard, passes):
    world.perform(CreateRows(((KEY, {"a": 1, "status": "queued", "map": {"inner": "x"}}),), NOW))

    answer = world.perform(ChangeRow(KEY, guard, {"seen": True}))

    assert isinstance(answer, Changed) is passes
    assert ("seen" in answer.row) is passes


def test_a_change_of_a_missing_row_is_refused(world):
    answer = world.perform(ChangeRow(KEY, ((),), {"a": 1}))

    assert answer == Refused(None)
    assert world.perform(ReadRow(KEY)) is None


def test_a_change_sets_adds_and_removes(world):
    world.perform(CreateRows(((KEY, {"n": 1, "old": "x", "map": {}}),), NOW))

    answer = world.perform(ChangeRow(KEY, ((),), {"old": None, "map.1": {"at": 2.5}, "at": 0.125}, {"n": 2, "new": -1}))

    assert answer.row == {"n": 3, "new": -1, "map": {"1": {"at": 2.5}}, "at": 0.125}


def test_rows_are_created_all_or_none(world):
    other = Key("T#sales#J#2", "JOB")
    world.perform(CreateRows(((KEY, {"a": 1}),), NOW))

    assert not world.perform(CreateRows(((other, {"a": 2}), (KEY, {"a": 3})), NOW))
    assert world.perform(ReadRow(other)) is None


def test_an_object_is_written_once(world):
    etag = world.perform(PutObject("transcripts/x", b"one", {"job": "1"}))

    assert world.perform(PutObject("transcripts/x", b"two", {})) is None
    found = world.perform(HeadObject(BUCKET, "transcripts/x"))
    assert (found.etag, found.metadata["job"]) == (etag, "1")
    assert found.metadata["sha256"] == hashlib.sha256(b"one").hexdigest()
    assert world.store.read("transcripts/x") == b"one"


def test_a_missing_object_is_none(world):
    assert world.perform(HeadObject(BUCKET, "audio/none")) is None


def test_a_job_survives_the_table(world, jobs):
    held = jobs.claimed(reference="crm-1", metadata={"campaign": "q1"}, tags=("team:lyon",), deadline_at=NOW + 0.5)

    assert jobs.row(held.job) == held.job


def test_a_whole_life_passes_through_the_table(world, jobs):
    held = jobs.claimed()
    renewed = drive(
        renew(held, NOW + 100, 60, {"progress": {"percent": 5.5, "speech_s_done": 1.0, "speech_s_total": 18.2}}), world
    )
    drive(charge(held, "engine_failed", NOW), world)
    taken = jobs.again(held.job, NOW + 30)
    ending = drive(release(taken, None, NOW + 31), world)

    assert renewed
    assert (taken.fence, taken.job.progress) == (2, None)
    assert (ending.outcome, ending.job.attempts, ending.job.status) == (Outcome.RELEASED, 1, Status.QUEUED)


def test_an_abandoned_claim_is_taken_over_once(world, jobs):
    job = jobs.claimed().job
    over = NOW + LEASE_S + GRACE_S + 1

    first, second = jobs.again(job, over), jobs.again(job, over)

    assert isinstance(first, Claim)
    assert second.outcome is Outcome.HELD


def test_an_equal_submission_finds_its_job(world, jobs):
    key = IdempotencyKey("sales", "POST /v1/jobs", "k" * 64, "r" * 64)
    first = jobs_submit(world, key)
    second = jobs_submit(world, key)

    assert (first.replayed, second.replayed) == (False, True)
    assert second.job.id == first.job.id


def test_a_key_is_free_again_after_a_day(world):
    key = IdempotencyKey("sales", "POST /v1/jobs", "k" * 64, "r" * 64)
    jobs_submit(world, key)

    again = jobs_submit(world, dataclasses.replace(key, request_sha256="s" * 64), NOW + IDEMPOTENCY_S + 1)

    assert not again.replayed


def test_a_reused_key_is_refused_and_leaves_nothing(world):
    jobs_submit(world, IdempotencyKey("sales", "POST /v1/jobs", "k" * 64, "r" * 64))

    with pytest.raises(IdempotencyKeyReused):
        jobs_submit(world, IdempotencyKey("sales", "POST /v1/jobs", "k" * 64, "s" * 64))


def test_queueing_without_audio_is_refused(world, jobs):
    with pytest.raises(UploadMissing):
        drive(queue(jobs.submitted(), NOW), world)


def test_audio_of_another_size_fails_the_job(world, jobs):
    job = jobs.submitted(audio=Audio(source="upload", bucket=BUCKET, key=audio_key("sales", "x"), size_bytes=3))
    world.store.put(BUCKET, job.audio.key, b"four")

    with pytest.raises(UploadMismatch):
        drive(queue(job, NOW), world)
    assert jobs.row(job).error.code == "upload_mismatch"


def test_queueing_pins_the_audio_and_rings_once(world, jobs):
    job = jobs.queued(b"audio")

    again = drive(queue(jobs.row(job), NOW + 1), world)

    row = jobs.row(job)
    assert (row.status, row.audio.size_bytes, row.rings, row.rung_at) == (Status.QUEUED, 5, 1, NOW)
    assert again.status is Status.QUEUED


def test_pinned_audio_is_fetched_and_checked(world, jobs):
    job = jobs.queued(b"audio")

    with world.store.fetch(job.audio) as file:
        assert file.read() == b"audio"
    with pytest.raises(UploadMismatch):
        world.store.fetch(job.audio.model_copy(update={"sha256": "0" * 64}))
    with pytest.raises(AudioNotFound):
        world.store.fetch(job.audio.model_copy(update={"key": "audio/none", "version_id": None}))


def test_a_replaced_upload_is_never_read(aws_world):
    job = Jobs(aws_world).queued(b"first")
    aws_world.store.put(BUCKET, job.audio.key, b"second")

    with aws_world.store.fetch(job.audio) as file:
        assert file.read() == b"first"


def test_a_doorbell_carries_the_job_and_nothing_else(aws_world):
    job = Jobs(aws_world).queued()

    receipt = aws_world.doorbell.receive(Lane.INTERACTIVE, 0, 60)

    assert (receipt.tenant, receipt.job_id, receipt.receive_count) == ("sales", job.id, 1)
    assert aws_world.doorbell.receive(Lane.BATCH, 0, 60) is None


def test_a_message_that_is_none_of_ours_is_left_alone(aws_world):
    bell = aws_world.doorbell
    bell.client.send_message(QueueUrl=bell.urls[Lane.BATCH], MessageBody="not ours")

    assert bell.receive(Lane.BATCH, 0, 0) is None


def test_a_message_can_be_hidden_and_deleted_twice(aws_world):
    Jobs(aws_world).queued()
    bell = aws_world.doorbell
    receipt = bell.receive(Lane.INTERACTIVE, 0, 60)

    bell.hide(receipt, 0)
    bell.delete(receipt)
    bell.delete(receipt)

    assert bell.receive(Lane.INTERACTIVE, 0, 60) is None


def jobs_submit(world, key, now=NOW):
    job = Jobs(world).submitted()
    fresh = job.model_copy(update={"id": new_id("job", now), "created_at": now})
    return drive(submit(fresh, key), world)
