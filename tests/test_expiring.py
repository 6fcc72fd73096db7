"""Expiring: what has been kept long enough is removed, whatever the job came to."""

import pytest
from bench import Bench
from contract.caller import Caller
from fakes import BUCKET
from jobs import NOW

from shared.errors.jobs import UnsupportedCodec, UploadExpired
from shared.errors.transient import StorageUnavailable
from shared.job import DAY_S, TOMBSTONE_S, Audio, Job, Key, Retention, Status
from shared.protocol.announcing import announce
from shared.protocol.controlling import cancel, retry
from shared.protocol.drive import drive
from shared.protocol.erasing import expire
from shared.protocol.intents import DeleteVersions, PutObject
from shared.protocol.working import fail_unclaimed, reject

BASE_URL = "https://stt.example.com"
AUDIO_OVER, TRANSCRIPT_OVER = NOW + 30 * DAY_S, NOW + 180 * DAY_S
SAID = {"reference": "crm-1", "metadata": {"campaign": "q1"}, "tags": ("team:lyon",), "subject_hmac": "ab" * 32}
ENDED = ["completed", "failed", "canceled"]


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world)


def ended(bench: Bench, status: str = "completed", **fields) -> Job:
    """A job that ended so, at `NOW`, with its event told."""
    jobs, world = bench.jobs, bench.world
    job = jobs.queued(**{**SAID, **fields})
    match status:
        case "completed":
            bench.work(job)
        case "failed":
            drive(reject(jobs.again(job, NOW), UnsupportedCodec(), NOW), world)
        case "canceled":
            drive(cancel(job, NOW), world)
    drive(announce(jobs.row(job), BASE_URL), world)
    return jobs.row(job)


def expired(bench: Bench, job: Job, *moments: float) -> Job:
    """`job` after retention had its turn at each of `moments`."""
    for moment in moments:
        drive(expire(bench.jobs.row(job), moment), bench.world)
    return bench.jobs.row(job)


def kept(bench: Bench, job: Job) -> set[str]:
    return {key.split("/")[0] for _, key in bench.world.store.objects if job.id in key}


@pytest.mark.parametrize("status", ENDED)
def test_the_first_look_is_when_the_recording_is_over(bench, status):
    assert ended(bench, status).next_check_at == AUDIO_OVER


@pytest.mark.parametrize("status", ENDED)
def test_the_recording_goes_first(bench, status):
    job = ended(bench, status)

    row = expired(bench, job, AUDIO_OVER)

    assert (row.status, row.audio.removed_at, row.next_check_at) == (job.status, AUDIO_OVER, TRANSCRIPT_OVER)
    assert kept(bench, job) == ({"requests", "transcripts"} if status == "completed" else {"requests"})
    assert (row.reference, row.metadata) == ("crm-1", {"campaign": "q1"})


@pytest.mark.parametrize("status", ENDED)
def test_nothing_goes_before_its_time(bench, status):
    job = ended(bench, status)

    row = expired(bench, job, AUDIO_OVER - 1)

    assert row == job
    assert {"audio", "requests"} <= kept(bench, job)


@pytest.mark.parametrize("status", ENDED)
def test_at_last_the_record_keeps_ids_times_and_codes(bench, status):
    job = ended(bench, status)

    row = expired(bench, job, AUDIO_OVER, TRANSCRIPT_OVER)

    assert (row.reference, row.metadata, row.tags, row.subject_hmac, row.called) == (None, {}, (), None, None)
    assert (row.status, row.next_check_at, row.expires_at) == (job.status, None, int(TRANSCRIPT_OVER) + TOMBSTONE_S)
    assert kept(bench, job) == set()


@pytest.mark.parametrize(
    ("status", "before", "after"),
    [
        ("completed", [(200, None)], [(410, "transcript_expired")]),
        ("failed", [(409, "no_transcript")], [(410, "transcript_expired")]),
        ("canceled", [(409, "no_transcript")], [(410, "transcript_expired")]),
    ],
)
def test_readers_are_told_what_is_over(bench, caller, status, before, after):
    job = ended(bench, status)
    for moment, told in ((AUDIO_OVER, before), (TRANSCRIPT_OVER, after)):
        expired(bench, job, moment)

        answer = caller.get(f"/v1/jobs/{job.id}/transcript")

        assert [(answer.status, answer.code if answer.status >= 400 else None)] == told
        assert caller.get(f"/v1/jobs/{job.id}").json["status"] == status


@pytest.mark.parametrize("moments", [(AUDIO_OVER,), (AUDIO_OVER, TRANSCRIPT_OVER)])
def test_a_job_whose_recording_expired_is_not_retried(bench, caller, moments):
    job = ended(bench, "failed")
    expired(bench, job, *moments)

    answer = caller.post(f"/v1/jobs/{job.id}/retry")

    assert (answer.status, answer.code) == (410, "audio_expired")


def test_a_job_whose_upload_never_came_expires_too(bench, caller):
    job = bench.jobs.submitted(**SAID)
    drive(fail_unclaimed(job, UploadExpired(stage="uploading"), NOW), bench.world)

    row = expired(bench, job, AUDIO_OVER, TRANSCRIPT_OVER)

    assert (row.error.code, row.reference, row.next_check_at) == ("upload_expired", None, None)


def test_retention_may_end_the_transcript_first(bench):
    job = ended(bench, retention=Retention(audio_days=60, transcript_days=10))

    first = expired(bench, job, NOW + 10 * DAY_S)
    assert (first.tombstone.reason, first.next_check_at, first.reference) == (
        "transcript_expired", NOW + 60 * DAY_S, "crm-1",
    )  # fmt: skip
    assert kept(bench, job) == {"audio"}

    last = expired(bench, job, NOW + 60 * DAY_S)
    assert (last.tombstone.at, last.next_check_at, last.reference) == (NOW + 10 * DAY_S, None, None)


def test_a_referenced_recording_is_never_removed(bench):
    job = ended(bench, audio=Audio(source="s3", bucket="sales-calls-eu", key="alice.wav"))

    row = expired(bench, job, AUDIO_OVER, TRANSCRIPT_OVER)

    assert ("sales-calls-eu", "alice.wav") in bench.world.store.objects
    assert (row.audio.key, row.reference, row.next_check_at) == ("", None, None)


def revision_of(bench: Bench, first: Job) -> Job:
    job = bench.jobs.queued(audio=first.audio, revision=2, revision_of=first.id)
    bench.world.rows[Key.of_revision("sales", first.id, 2)] = {"job_id": job.id}
    return job


def test_a_live_revision_keeps_the_recording(bench):
    job = ended(bench)
    revision_of(bench, job)

    row = expired(bench, job, AUDIO_OVER)

    assert (row.audio.removed_at, row.next_check_at) == (None, AUDIO_OVER + 3_600)
    assert (BUCKET, job.audio.key) in bench.world.store.objects


def test_an_ended_revision_keeps_nothing(bench):
    job = ended(bench)
    bench.work(revision_of(bench, job))

    row = expired(bench, job, AUDIO_OVER + 3_600)

    assert row.audio.removed_at == AUDIO_OVER + 3_600
    assert (BUCKET, job.audio.key) not in bench.world.store.objects


def test_a_revision_never_removes_the_first_recording(bench):
    job = ended(bench)
    second = revision_of(bench, job)
    bench.work(second)

    expired(bench, second, AUDIO_OVER, TRANSCRIPT_OVER)

    assert (BUCKET, job.audio.key) in bench.world.store.objects
    assert kept(bench, second) == set()


def test_a_process_that_dies_leaves_the_look_due(bench, world):
    job = ended(bench)

    def dies(_, intent):
        if isinstance(intent, DeleteVersions):
            raise StorageUnavailable

    world.before.append(dies)
    with pytest.raises(StorageUnavailable):
        expired(bench, job, AUDIO_OVER)
    world.before.clear()
    left = bench.jobs.row(job)

    row = expired(bench, job, AUDIO_OVER + 60)

    assert (left.next_check_at, left.audio.removed_at) == (AUDIO_OVER, AUDIO_OVER)
    assert (row.next_check_at, kept(bench, job)) == (TRANSCRIPT_OVER, {"requests", "transcripts"})


def test_a_retry_that_was_faster_keeps_its_recording(bench, world):
    job = ended(bench, "failed")
    drive(retry(job, AUDIO_OVER), world)

    row = drive(expire(job, AUDIO_OVER), world)

    assert row.status is Status.QUEUED
    assert (BUCKET, job.audio.key) in world.store.objects


def test_an_erasure_is_never_taken_for_an_expiry(bench, caller):
    job = ended(bench)
    caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {})
    before = bench.jobs.row(job)

    row = expired(bench, job, TRANSCRIPT_OVER)

    assert row == before.model_copy(update={"next_check_at": None})
    assert row.tombstone.reason == "erased"


def test_a_transcript_written_late_goes_with_the_record(bench, world):
    job = ended(bench, "canceled")
    world.perform(PutObject(job.transcript_key, b"late", {}))

    expired(bench, job, AUDIO_OVER, TRANSCRIPT_OVER)

    assert kept(bench, job) == set()
