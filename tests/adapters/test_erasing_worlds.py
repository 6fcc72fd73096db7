"""Erasing on the memory world and on AWS's: the versions are really gone."""

import pytest
from fakes import BUCKET
from jobs import NOW, Jobs

from shared.erasure import Scope
from shared.ids import new_id
from shared.job import DAY_S, Job, Key
from shared.protocol.controlling import cancel, retry
from shared.protocol.drive import drive
from shared.protocol.erasing import advance, erase, expire, new_erasure
from shared.protocol.intents import CreateRows, PutObject

BASE_URL = "https://stt.example.com"


def with_everything(world, **fields) -> Job:
    """A queued job with a transcript and a checkpoint."""
    job = Jobs(world).queued(**fields)
    world.perform(PutObject(job.transcript_key, b"text", {}))
    world.perform(PutObject(f"work/{job.tenant}/{job.id}/ckpt-1-1.json", b"part", {}))
    return job


def versions(world) -> list[str]:
    """Every version and delete marker of our bucket, by key."""
    if hasattr(world, "rows"):
        return [key for _, key in world.store.objects]
    found = world.store.client.list_object_versions(Bucket=BUCKET)
    return [one["Key"] for one in (*found.get("Versions", ()), *found.get("DeleteMarkers", ()))]


def test_every_object_of_a_job_is_gone(world):
    job, other = with_everything(world), with_everything(world)

    erasure = drive(erase(job, NOW, BASE_URL), world)

    assert (erasure.status, erasure.jobs, erasure.object_versions_deleted) == ("completed", 1, 4)
    assert len(versions(world)) == 4
    assert all(other.id in key for key in versions(world))


def test_replaced_and_deleted_versions_are_gone_too(aws_world):
    job = Jobs(aws_world).queued()
    aws_world.store.put(BUCKET, job.audio.key, b"second")
    aws_world.store.client.delete_object(Bucket=BUCKET, Key=job.audio.key)

    erasure = drive(erase(job, NOW, BASE_URL), aws_world)

    assert erasure.object_versions_deleted == 4
    assert versions(aws_world) == []


def test_an_erased_row_passes_through_the_table(world, jobs):
    job = with_everything(world, reference="crm-1", metadata={"a": "b"}, tags=("x",))
    erasure = drive(erase(job, NOW, BASE_URL), world)

    row = jobs.row(job)

    assert (row.tombstone.erasure_id, row.error.code) == (erasure.id, "erased")
    assert (row.reference, row.metadata, row.tags) == (None, {}, ())
    assert drive(erase(row, NOW + 5, BASE_URL), world) == erasure


def test_a_running_job_is_erased(world, jobs):
    held = jobs.claimed()

    drive(erase(held.job, NOW, BASE_URL), world)

    assert (jobs.row(held.job).status.value, versions(world)) == ("failed", [])


@pytest.mark.parametrize("kind", ["called", "subject_hmac", "batch_id"])
def test_jobs_are_found_by_each_index(world, jobs, kind):
    names = {"called": "reference", "subject_hmac": "subject_hmac", "batch_id": "batch_id"}
    job = with_everything(world, **{names[kind]: "x-1"})
    with_everything(world, **{names[kind]: "x-2"})
    value = "sales#x-1" if kind == "called" else "x-1"
    erasure = new_erasure("sales", new_id("era", NOW), Scope(kind=kind, value=value), NOW)
    world.perform(CreateRows(((erasure.row_key, erasure.row),), NOW))

    done = drive(advance(erasure.row_key, NOW, BASE_URL), world)

    assert (done.status, done.jobs, done.object_versions_deleted) == ("completed", 1, 4)
    assert jobs.row(job).tombstone.reason == "erased"


def test_a_sweep_deletes_what_came_late(world):
    job = with_everything(world)
    erasure = drive(erase(job, NOW, BASE_URL), world)
    world.perform(PutObject(job.transcript_key, b"late", {}))
    slices = [drive(advance(erasure.row_key, NOW + 3_600, BASE_URL), world) for _ in range(2)]

    assert versions(world) == []
    assert (slices[-1].swept_at, slices[-1].object_versions_deleted) == ((NOW + 3_600,), 5)


def test_a_revision_is_erased_with_the_first(world, jobs):
    first, second = with_everything(world), with_everything(world)
    world.perform(CreateRows(((Key.of_revision("sales", first.id, 2), {"job_id": second.id}),), NOW))

    erasure = drive(erase(first, NOW, BASE_URL), world)

    assert (erasure.jobs, versions(world)) == (2, [])


def test_retention_removes_versions(world, jobs):
    job = with_everything(world)
    drive(cancel(job, NOW), world)

    drive(expire(jobs.row(job), NOW + 30 * DAY_S), world)
    audio_gone = versions(world)
    drive(expire(jobs.row(job), NOW + 180 * DAY_S), world)

    assert sorted(key.split("/")[0] for key in audio_gone) == ["requests", "transcripts", "work"]
    assert (versions(world), jobs.row(job).next_check_at) == ([], None)


def test_a_canceled_job_is_retried(world, jobs):
    job = jobs.queued()
    drive(cancel(job, NOW), world)

    again = drive(retry(jobs.row(job), NOW + 1), world)

    assert (again.status.value, again.attempts, again.sequence) == ("queued", 0, 1)
    assert jobs.again(again, NOW + 1).fence == 1


def test_an_erasure_survives_the_table(world):
    erasure = new_erasure("sales", new_id("era", NOW), Scope(kind="batch_id", value="bat_none"), NOW)
    world.perform(CreateRows(((erasure.row_key, erasure.row),), NOW))

    done = drive(advance(erasure.row_key, NOW, BASE_URL), world)

    assert (done.status, done.jobs, done.expires_at) == ("completed", 0, erasure.expires_at)
