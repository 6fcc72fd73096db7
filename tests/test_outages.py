"""Outages: what cannot be written is tried again while the job is held, and no attempt is charged."""

import pytest

from shared.errors.transient import Draining, StorageUnavailable
from shared.job import Outcome, Status
from shared.protocol.attending.patience import WAITS_S
from shared.protocol.intents import ChangeRow


def away(world, *, for_writes: int):
    """The table refuses the next writes of rows once the transcript is there."""
    left = [for_writes]

    def refuse(_, intent):
        is_end = isinstance(intent, ChangeRow) and "lease_until" in intent.sets and intent.sets["lease_until"] == 0.0
        if is_end and left[0]:
            left[0] -= 1
            raise StorageUnavailable

    world.before.append(refuse)
    return left


@pytest.fixture
def impatient(bench):
    """Held jobs that wait for nothing; how long they would have is noted."""
    waited = []
    hold = bench.leases.hold

    def held(claim):
        one = hold(claim)
        one.progress.abandon.wait = lambda seconds: waited.append(seconds) or one.progress.abandon.is_set()
        return one

    bench.leases.hold = held
    return waited


def test_an_end_that_cannot_be_written_is_written_later(bench, jobs, world, impatient):
    job = jobs.queued()
    away(world, for_writes=4)

    outcome = bench.work(job)

    assert outcome is Outcome.COMPLETED
    assert (bench.scribe.calls, impatient) == (1, list(WAITS_S[:2]))


def test_a_transcript_is_not_made_again_for_a_commit_that_failed(bench, jobs, world, impatient):
    job = jobs.queued()
    away(world, for_writes=2)

    bench.work(job)

    row = jobs.row(job)
    assert (row.status, row.attempts, bench.scribe.calls) == (Status.COMPLETED, 1, 1)


def test_an_outage_for_good_leaves_the_job_to_its_lease(bench, jobs, world, impatient):
    job = jobs.queued()
    away(world, for_writes=100)

    assert bench.work(job) is None
    assert (jobs.row(job).status, impatient) == (Status.PROCESSING, list(WAITS_S))
    assert not world.deleted


def test_a_worker_that_drains_waits_for_no_outage(bench, jobs, world, impatient):
    job = jobs.queued()
    away(world, for_writes=100)
    bench.scribe.happens = [lambda progress: progress.give_up(Draining())]

    assert bench.work(job) is None
    assert len(impatient) == 1
