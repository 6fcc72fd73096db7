"""What happens to a job is told where its row changes: once, whoever changed it, and not where nothing changed."""

import pytest
from jobs import Jobs, receipt_of, terms
from telemetry.house import Ear, House

from shared.errors.jobs import DecodeFailed, ProcessingTimeout
from shared.job import Key
from shared.protocol.claiming import claim
from shared.protocol.controlling import cancel, retry
from shared.protocol.drive import drive
from shared.protocol.intents import ChangeRow, Where
from shared.protocol.submitting import submit
from shared.protocol.working import fail_unclaimed, reject
from shared.watching import Watched


@pytest.fixture
def ear():
    return Ear()


@pytest.fixture
def watched(world, ear):
    return Watched(world, ear)


@pytest.fixture
def jobs(watched) -> Jobs:
    return Jobs(watched)


def test_a_birth_is_told_once(world, ear, jobs, watched):
    jobs.world = world
    job = jobs.submitted()

    drive(submit(job.model_copy(update={"id": "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A"}), None), watched)
    drive(submit(job, None), watched)

    assert [fact["job_id"] for fact in ear.told("job_submitted")] == ["job_01KF0HJ2A2Q4W8XN2V5T6R9S0A"]


@pytest.mark.parametrize("end", ["rejected", "canceled", "unclaimed"])
def test_every_end_is_told_by_its_write(world, ear, watched, end):
    job = Jobs(world).queued()
    ways = {
        "rejected": lambda: reject(drive(claim(receipt_of(job), terms()), world), DecodeFailed(), terms().now),
        "canceled": lambda: cancel(job, terms().now),
        "unclaimed": lambda: fail_unclaimed(job, ProcessingTimeout(), terms().now),
    }

    drive(ways[end](), watched)

    told = {"rejected": ("failed", "caller"), "canceled": ("canceled", None), "unclaimed": ("failed", "ours")}
    assert [(fact["status"], fact.get("fault")) for fact in ear.told("job_ended")] == [told[end]]


def test_a_refused_end_is_not_told(world, ear, watched):
    job = Jobs(world).queued()
    drive(cancel(job, terms().now), world)

    drive(fail_unclaimed(job, ProcessingTimeout(), terms().now), watched)

    assert ear.facts == []


def test_a_second_run_has_an_end_of_its_own(world, ear, watched):
    job = Jobs(world).queued()
    ended = drive(cancel(job, terms().now), watched)

    drive(cancel(drive(retry(ended, terms().now), watched), terms().now), watched)

    assert len(ear.told("job_ended")) == 2


def test_a_canceled_job_has_no_times(world, ear, watched):
    drive(cancel(Jobs(world).claimed().job, terms().now), watched)

    assert {"wait_s", "processing_s", "turnaround_s"}.isdisjoint(ear.told("job_ended")[0])


def test_a_row_that_is_no_job_ends_nothing(world, ear, watched):
    key = Key.of_batch("sales", "bat_01KF0HJ2A2Q4W8XN2V5T6R9S0A")
    world.rows[key] = {"status": "running"}

    watched.perform(ChangeRow(key, ((Where("status", "present"),),), {"status": "completed"}))

    assert (world.rows[key]["status"], ear.facts) == ("completed", [])


def test_an_erasure_is_told_when_nothing_is_left():
    house = House()
    job_id = house.submitted()

    for _ in range(2):
        house.caller.send("DELETE", f"/v1/jobs/{job_id}", b"", {})

    assert [fact["jobs"] for fact in house.ear.told("erasure_completed")] == [1]
