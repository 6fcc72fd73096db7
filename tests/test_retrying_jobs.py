"""Retrying: a failed or canceled job is queued again under the same id, and its past stays fenced."""

import json

import pytest
from bench import EXAMPLE, FACTS
from contract.caller import Caller
from fakes import BUCKET, _etag
from jobs import NOW

from shared.errors.jobs import UnsupportedCodec, UploadExpired
from shared.errors.requests import Erased, StateConflict
from shared.errors.transient import StorageUnavailable
from shared.job import Audio, Outcome, Status, Tombstone
from shared.protocol.attending.storing import store
from shared.protocol.controlling import cancel, retry
from shared.protocol.drive import drive
from shared.protocol.intents import ChangeRow, HeadObject, Ring, Transcribed
from shared.protocol.submitting import RING_CHECK_S
from shared.protocol.working import fail_unclaimed, finish, reject, release, renew
from shared.transcript import Transcript

THEIRS = Audio(source="s3", bucket="sales-calls-eu", key="call.wav", etag=_etag(b"audio"))


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world)


def failed(jobs, world, **fields):
    return drive(reject(jobs.claimed(**fields), UnsupportedCodec(), NOW), world).job


def stored(held, world):
    example = Transcript.model_validate_json(EXAMPLE.read_text())
    return drive(store(held.job, Transcribed(example, FACTS), BUCKET, NOW), world)


def told(world) -> list[tuple[str, str]]:
    return [(json.loads(event.body)["type"], json.loads(event.body)["id"]) for event in world.published]


def test_a_failed_job_is_queued_again(caller, jobs):
    job = failed(jobs, caller.world)

    answer = caller.post(f"/v1/jobs/{job.id}/retry")

    row = jobs.row(job)
    assert (answer.status, answer.json["status"], answer.json["attempt"]) == (202, "queued", 0)
    assert (row.error, row.completed_at, row.started_at, row.queued_at) == (None, None, None, caller.clock[0])
    assert (row.rung_at, row.next_check_at) == (caller.clock[0], caller.clock[0] + RING_CHECK_S)


def test_a_canceled_job_is_queued_again(caller, jobs):
    job = jobs.queued()
    caller.post(f"/v1/jobs/{job.id}/cancel")

    answer = caller.post(f"/v1/jobs/{job.id}/retry")

    assert (answer.status, answer.json["status"]) == (202, "queued")
    assert [ring.job_id for ring in caller.world.rung] == [job.id] * 2


def test_fence_sequence_and_releases_go_on(jobs, world):
    held = jobs.claimed()
    drive(release(held, None, NOW), world)
    job = drive(reject(jobs.again(held.job, NOW), UnsupportedCodec(), NOW), world).job

    again = drive(retry(job, NOW + 1), world)

    assert (again.fence, again.sequence, again.releases, again.attempts) == (2, 1, 1, 0)
    assert jobs.again(again, NOW + 1).fence == 3


def test_a_retried_job_starts_as_if_it_were_new(jobs, world):
    held = jobs.claimed()
    drive(release(held, None, NOW), world)
    job = drive(reject(jobs.again(held.job, NOW + 1), UnsupportedCodec(), NOW + 2), world).job
    goes_on = {"id", "audio", "fence", "sequence", "releases", "rings", "outbox", "params_hash", "check_shard"}

    again = drive(retry(job, NOW + 3), world).model_dump(exclude=goes_on)

    fresh = jobs.queued().model_dump(exclude=goes_on)
    moments = {name: again[name] for name in ("queued_at", "next_check_at", "rung_at")}
    assert {**again, **dict.fromkeys(moments)} == {**fresh, **dict.fromkeys(moments)}
    assert moments == {"queued_at": NOW + 3, "next_check_at": NOW + 3 + RING_CHECK_S, "rung_at": None}


def test_each_end_has_an_event_of_its_own(bench, caller, jobs, world):
    job = jobs.queued()
    bench.scribe.happens = [UnsupportedCodec()]
    bench.work(job)
    caller.post(f"/v1/jobs/{job.id}/retry")

    bench.work(job, receive_count=2)

    assert [kind for kind, _ in told(world)] == ["job.failed", "job.failed"]
    assert len({event_id for _, event_id in told(world)}) == 2


def test_what_was_not_told_is_told_before_the_row_changes(caller, jobs, world):
    job = failed(jobs, world)

    caller.post(f"/v1/jobs/{job.id}/retry")

    (event,) = world.published
    assert json.loads(event.body)["data"]["status"] == "failed"
    assert [entry.state for entry in jobs.row(job).outbox.values()] == ["published"]


@pytest.mark.parametrize("state", ["submitted", "queued", "claimed"])
def test_a_live_job_is_not_retried(caller, jobs, state):
    made = getattr(jobs, state)()
    job = getattr(made, "job", made)

    answer = caller.post(f"/v1/jobs/{job.id}/retry")

    assert (answer.status, answer.code) == (409, "state_conflict")
    assert jobs.row(job).status.value in answer.json["detail"]


def test_a_completed_job_is_not_retried(bench, caller, jobs):
    job = jobs.queued()
    bench.work(job)

    assert caller.post(f"/v1/jobs/{job.id}/retry").code == "state_conflict"


def test_a_retry_takes_no_fields_and_no_strangers(caller, jobs):
    job = failed(jobs, caller.world)

    assert caller.post(f"/v1/jobs/{job.id}/retry", {"now": True}).status == 422
    assert Caller(caller.world, tenant="other").post(f"/v1/jobs/{job.id}/retry").status == 404
    assert jobs.row(job).status is Status.FAILED


def test_audio_that_is_gone_cannot_be_retried(caller, jobs, world):
    job = failed(jobs, world)
    del world.store.objects[BUCKET, job.audio.key]

    answer = caller.post(f"/v1/jobs/{job.id}/retry")

    assert (answer.status, answer.code) == (410, "audio_expired")
    assert jobs.row(job).status is Status.FAILED


def test_audio_that_retention_removed_cannot_be_retried(jobs, world, caller):
    job = failed(jobs, world)
    world.row("sales", job.id)["audio"]["removed_at"] = NOW

    assert caller.post(f"/v1/jobs/{job.id}/retry").code == "audio_expired"


@pytest.mark.parametrize("now_there", [None, b"other"])
def test_a_referenced_object_must_still_be_the_same(caller, jobs, world, now_there):
    job = failed(jobs, world, audio=THEIRS)
    del world.store.objects["sales-calls-eu", "call.wav"]
    if now_there:
        world.store.put("sales-calls-eu", "call.wav", now_there)

    assert caller.post(f"/v1/jobs/{job.id}/retry").code == "audio_expired"


def test_a_bucket_that_refuses_us_is_left_to_the_worker(caller, jobs, world):
    job = failed(jobs, world, audio=THEIRS)
    world.store.denied_buckets.add("sales-calls-eu")

    assert caller.post(f"/v1/jobs/{job.id}/retry").status == 202


def test_a_job_without_any_audio_asks_for_it(caller, jobs, world):
    job = jobs.submitted()
    drive(fail_unclaimed(job, UploadExpired(stage="uploading"), NOW), world)

    answer = caller.post(f"/v1/jobs/{job.id}/retry")

    assert (answer.status, answer.code) == (409, "upload_missing")


def test_audio_that_came_late_is_pinned_now(caller, jobs, world):
    job = jobs.submitted()
    drive(cancel(job, NOW), world)
    caller.upload(job.id, b"late")

    answer = caller.post(f"/v1/jobs/{job.id}/retry")

    row = jobs.row(job)
    assert (answer.status, row.audio.size_bytes, row.audio.etag) == (202, 4, _etag(b"late"))
    assert (BUCKET, job.request_key) in world.store.objects


def test_audio_that_was_not_declared_is_not_retried(caller, jobs, world):
    audio = Audio(source="upload", bucket=BUCKET, key="audio/sales/x", size_bytes=3)
    job = jobs.submitted(audio=audio)
    drive(cancel(job, NOW), world)
    world.store.put(BUCKET, "audio/sales/x", b"four")

    answer = caller.post(f"/v1/jobs/{job.id}/retry")

    assert (answer.status, answer.code) == (409, "state_conflict")


def test_a_deadline_that_has_passed_is_dropped(bench, caller, jobs):
    job = jobs.queued(deadline_at=NOW - 1)
    bench.work(job)

    caller.post(f"/v1/jobs/{job.id}/retry")

    assert jobs.row(job).deadline_at is None
    assert bench.work(job, receive_count=2) is Outcome.COMPLETED


@pytest.mark.parametrize(
    "step",
    [
        lambda held, world: drive(renew(held, NOW + 99, 60, {}), world),
        lambda held, world: drive(finish(held, stored(held, world).result, FACTS, NOW + 1), world),
        lambda held, world: drive(reject(held, UnsupportedCodec(), NOW + 1), world),
        lambda held, world: drive(release(held, None, NOW + 1), world),
    ],
    ids=["renew", "finish", "reject", "release"],
)
@pytest.mark.parametrize("is_claimed", [False, True], ids=["queued", "claimed"])
def test_a_zombie_of_the_earlier_run_stays_fenced(jobs, world, step, is_claimed):
    held = jobs.claimed()
    drive(retry(drive(cancel(jobs.row(held.job), NOW), world), NOW), world)
    if is_claimed:
        jobs.again(held.job, NOW)
    before = jobs.row(held.job)

    outcome = step(held, world)

    assert outcome is False or outcome.outcome is Outcome.LOST
    assert jobs.row(held.job) == before


def test_a_transcript_of_the_earlier_run_is_adopted(bench, jobs, world):
    held = jobs.claimed()
    stored(held, world)
    drive(retry(drive(cancel(jobs.row(held.job), NOW), world), NOW), world)

    outcome = bench.work(held.job)

    assert (outcome, bench.scribe.calls) == (Outcome.COMPLETED, 0)


def test_a_retry_that_could_not_ring_is_rung_for(jobs, world):
    job = failed(jobs, world)

    def fails(_, intent):
        if isinstance(intent, Ring):
            raise StorageUnavailable

    world.before.append(fails)
    with pytest.raises(StorageUnavailable):
        drive(retry(job, NOW + 1), world)

    row = jobs.row(job)
    assert (row.status, row.rung_at, row.next_check_at) == (Status.QUEUED, None, NOW + 1 + RING_CHECK_S)


def test_of_two_retries_one_is_refused(jobs, world):
    job = failed(jobs, world)
    before_the_write(world, lambda: drive(retry(job, NOW + 1), world))

    with pytest.raises(StateConflict):
        drive(retry(job, NOW + 2), world)
    assert len(world.rung) == 2


def test_a_lost_reply_to_a_retry_is_not_a_lost_race(jobs, world):
    job = failed(jobs, world)
    before_the_write(world, lambda: drive(retry(job, NOW + 1), world))

    assert drive(retry(job, NOW + 1), world).status is Status.QUEUED


def test_an_erasure_that_was_faster_wins(jobs, world):
    job = failed(jobs, world)
    stone = Tombstone(reason="erased", at=NOW, erasure_id="era_1").model_dump()
    before_the_write(world, lambda: world.row("sales", job.id).update(tombstone=stone))

    with pytest.raises(Erased):
        drive(retry(job, NOW + 1), world)
    assert jobs.row(job).status is Status.FAILED


def before_the_write(world, act) -> None:
    """Let `act` happen between the look at the audio and the write to the row."""

    def hook(_, intent):
        if isinstance(intent, ChangeRow) and "attempts" in intent.sets:
            world.before.remove(hook)
            act()

    world.before.append(hook)


def test_the_pinned_version_is_what_is_looked_for(jobs, world):
    job = failed(jobs, world)
    asked = []
    world.before.append(lambda _, intent: asked.append(intent) if isinstance(intent, HeadObject) else None)

    drive(retry(job, NOW + 1), world)

    assert asked == [HeadObject(BUCKET, job.audio.key, job.audio.version_id)]
