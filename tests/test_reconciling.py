"""What is stuck is healed by the reconciler, and what is well is left alone."""

import pytest
from contract.caller import Caller
from jobs import LEASE_S, NOW, Jobs

from api.functions.reconcile import reconcile
from shared.errors.jobs import DecodeFailed
from shared.job import Lane, Status
from shared.protocol.announcing import announce
from shared.protocol.claiming import GRACE_S
from shared.protocol.drive import drive
from shared.protocol.intents import Publish, Ring
from shared.protocol.reconciling import RINGS_PER_RUN
from shared.protocol.working import reject, renew


@pytest.fixture
def caller(world):
    return Caller(world, clock=[NOW])


@pytest.fixture
def at(caller):
    """Run the reconciler so many seconds after everything began; what it did, by name."""

    def run(seconds):
        caller.clock[0] = NOW + seconds
        return reconcile(caller.parts())

    return run


def lose_messages(world):
    world.rung.clear()


def test_a_healthy_stack_is_left_alone(jobs, world, at):
    jobs.queued()
    jobs.claimed()
    before = len(world.rung)

    for seconds in range(0, 60, 10):
        at(seconds)

    assert len(world.rung) == before
    assert world.published == []


def test_an_upload_whose_event_was_lost_is_found(jobs, world, at):
    job = jobs.submitted()
    world.store.put(job.audio.bucket, job.audio.key, b"audio")

    done = at(121)

    assert done == {"upload_found": 1}
    assert (jobs.row(job).status, len(world.rung)) == (Status.QUEUED, 1)


def test_a_row_that_nobody_can_read_holds_up_no_other(jobs, world, at, capsys):
    good, bad = jobs.submitted(), jobs.submitted()
    world.store.put(good.audio.bucket, good.audio.key, b"audio")
    world.rows[bad.row_key]["said"] = "Ada Lovelace"

    done = at(121)

    told = capsys.readouterr().err
    assert (done, jobs.row(good).status) == ({"failed": 1, "upload_found": 1}, Status.QUEUED)
    assert ("crashed error_type=ValidationError" in told, "Ada Lovelace" in told) == (True, False)


def test_an_upload_that_never_came_expires_after_a_day(jobs, world, at):
    job = jobs.submitted()

    for minute in range(2, 24 * 60 + 2):
        at(minute * 60)

    failed = jobs.row(job)
    assert (failed.status, failed.error.code) == (Status.FAILED, "upload_expired")
    assert failed.completed_at - NOW == pytest.approx(86_400, abs=120)


def test_another_file_than_announced_fails_the_job(jobs, world, at):
    audio = jobs.submitted().audio.model_copy(update={"size_bytes": 3, "key": "audio/sales/other"})
    job = jobs.submitted(audio=audio)
    world.store.put(audio.bucket, audio.key, b"four")

    at(121)

    assert jobs.row(job).error.code == "upload_mismatch"


def test_a_queued_job_that_was_never_rung_is_rung(jobs, world, at):
    job = jobs.submitted()
    world.store.put(job.audio.bucket, job.audio.key, b"audio")
    world.before.append(dies_at(Ring))
    with pytest.raises(Killed):
        Caller(world, clock=[NOW]).post(f"/v1/jobs/{job.id}/upload/complete")
    world.before.clear()

    done = at(61)

    assert done == {"never_rung": 1}
    assert [ring.job_id for ring in world.rung] == [job.id]


def test_a_job_that_was_overtaken_is_rung_again(jobs, world, at):
    lost = jobs.queued()
    lose_messages(world)
    later = Jobs(world)
    overtaking = later.queued()
    world.rows[overtaking.row_key]["rung_at"] = NOW + 200
    world.messages[Lane.INTERACTIVE] = 1
    later.again(overtaking, NOW + 201)

    done = at(205)

    assert done["overtaken"] == 1
    assert [ring.job_id for ring in world.rung if ring.job_id == lost.id] == [lost.id]


def test_jobs_behind_a_backlog_are_not_rung_again(jobs, world, at):
    for _ in range(200):
        jobs.queued()
    world.messages[Lane.INTERACTIVE] = 200

    for minute in range(1, 21):
        at(minute * 60)

    assert len(world.rung) == 200


def test_a_purged_queue_is_rung_anew(jobs, world, at):
    waiting = {jobs.queued().id for _ in range(20)}
    lose_messages(world)
    world.messages[Lane.INTERACTIVE] = 0

    for minute in range(1, 6):
        at(minute * 60)

    assert {ring.job_id for ring in world.rung} == waiting


def test_a_queue_is_empty_only_after_two_looks(jobs, world, at):
    jobs.queued()
    lose_messages(world)
    world.messages[Lane.INTERACTIVE] = 1
    at(110)
    world.messages[Lane.INTERACTIVE] = 0

    at(150)

    assert world.rung == []


def test_a_lane_is_not_rung_without_measure(jobs, world, at):
    for _ in range(RINGS_PER_RUN + 5):
        jobs.queued()
    lose_messages(world)
    world.messages[Lane.INTERACTIVE] = 0
    at(120)

    at(245)

    assert len(world.rung) == RINGS_PER_RUN


def test_a_job_whose_worker_died_is_rung(jobs, world, at):
    held = jobs.claimed()
    lose_messages(world)

    done = at(LEASE_S + GRACE_S + 31)

    assert done == {"abandoned": 1}
    assert [ring.job_id for ring in world.rung] == [held.job.id]


def test_a_job_that_is_held_is_not_rung(jobs, world, at):
    held = jobs.claimed()
    world.rows[held.job.row_key]["lease_until"] = NOW + 500
    lose_messages(world)

    done = at(LEASE_S + GRACE_S + 31)

    assert (done, world.rung) == ({"held": 1}, [])


def test_a_job_that_is_late_fails_without_a_worker(jobs, world, at):
    job = jobs.queued(deadline_at=NOW + 30)

    at(61)

    failed = jobs.row(job)
    assert (failed.status, failed.error.code) == (Status.FAILED, "deadline_passed")


def test_a_job_that_was_started_may_finish_late(jobs, world, at):
    held = jobs.claimed(deadline_at=NOW + 30)

    at(LEASE_S + GRACE_S + 31)

    assert jobs.row(held.job).status is Status.PROCESSING


def test_all_attempts_together_may_take_two_hours(jobs, world, at):
    held = jobs.claimed()
    for minute in range(2, 119):
        world.rows[held.job.row_key]["lease_until"] = NOW + minute * 60 + LEASE_S
        at(minute * 60)
    # Another worker took over: its start is not the first one.
    world.rows[held.job.row_key]["started_at"] = NOW + 7_000
    still = jobs.row(held.job).status

    for seconds in range(7_140, 7_400, 60):
        at(seconds)

    failed = jobs.row(held.job)
    assert still is Status.PROCESSING
    assert (failed.status, failed.error.code) == (Status.FAILED, "processing_timeout")
    assert not drive(renew(held, NOW + 8_000, 60, {}), world)


def test_an_event_that_nobody_told_is_told_once(jobs, world, at):
    held = jobs.claimed()
    drive(reject(held, DecodeFailed(stage="decoding"), NOW), world)

    at(31)
    at(62)

    [event] = world.published
    assert event.attributes["type"] == "job.failed"
    assert jobs.row(held.job).outbox["1"].state == "published"


def test_events_stay_pending_while_the_topic_refuses(jobs, world, at):
    held = jobs.claimed()
    drive(reject(held, DecodeFailed(stage="decoding"), NOW), world)
    world.refuses_events = True

    done = at(31)
    world.refuses_events = False
    at(92)

    assert done == {"failed": 1}
    assert len(world.published) == 1


def test_a_republished_event_keeps_its_id(jobs, world, at):
    held = jobs.claimed()
    drive(reject(held, DecodeFailed(stage="decoding"), NOW), world)
    failed = jobs.row(held.job)
    drive(announce(failed, "https://stt.example.com"), world)
    # The mark of the first telling is lost: it is told again.
    world.rows[failed.row_key]["outbox"]["1"]["state"] = "pending"
    world.rows[failed.row_key]["next_check_at"] = NOW

    at(31)

    assert len(world.published) == 2
    assert len({event.body for event in world.published}) == 1


def test_two_reconcilers_at_once_are_harmless(jobs, world, at, caller):
    held = jobs.claimed()
    drive(reject(held, DecodeFailed(stage="decoding"), NOW), world)
    world.before.append(runs_in_between(Publish, lambda: reconcile(caller.parts())))

    at(31)

    assert len({event.body for event in world.published}) == 1
    assert jobs.row(held.job).outbox["1"].state == "published"


class Killed(BaseException):
    """The process died here."""


def dies_at(kind):
    def hook(_world, intent):
        if isinstance(intent, kind):
            raise Killed

    return hook


def runs_in_between(kind, other):
    """Run `other` once, just before the first intent of `kind`."""
    left = [other]

    def hook(_world, intent):
        if isinstance(intent, kind) and left:
            left.pop()()

    return hook
