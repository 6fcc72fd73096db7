"""A message that came too often in vain goes only when its job has ended and that is told."""

import json

import pytest
from contract.caller import Caller
from jobs import LEASE_S, NOW

from api.functions import deadletters
from shared.errors.jobs import DecodeFailed
from shared.job import MAX_ATTEMPTS, Status
from shared.protocol.claiming import DOUBT_S, GRACE_S
from shared.protocol.drive import drive
from shared.protocol.working import reject

OVER = LEASE_S + GRACE_S + 1


@pytest.fixture
def staying(world):
    """Hand a dead letter of `job` to the function, so many seconds after everything began; whether it stays."""

    def take(job, seconds=0, body=None):
        message = body or json.dumps({"v": 1, "tenant": job.tenant, "job": job.id})
        event = {"Records": [{"messageId": "m1", "body": message}]}
        return deadletters.take(event, Caller(world, clock=[NOW + seconds]).parts())["batchItemFailures"] != []

    return take


def test_the_letter_of_an_ended_job_goes_once_it_is_told(jobs, world, staying):
    held = jobs.claimed()
    drive(reject(held, DecodeFailed(stage="decoding"), NOW), world)
    world.refuses_events = True

    refused = staying(held.job)
    world.refuses_events = False

    assert refused
    assert not staying(held.job)
    assert len(world.published) == 1


def test_used_up_attempts_fail_the_job(jobs, world, staying):
    job = jobs.queued()
    for attempt in range(MAX_ATTEMPTS):
        jobs.again(job, NOW + attempt * OVER)

    doubted = staying(job, MAX_ATTEMPTS * OVER)
    stays = staying(job, MAX_ATTEMPTS * OVER + DOUBT_S)

    failed = jobs.row(job)
    assert doubted
    assert (stays, failed.status, failed.error.code) == (False, Status.FAILED, "attempts_exhausted")
    assert [event.attributes["type"] for event in world.published] == ["job.failed"]


def test_a_job_that_somebody_works_on_is_never_failed(jobs, staying):
    job = jobs.queued()
    for attempt in range(MAX_ATTEMPTS):
        jobs.again(job, NOW + attempt * OVER)

    stays = staying(job, (MAX_ATTEMPTS - 1) * OVER + 1)

    assert (stays, jobs.row(job).status) == (True, Status.PROCESSING)


def test_a_queued_job_is_handed_to_the_reconciler(jobs, world, staying):
    job = jobs.queued()

    stays = staying(job, 300)

    row = jobs.row(job)
    assert (stays, row.status, row.rung_at, row.next_check_at) == (True, Status.QUEUED, None, NOW + 300)


@pytest.mark.parametrize("body", ["", "no json", "[]", '{"v": 1}', '{"tenant": "sales", "job": "job_unknown"}'])
def test_a_letter_that_names_no_job_stays_for_a_person(jobs, staying, body):
    assert staying(jobs.submitted(), body=body or " ")


def test_a_letter_whose_row_nobody_can_read_stays(jobs, world, staying, capsys):
    job = jobs.queued()
    world.rows[job.row_key]["said"] = "Ada Lovelace"

    stays = staying(job)

    told = capsys.readouterr().err
    assert stays
    assert ("crashed error_type=ValidationError" in told, "Ada Lovelace" in told) == (True, False)
