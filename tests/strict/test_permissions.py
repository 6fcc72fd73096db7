"""What each role asks of AWS, written down while it works (gap 14): the list that its policy is held against."""

import contextlib

import pytest
from fakes import BUCKET
from jobs import LEASE_S, NOW, Jobs
from strict.lives import URL, Hearing, Life
from strict.recorder import Recorder
from strict.worlds import connect_to, make_world

from shared.capacity import WorkerSign
from shared.errors.transient import LeaseLost
from shared.job import Claim, Lane
from shared.observe import observer
from shared.protocol.announcing import settle
from shared.protocol.attending import attend, keep, resume
from shared.protocol.claiming import Terms, claim
from shared.protocol.drive import drive
from shared.protocol.erasing import erase
from shared.protocol.working import release
from worker.lease import Leases
from worker.presence import Presence

TABLE, TOPIC = "jobs", "events"
QUEUE = "q-interactive"
OBSERVER = observer("test", "text")
ABOUT = WorkerSign(
    id="w", at=0.0, expires_at=0.0, lanes=(Lane.INTERACTIVE,), held={}, model="m", model_sha256="0" * 64,
    compute_type="int8", device="cpu",
)  # fmt: skip
ERASING = ("ListBucketVersions", "DeleteObjectVersion")
WORKER = {
    ("dynamodb:UpdateItem", TABLE),
    # The watermark of the claims and the sign of life are rows of its own making.
    ("dynamodb:PutItem", TABLE),
    ("dynamodb:DeleteItem", TABLE),
    # A HEAD where nothing is: without the list S3 says 403, and the job would fail of it.
    ("s3:ListBucket", BUCKET),
    ("s3:GetObject", f"{BUCKET}/transcripts/*"),
    ("s3:GetObject", f"{BUCKET}/work/*"),
    ("s3:GetObjectVersion", f"{BUCKET}/audio/*"),
    ("s3:PutObject", f"{BUCKET}/transcripts/*"),
    ("s3:PutObject", f"{BUCKET}/work/*"),
    *((f"s3:{verb}", f"{BUCKET}/{folder}/*") for verb in ERASING for folder in ("transcripts", "work")),
    ("sqs:ReceiveMessage", QUEUE),
    ("sqs:ChangeMessageVisibility", QUEUE),
    ("sqs:DeleteMessage", QUEUE),
    ("sns:Publish", TOPIC),
}
"""What the worker needs, and nothing else."""


@pytest.fixture(scope="module")
def seen(moto_port):
    """What a worker asked for while it did all that a worker does."""
    clients = connect_to(f"http://127.0.0.1:{moto_port}")
    world, recorder = make_world(clients, BUCKET), Recorder().attach(clients)
    life, jobs = Life(world), Jobs(world)
    life.submit()
    life.queue()
    held, erased = jobs.claimed(now=NOW), jobs.claimed(now=NOW)
    drive(erase(erased.job, NOW, URL), world)
    with recorder.playing("worker"):
        heard(world, held)
        with contextlib.suppress(LeaseLost):
            drive(keep(erased, 1, b"{}"), world)
        drive(attend(erased, BUCKET, lambda: NOW), Hearing(world))
        serve(world)
    return recorder.seen["worker"]


def serve(world):
    """From the doorbell to the event and the deleted message, for whatever comes."""
    hearing = Hearing(world)
    for number in range(3):
        receipt = world.doorbell.receive(Lane.INTERACTIVE, 1, 60)
        ending = drive(claim(receipt, Terms(f"w{number}", NOW + 100_000, LEASE_S, alone=True)), hearing)
        if isinstance(ending, Claim):
            ending = drive(attend(ending, BUCKET, lambda: NOW + 100_000), hearing)
        drive(settle(ending, receipt, URL), hearing)


def heard(world, held):
    """A fetch, two heartbeats, a checkpoint that is read again, a release, a goodbye."""
    world.store.fetch(held.job.audio).close()
    drive(keep(held, 1, b"{}"), world)
    kept = Claim(held.job.model_copy(update={"checkpoint": f"{held.job.work_prefix}ckpt-1-1.json"}), held.receipt)
    drive(resume(kept.job), world)
    leases = Leases(world, LEASE_S, lambda: NOW, OBSERVER)
    leases.hold(kept)
    leases.beat()
    presence = Presence(leases, world, lambda: NOW, OBSERVER, ABOUT)
    presence.tell()
    presence.leave()
    drive(release(kept, None, NOW), world)


@pytest.mark.parametrize("role", ["worker"], ids=["gap-14-worker"])
def test_a_worker_asks_for_what_it_is_granted_and_nothing_else(seen, role):
    assert sorted(seen) == sorted(WORKER)
