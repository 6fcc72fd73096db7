"""An operator takes failed jobs again: those, and no others."""

import pytest
from jobs import LEASE_S, NOW

from api.cli.commands.admin import PAGE, Wanted, redrive
from shared.errors.jobs import AttemptsExhausted, DecodeFailed
from shared.job import Status
from shared.protocol.drive import drive
from shared.protocol.working import reject

LATER = NOW + LEASE_S


@pytest.fixture
def failed(jobs, world):
    """A failed job of that error."""

    def make(error):
        held = jobs.claimed()
        drive(reject(held, error, NOW), world)
        return jobs.row(held.job)

    return make


def wanted(*codes, since=0.0, tenant="sales"):
    return Wanted(tenant, frozenset(codes), since)


def test_jobs_that_failed_of_a_code_are_queued_again(jobs, world, failed):
    lost, broken = failed(AttemptsExhausted(last="worker_lost")), failed(DecodeFailed())

    told = list(redrive(wanted("attempts_exhausted"), world, LATER))

    assert [line.split()[0] for line in told] == [lost.id]
    assert [jobs.row(job).status for job in (lost, broken)] == [Status.QUEUED, Status.FAILED]


def test_a_dry_run_names_and_changes_nothing(jobs, world, failed):
    job = failed(DecodeFailed())

    told = list(redrive(wanted(), world, None))

    assert told == [f"{job.id}  decode_failed"]
    assert jobs.row(job) == job


@pytest.mark.parametrize("asked", [wanted(tenant="support"), wanted(since=NOW + 1), wanted("no_such_code")])
def test_other_jobs_are_left_alone(world, failed, asked):
    failed(DecodeFailed())

    assert list(redrive(asked, world, LATER)) == []


def test_a_job_without_audio_is_left_and_told(jobs, world, failed):
    job = failed(DecodeFailed())
    world.store.objects.clear()

    [told] = redrive(wanted(), world, LATER)

    assert told.startswith(f"{job.id}  decode_failed: left as it is")
    assert jobs.row(job).status is Status.FAILED


def test_more_jobs_than_a_page_holds_are_all_taken(world, failed):
    made = {failed(DecodeFailed()).id for _ in range(PAGE + 3)}

    assert {line.split()[0] for line in redrive(wanted(), world, LATER)} == made
