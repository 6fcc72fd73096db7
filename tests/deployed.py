"""A deployment in which a job stands in every state, made by the steps that make them in earnest."""

from contract.caller import Caller
from jobs import NOW

from shared.errors.jobs import DecodeFailed, UploadExpired
from shared.job import DAY_S, Job, Key
from shared.protocol.announcing import announce
from shared.protocol.batching import advance
from shared.protocol.controlling import cancel, retry
from shared.protocol.drive import drive
from shared.protocol.erasing import erase, expire
from shared.protocol.working import fail_unclaimed, reject

BASE_URL = "https://stt.example.com"
SAID = {"reference": "crm-1", "metadata": {"campaign": "q1"}, "tags": ("team:lyon",), "subject_hmac": "ab" * 32}


def everything(bench) -> dict[str, Job]:
    """A job in each state, by the name of the state; ends are told."""
    makers = (_on_their_way(bench), _ended(bench), _gone(bench), _again(bench))
    return {name: bench.jobs.row(job) for made in makers for name, job in made.items()}


def _on_their_way(bench) -> dict[str, Job]:
    return {
        "awaiting": bench.jobs.submitted(**SAID),
        "queued": bench.jobs.queued(**SAID),
        "processing": bench.jobs.claimed(**SAID).job,
    }


def _ended(bench) -> dict[str, Job]:
    jobs, world = bench.jobs, bench.world
    made = {name: jobs.queued(**SAID) for name in ("completed", "failed", "canceled")}
    made["upload_expired"] = jobs.submitted(**SAID)
    bench.work(made["completed"])
    drive(reject(jobs.again(made["failed"], NOW), DecodeFailed(), NOW), world)
    drive(cancel(made["canceled"], NOW), world)
    drive(fail_unclaimed(made["upload_expired"], UploadExpired(stage="uploading"), NOW), world)
    return {name: tell(bench, job) for name, job in made.items()}


def _gone(bench) -> dict[str, Job]:
    jobs, world = bench.jobs, bench.world
    made = {name: jobs.queued(**SAID) for name in ("erased", "erased_early", "recording_over", "all_over")}
    for name in ("erased", "recording_over", "all_over"):
        bench.work(made[name])
    for name in ("erased", "erased_early"):
        drive(erase(jobs.row(made[name]), NOW, BASE_URL), world)
    for name, days in (("recording_over", 40), ("all_over", 200)):
        _aged(world, made[name], days)
        drive(expire(jobs.row(made[name]), NOW), world)
    return made


def _again(bench) -> dict[str, Job]:
    """A job that failed, was tried again and is completed; and a later revision of a call."""
    jobs, world = bench.jobs, bench.world
    job = jobs.queued(**SAID)
    drive(reject(jobs.again(job, NOW), DecodeFailed(), NOW), world)
    drive(retry(tell(bench, job), NOW), world)
    bench.work(job)
    first = jobs.queued(reference="crm-2")
    bench.work(first)
    caller = Caller(world, clock=[NOW])
    batch = caller.post("/v1/batches", {"items": [{"job_id": first.id}], "options": {"language": "de"}}).json
    revision = next(Job.model_validate(row) for row in world.rows.values() if row.get("batch_id") == batch["id"])
    bench.work(revision)
    drive(advance(Key.of_batch("sales", batch["id"]), NOW + 100, BASE_URL), world)
    return {"retried": job, "first": first, "revision": revision}


def tell(bench, job: Job) -> Job:
    return drive(announce(bench.jobs.row(job), BASE_URL), bench.world) and bench.jobs.row(job)


def _aged(world, job: Job, days: int) -> None:
    """Let `job` have ended so many days ago."""
    row = world.rows[job.row_key]
    ended_at = NOW - days * DAY_S
    row |= dict.fromkeys(("created_at", "queued_at", "started_at", "completed_at"), ended_at)
    row["outbox"]["1"]["at"] = ended_at
