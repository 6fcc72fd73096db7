"""Handing a job back: in order and uncharged, or charged after an error of its own."""

import pytest
from jobs import NOW, receipt_of

from shared.erasure import SWEEPS_AFTER_S
from shared.errors.jobs import DeadlinePassed
from shared.errors.transient import StorageUnavailable
from shared.job import MAX_ATTEMPTS, Claim, Outcome, Status, Tombstone
from shared.protocol.announcing import settle
from shared.protocol.attending.patience import WAITS_S
from shared.protocol.attending.taking import LEAVE_S, LEAVE_UP_TO
from shared.protocol.claiming import DOUBT_S, GRACE_S, LEASE_CHECK_S
from shared.protocol.controlling import cancel, retry
from shared.protocol.drive import drive
from shared.protocol.intents import Changed, ChangeRow, Refused
from shared.protocol.reconciling import (
    EMPTY_S,
    LONGEST_CHECK_S,
    LONGEST_UPLOAD_CHECK_S,
    LONGEST_WORK_S,
    OVERTAKEN_S,
    RING_BACKOFF_S,
    RINGS_PER_RUN,
    UPLOAD_S,
)
from shared.protocol.submitting import RING_CHECK_S, UPLOAD_CHECK_S
from shared.protocol.working import (
    BACKOFF_S,
    HANDOVER_CHECK_S,
    LONGEST_HIDE_S,
    OUTBOX_CHECK_S,
    RELEASES_PER_CHARGE,
    as_seen,
    backoff_s,
    charge,
    fail_unclaimed,
    release,
    renew,
)


def test_a_release_is_not_charged(jobs):
    held = jobs.claimed()

    ending = drive(release(held, None, NOW), jobs.world)

    row = jobs.row(held.job)
    assert ending.outcome is Outcome.RELEASED
    assert (row.status, row.attempts, row.releases, row.lease_until) == (Status.QUEUED, 0, 1, 0.0)


def test_a_drained_job_can_be_claimed_at_once(jobs):
    held = jobs.claimed()
    drive(release(held, None, NOW), jobs.world)

    taken = jobs.again(held.job, NOW, alone=False)

    assert isinstance(taken, Claim)
    assert taken.fence == 2


def test_an_outage_delays_a_job_longer_each_time(jobs):
    held = jobs.claimed()
    first = drive(release(held, StorageUnavailable(), NOW), jobs.world)
    second = drive(release(jobs.again(held.job, NOW + 30), StorageUnavailable(), NOW + 30), jobs.world)

    assert (first.hide_s, second.hide_s) == (30, 60)
    assert jobs.row(held.job).cause == "storage_unavailable"


def test_an_outage_of_an_hour_fails_no_job(jobs):
    held, now = jobs.claimed(), NOW
    for _ in range(RELEASES_PER_CHARGE - 1):
        drive(release(held, StorageUnavailable(), now), jobs.world)
        now += LONGEST_HIDE_S
        held = jobs.again(held.job, now)

    assert isinstance(held, Claim)
    assert held.job.attempts == 1


def test_every_twentieth_release_is_charged(jobs):
    held = jobs.claimed()
    for _ in range(RELEASES_PER_CHARGE):
        drive(release(held, None, NOW), jobs.world)
        last, held = held, jobs.again(held.job, NOW)

    assert last.job.attempts == 1
    assert held.job.attempts == 2


def test_an_error_of_its_own_keeps_the_charge(jobs):
    held = jobs.claimed()

    ending = drive(charge(held, "engine_failed", NOW), jobs.world)

    row = jobs.row(held.job)
    assert (ending.outcome, ending.hide_s) == (Outcome.CHARGED, 30)
    assert (row.status, row.attempts, row.cause, row.not_before) == (Status.QUEUED, 1, "engine_failed", NOW + 30)


def test_the_last_charge_ends_the_job(jobs):
    held, now = jobs.claimed(), NOW
    for _ in range(MAX_ATTEMPTS - 1):
        drive(charge(held, "engine_failed", now), jobs.world)
        now += 1000
        held = jobs.again(held.job, now)

    ending = drive(charge(held, "engine_failed", now), jobs.world)

    row = jobs.row(held.job)
    assert ending.outcome is Outcome.EXHAUSTED
    assert (row.status, row.error.code, row.error.cause) == (Status.FAILED, "attempts_exhausted", "engine_failed")


def test_a_released_message_is_hidden_never_deleted(jobs, world):
    held = jobs.claimed()
    ending = drive(release(held, None, NOW), world)

    drive(settle(ending, receipt_of(held.job), "https://stt.example.com"), world)

    assert [hide.seconds for hide in world.hidden] == [0]
    assert not world.deleted


@pytest.mark.parametrize(("times", "seconds"), [(0, 30), (1, 60), (4, 480), (5, 900), (1000, 900)])
def test_back_off_doubles_up_to_fifteen_minutes(times, seconds):
    assert backoff_s(times) == seconds


def test_what_is_handed_back_shows_nothing_of_the_work(jobs):
    held = jobs.claimed()
    drive(
        renew(held, NOW + 60, 60, {"progress": {"percent": 5.0, "speech_s_done": 1.0, "speech_s_total": 20.0}}),
        jobs.world,
    )

    drive(release(held, StorageUnavailable(), NOW), jobs.world)

    row = jobs.row(held.job)
    assert (row.stage, row.progress, row.lease_owner) == (None, None, None)
    assert row.next_check_at == NOW + BACKOFF_S + HANDOVER_CHECK_S


def test_the_figures_of_the_protocol_are_the_documented_ones():
    assert (MAX_ATTEMPTS, RELEASES_PER_CHARGE, BACKOFF_S, LONGEST_HIDE_S) == (3, 20, 30, 900)
    assert (GRACE_S, LEASE_CHECK_S, DOUBT_S, OUTBOX_CHECK_S, HANDOVER_CHECK_S) == (5, 30, 65, 30, 60)
    assert (UPLOAD_CHECK_S, RING_CHECK_S, UPLOAD_S, LONGEST_UPLOAD_CHECK_S) == (120, 60, 86_400, 3_600)
    assert (OVERTAKEN_S, EMPTY_S, RING_BACKOFF_S, LONGEST_CHECK_S) == (120, 60, (60, 600, 3_600), 120)
    assert (LONGEST_WORK_S, RINGS_PER_RUN, LEAVE_S, LEAVE_UP_TO) == (7_200, 600, 5, 6)
    assert (sum(WAITS_S), SWEEPS_AFTER_S) == (257, (3_600, 46_800))


def claimed(jobs, job):
    jobs.again(job, NOW)


def canceled_and_queued_again(jobs, job):
    drive(retry(drive(cancel(job, NOW), jobs.world), NOW), jobs.world)


@pytest.mark.parametrize("meanwhile", [claimed, canceled_and_queued_again])
def test_a_job_that_has_moved_on_is_not_failed(jobs, meanwhile):
    job = jobs.queued()
    meanwhile(jobs, job)

    assert not drive(fail_unclaimed(job, DeadlinePassed(), NOW), jobs.world)
    assert jobs.row(job).status is not Status.FAILED


@pytest.mark.parametrize("meanwhile", [claimed, canceled_and_queued_again])
def test_a_row_is_as_seen_until_it_moves(jobs, world, meanwhile):
    job = jobs.queued()
    before = world.perform(ChangeRow(job.row_key, as_seen(job)))
    meanwhile(jobs, job)

    after = world.perform(ChangeRow(job.row_key, as_seen(job)))

    assert (type(before), type(after)) == (Changed, Refused)


@pytest.mark.parametrize(("seen", "stands"), [(None, "erased"), ("transcript_expired", "erased"), ("erased", None)])
def test_a_row_is_not_as_seen_under_another_tombstone(jobs, world, seen, stands):
    job = jobs.queued()
    stone = {"tombstone": {"reason": stands, "at": NOW}} if stands else {}
    world.row(job.tenant, job.id).update(stone)
    shown = job.model_copy(update={"tombstone": Tombstone(reason=seen, at=NOW) if seen else None})

    assert isinstance(world.perform(ChangeRow(job.row_key, as_seen(shown))), Refused)


def test_a_row_is_as_seen_under_its_own_tombstone(jobs, world):
    job = jobs.queued()
    world.row(job.tenant, job.id)["tombstone"] = {"reason": "erased", "at": NOW}

    assert isinstance(world.perform(ChangeRow(job.row_key, as_seen(jobs.row(job)))), Changed)
