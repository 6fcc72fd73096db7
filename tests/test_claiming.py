"""Claiming: who wins a job, and what a refusal means."""

import pytest
from jobs import LEASE_S, NOW, receipt_of, terms

from shared.errors.jobs import UnsupportedCodec
from shared.errors.transient import StorageUnavailable
from shared.job import MAX_ATTEMPTS, Claim, Job, Key, Outcome, Status
from shared.protocol.claiming import DOUBT_S, GRACE_S, LEASE_CHECK_S, claim, exhaust
from shared.protocol.drive import drive
from shared.protocol.intents import ChangeRow
from shared.protocol.working import charge, reject, release, renew

LEASE_OVER = NOW + LEASE_S + GRACE_S + 1


def test_a_claim_charges_an_attempt_and_raises_the_fence(jobs):
    held = jobs.claimed()

    assert held.job.status is Status.PROCESSING
    assert (held.fence, held.job.attempts) == (1, 1)
    assert held.job.lease_until == NOW + LEASE_S + GRACE_S


def test_a_claim_says_since_when_and_when_to_look(jobs):
    job = jobs.claimed().job

    row = jobs.row(job)
    assert (row.stage, row.started_at) == ("downloading", NOW)
    assert row.next_check_at == NOW + LEASE_S + GRACE_S + LEASE_CHECK_S


def test_a_live_lease_is_not_taken(jobs):
    held = jobs.claimed()

    ending = jobs.again(held.job, NOW + 10)

    assert ending.outcome is Outcome.HELD
    assert ending.hide_s == LEASE_S + GRACE_S - 10 + 1
    assert jobs.row(held.job).fence == 1


def test_an_abandoned_job_is_taken_when_its_lease_is_over(jobs):
    held = jobs.claimed()

    taken = jobs.again(held.job, LEASE_OVER)

    assert isinstance(taken, Claim)
    assert (taken.fence, taken.job.attempts) == (2, 2)


def test_a_held_message_hides_longer_at_each_receive(jobs):
    held = jobs.claimed()
    hidden = [drive(claim(receipt_of(held.job, count), terms(NOW + 5)), jobs.world).hide_s for count in (2, 3, 4, 20)]

    assert hidden == [61, 122, 244, 900]


@pytest.mark.parametrize(("passed_s", "hide_s"), [(26, 40), (60, 6)])
def test_where_heartbeats_are_missed_nobody_waits_longer(jobs, passed_s, hide_s):
    held = jobs.claimed()
    at = terms(NOW + passed_s)
    hidden = [drive(claim(receipt_of(held.job, count), at), jobs.world).hide_s for count in (2, 3, 4, 20)]

    assert hidden == [hide_s] * 4


def test_a_claim_moves_the_watermark_of_its_lane(jobs, world):
    key = Key.of_watermark("interactive", "sales")
    first, second = jobs.queued(), jobs.queued()
    world.row(second.tenant, second.id)["rung_at"] = NOW + 50

    marks = []
    for job in (first, second, jobs.queued()):
        jobs.again(job, NOW + 60)
        marks.append(world.rows[key]["rung_at"])

    assert marks == [NOW, NOW + 50, NOW + 50]


def test_a_lost_reply_is_not_a_lost_race(jobs):
    job = jobs.queued()
    mine = terms(owner="me")
    drive(claim(receipt_of(job), mine), jobs.world)

    again = drive(claim(receipt_of(job), mine), jobs.world)

    assert isinstance(again, Claim)
    assert again.fence == 1


def test_a_job_held_during_a_death_runs_alone(jobs):
    held = jobs.claimed()

    refused = jobs.again(held.job, LEASE_OVER, alone=False)

    assert refused.outcome is Outcome.ALONE
    assert jobs.row(held.job).attempts == 1


def test_a_job_that_kills_its_worker_fails_after_three_claims(jobs):
    job = jobs.claimed().job
    for number in range(1, MAX_ATTEMPTS):
        assert isinstance(jobs.again(job, NOW + number * 100), Claim)

    first = jobs.again(job, NOW + MAX_ATTEMPTS * 100)
    ending = jobs.again(job, NOW + MAX_ATTEMPTS * 100 + first.hide_s)

    row = jobs.row(job)
    assert (first.outcome, ending.outcome) == (Outcome.HELD, Outcome.EXHAUSTED)
    assert (row.status, row.error.code, row.error.cause) == (Status.FAILED, "attempts_exhausted", "worker_lost")
    assert (row.outbox["1"].state, row.cause) == ("pending", "worker_lost")


def test_only_what_was_looked_at_is_exhausted(jobs):
    seen = jobs.claimed().job
    for number in range(1, MAX_ATTEMPTS):
        jobs.again(seen, NOW + number * 100)

    ending = drive(exhaust(seen, NOW + MAX_ATTEMPTS * 100), jobs.world)

    assert ending.outcome is Outcome.HELD
    assert jobs.row(seen).status is Status.PROCESSING


def test_back_off_is_waited_for(jobs):
    held = jobs.claimed()
    drive(charge(held, "internal_error", NOW), jobs.world)

    ending = jobs.again(held.job, NOW + 10)

    assert (ending.outcome, ending.hide_s) == (Outcome.EARLY, 21)
    assert isinstance(jobs.again(held.job, NOW + 31), Claim)


def test_an_ended_job_is_settled_not_claimed(jobs):
    held = jobs.claimed()
    drive(reject(held, UnsupportedCodec(), NOW), jobs.world)

    assert jobs.again(held.job, LEASE_OVER).outcome is Outcome.SETTLED


def test_an_unknown_job_is_left_to_the_dead_letter_queue(jobs):
    stranger = Job(
        tenant="sales", id="job_00000000000000000000000000", params_hash="", audio=jobs.queued().audio, created_at=NOW
    )

    assert jobs.again(stranger, NOW).outcome is Outcome.UNKNOWN


def test_a_job_without_audio_is_too_early(jobs):
    job = jobs.submitted()

    assert jobs.again(job, NOW).outcome is Outcome.EARLY


def test_only_the_holder_of_the_fence_can_renew(jobs):
    old = jobs.claimed()
    new = jobs.again(old.job, LEASE_OVER)

    assert not drive(renew(old, LEASE_OVER + 60, 60, {}), jobs.world)
    assert drive(renew(new, LEASE_OVER + 60, 60, {"stage": "decoding"}), jobs.world)
    assert jobs.row(old.job).stage == "decoding"


def test_an_erased_job_is_never_claimed(jobs, world):
    job = jobs.queued()
    world.row(job.tenant, job.id)["tombstone"] = {"reason": "erased", "at": NOW}

    assert not isinstance(jobs.again(job, NOW), Claim)


def test_a_zombie_cannot_end_what_another_holds(jobs):
    zombie = jobs.claimed()
    jobs.again(zombie.job, LEASE_OVER)

    endings = [
        drive(reject(zombie, UnsupportedCodec(), LEASE_OVER), jobs.world),
        drive(release(zombie, StorageUnavailable(), LEASE_OVER), jobs.world),
        drive(charge(zombie, "internal_error", LEASE_OVER), jobs.world),
    ]

    assert [ending.outcome for ending in endings] == [Outcome.LOST] * 3
    assert jobs.row(zombie.job).status is Status.PROCESSING


def test_two_claimers_at_once_make_one_claim(jobs, world):
    job = jobs.queued()

    def rival(_, intent):
        if isinstance(intent, ChangeRow):
            world.before.clear()
            drive(claim(receipt_of(job), terms(owner="rival")), world)

    world.before.append(rival)
    ending = jobs.again(job, NOW)

    assert ending.outcome is Outcome.HELD
    assert jobs.row(job).lease_owner == "rival"


def test_a_watermark_that_cannot_be_written_loses_no_claim(jobs, world):
    job = jobs.queued()

    def throttled(_, intent):
        if getattr(intent, "key", None) == Key.of_watermark("interactive", "sales"):
            raise StorageUnavailable

    world.before.append(throttled)

    assert isinstance(jobs.again(job, NOW), Claim)


@pytest.fixture
def last(jobs):
    """The claim of a last attempt, made at `NOW` + 200."""
    job = jobs.claimed().job
    return [jobs.again(job, NOW + number * 100) for number in range(1, MAX_ATTEMPTS)][-1]


AN_HOUR_FAST = NOW + 200 + 3_600


def test_a_clock_that_is_fast_fails_no_last_attempt(jobs, last):
    for seconds, beat in ((0, False), (1, False), (30, True), (66, False), (90, True), (130, False)):
        if beat:
            drive(renew(last, NOW + 200 + seconds + LEASE_S, LEASE_S, {}), jobs.world)
        else:
            assert jobs.again(last.job, AN_HOUR_FAST + seconds).outcome is Outcome.HELD

    assert jobs.row(last.job).status is Status.PROCESSING


def test_a_doubt_of_a_fast_clock_is_looked_at_again(jobs, last):
    jobs.again(last.job, AN_HOUR_FAST)
    own = [jobs.again(last.job, NOW + 300 + seconds).outcome for seconds in (0, DOUBT_S)]

    assert own == [Outcome.HELD, Outcome.EXHAUSTED]


def test_a_lease_that_is_doubted_twice_at_once_is_not_over(jobs, last):
    assert [jobs.again(last.job, NOW + 300).outcome for _ in range(2)] == [Outcome.HELD] * 2


@pytest.mark.parametrize(
    "meanwhile", [{"lease_until": NOW + 999.0}, {"fence": 4}, {"attempts": 2}, {"status": "canceled"}], ids=str
)
def test_a_doubted_attempt_that_moves_is_not_failed(jobs, world, last, meanwhile):
    jobs.again(last.job, NOW + 300)
    doubted = jobs.row(last.job)
    world.row(doubted.tenant, doubted.id).update(meanwhile)

    ending = drive(exhaust(doubted, NOW + 300 + DOUBT_S), world)

    assert ending.outcome is Outcome.HELD
    assert jobs.row(doubted).error is None


def test_a_holder_that_beats_once_more_and_dies_is_doubted_anew(jobs, last):
    jobs.again(last.job, NOW + 300)
    drive(renew(last, NOW + 400, LEASE_S, {}), jobs.world)

    looks = [jobs.again(last.job, NOW + 401 + seconds).outcome for seconds in (0, DOUBT_S - 1, DOUBT_S)]

    assert looks == [Outcome.HELD, Outcome.HELD, Outcome.EXHAUSTED]


def test_a_queued_job_without_attempts_left_ends_at_once(jobs, world):
    job = jobs.queued()
    world.row(job.tenant, job.id)["attempts"] = MAX_ATTEMPTS

    assert jobs.again(job, NOW).outcome is Outcome.EXHAUSTED
    assert jobs.row(job).status is Status.FAILED
