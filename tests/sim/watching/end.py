"""What must be true when everything has come to rest."""

from typing import TYPE_CHECKING

from sim.watching.breach import require

from shared.erasure import kept_under
from shared.job import JOB_SK, Job, Key, Row

if TYPE_CHECKING:
    from sim.schedule import Schedule


def judge(schedule: "Schedule") -> None:
    """Look through everything that is left.

    Raises:
        Breach: something should not be there, or should.
    """
    rows = schedule.world.table.rows
    for key, row in rows.items():
        if key.sk == JOB_SK:
            _job(Job.model_validate(row), schedule)
        elif key.pk.endswith("#ERASURES") and "status" in row:
            _erasure(row, rows)
    for lane, queue in schedule.world.queues.items():
        left = [message.job_id for message in queue.messages.values()]
        require(not left, "at rest", f"the {lane} queue still holds doorbells of {left}")
        known = [message.job_id for message in queue.dead.values() if message.job_id in schedule.world.rows.past]
        require(not known, "at rest", f"dead letters of {known} are left")


def _job(job: Job, schedule: "Schedule") -> None:
    require(job.status.is_terminal, "I1", f"{job.id} is {job.status} at the end")
    pending = [number for number, entry in job.outbox.items() if entry.state == "pending"]
    require(not pending, "I4", f"events {pending} of {job.id} were never told")
    for number in job.outbox:
        told = schedule.world.outside.told[job.id, int(number)]
        require(told, "I4", f"event {number} of {job.id} was marked as told and never was")
    is_erased = job.tombstone is not None and job.tombstone.reason == "erased"
    if job.status == "completed" and job.tombstone is None:
        found = schedule.world.bucket.latest(job.transcript_key)
        require(found is not None, "I2", f"the transcript of {job.id} is gone")
        assert found is not None
        assert job.result is not None
        require(found.etag == job.result.etag, "I2", f"the transcript of {job.id} is another one")
        _is_heard(job, schedule)
    if is_erased:
        _nothing_left(job, schedule)
    if job.checkpoint is None or job.tombstone is not None:
        return


def _is_heard(job: Job, schedule: "Schedule") -> None:
    """Where a transcript is, what is listened to with it is there too, until its time is over."""
    written = [schedule.world.bucket.latest(f"{job.listening_key}.{ending}") for ending in ("json", "webm")]
    require(job.listening_removed_at is not None or all(written), "I2", f"{job.id} has a transcript and no sound")


def _nothing_left(job: Job, schedule: "Schedule") -> None:
    prefixes = kept_under(job.tenant, job.id)
    left = [key for key in schedule.world.bucket.versions if key.startswith(prefixes)]
    require(not left, "I9", f"erased, yet {left} is there")
    scrubbed = (job.reference, job.tags, job.metadata, job.result, job.audio.sha256, job.audio.etag)
    require(not any(scrubbed), "I9", f"{job.id} is erased, yet its row still tells {scrubbed}")


def _erasure(row: Row, rows: dict[Key, Row]) -> None:
    require(row["status"] == "completed", "I9", f"erasure {row['id']} is {row['status']}")
    require(
        len(row.get("swept_at", ())) == 2, "I9", f"erasure {row['id']} was swept {len(row.get('swept_at', ()))} times"
    )
    named = [
        one for key, one in rows.items() if key.sk == JOB_SK and one.get("tombstone", {}).get("erasure_id") == row["id"]
    ]
    require(row["jobs"] == len(named), "I9", f"erasure {row['id']} counts {row['jobs']} jobs of {len(named)}")
