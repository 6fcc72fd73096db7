"""Canceling: a caller ends a job, at once, and no worker undoes it."""

import json

import pytest
from bench import EXAMPLE, FACTS
from contract.caller import Caller
from fakes import BUCKET
from jobs import LEASE_S, NOW, Jobs, receipt_of, terms

from shared.errors.jobs import UnsupportedCodec
from shared.errors.transient import Draining
from shared.job import Job, Outcome, Status
from shared.protocol.attending.storing import store
from shared.protocol.claiming import claim
from shared.protocol.controlling import cancel
from shared.protocol.drive import drive
from shared.protocol.intents import ChangeRow, Transcribed
from shared.protocol.working import finish, reject, release, renew
from shared.transcript import Transcript


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world)


def failed(jobs, world) -> Job:
    return drive(reject(jobs.claimed(), UnsupportedCodec(), NOW), world).job


def completed(jobs, bench) -> Job:
    job = jobs.queued()
    bench.work(job)
    return jobs.row(job)


def canceled(jobs, world) -> Job:
    return drive(cancel(jobs.queued(), NOW), world)


def stored(held, world):
    """A transcript of `held`, as its worker would have stored it."""
    example = Transcript.model_validate_json(EXAMPLE.read_text())
    return drive(store(held.job, Transcribed(example, FACTS), BUCKET, NOW), world)


def types(world) -> list[str]:
    return [json.loads(event.body)["type"] for event in world.published]


@pytest.mark.parametrize("state", ["submitted", "queued", "claimed"])
def test_a_job_that_has_not_ended_is_canceled(caller, jobs, state):
    made = getattr(jobs, state)()
    job = getattr(made, "job", made)

    answer = caller.post(f"/v1/jobs/{job.id}/cancel")

    assert (answer.status, answer.json["status"], answer.json["stage"]) == (200, "canceled", None)
    assert jobs.row(job).completed_at == caller.clock[0]
    assert types(caller.world) == ["job.canceled"]


def test_canceling_twice_is_200_and_one_event(caller, jobs):
    job = jobs.queued()

    answers = [caller.post(f"/v1/jobs/{job.id}/cancel") for _ in range(2)]

    assert [answer.json["status"] for answer in answers] == ["canceled"] * 2
    assert answers[0].text == answers[1].text
    assert len(caller.world.published) == 1


@pytest.mark.parametrize("state", ["completed", "failed"])
def test_an_ended_job_is_not_canceled(caller, jobs, bench, state):
    job = completed(jobs, bench) if state == "completed" else failed(jobs, caller.world)

    answer = caller.post(f"/v1/jobs/{job.id}/cancel")

    assert (answer.status, answer.code) == (409, "state_conflict")
    assert state in answer.json["detail"]
    assert jobs.row(job).status.value == state


def test_another_tenants_job_is_not_found(caller, jobs):
    job = jobs.queued()
    stranger = Caller(caller.world, tenant="sale")

    answer = stranger.post(f"/v1/jobs/{job.id}/cancel")

    assert (answer.status, answer.code) == (404, "not_found")
    assert jobs.row(job).status is Status.QUEUED


def test_canceling_takes_no_fields(caller, jobs):
    job = jobs.queued()

    answer = caller.post(f"/v1/jobs/{job.id}/cancel", {"why": "because"})

    assert answer.fields == {"/why": "unknown_field"}
    assert jobs.row(job).status is Status.QUEUED


def test_a_canceled_job_has_no_transcript(caller, jobs):
    job = canceled(jobs, caller.world)

    answer = caller.get(f"/v1/jobs/{job.id}/transcript")

    assert (answer.status, answer.code) == (409, "no_transcript")


def test_a_cancellation_is_told_later_when_events_are_down(caller, jobs):
    job = jobs.queued()
    caller.world.refuses_events = True

    answer = caller.post(f"/v1/jobs/{job.id}/cancel")

    assert answer.json["status"] == "canceled"
    assert [entry.state for entry in jobs.row(job).outbox.values()] == ["pending"]


@pytest.mark.parametrize(
    "step",
    [
        lambda held, world: drive(renew(held, NOW + 99, 60, {}), world),
        lambda held, world: drive(finish(held, stored(held, world).result, FACTS, NOW + 1), world),
        lambda held, world: drive(reject(held, UnsupportedCodec(), NOW + 1), world),
        lambda held, world: drive(release(held, None, NOW + 1), world),
    ],
    ids=["renew", "finish", "reject", "release"],
)
def test_no_step_of_a_worker_undoes_it(jobs, world, step):
    held = jobs.claimed()
    before = drive(cancel(jobs.row(held.job), NOW), world)

    outcome = step(held, world)

    assert outcome is False or outcome.outcome is Outcome.LOST
    assert jobs.row(held.job) == before


def test_a_canceled_job_is_not_claimed(jobs, world):
    job = canceled(jobs, world)

    assert jobs.again(job, NOW + LEASE_S).outcome is Outcome.SETTLED
    assert jobs.row(job).fence == 0


def test_a_lost_reply_to_a_claim_does_not_hide_it(jobs, world):
    job = jobs.queued()
    mine = terms(NOW, owner="me")
    drive(claim(receipt_of(job), mine), world)
    drive(cancel(jobs.row(job), NOW), world)

    repeated = drive(claim(receipt_of(job), mine), world)

    assert repeated.outcome is Outcome.SETTLED


def test_a_worker_learns_of_it_at_its_heartbeat(bench, jobs, world):
    job = jobs.queued()
    bench.scribe.happens = [lambda _: drive(cancel(jobs.row(job), NOW), world), lambda _: bench.leases.beat()]

    outcome = bench.work(job)

    assert outcome is Outcome.LOST
    assert (BUCKET, job.transcript_key) not in world.store.objects


def test_a_stored_transcript_of_a_canceled_job_stays_unserved(jobs, world, caller):
    held = jobs.claimed()
    result = stored(held, world).result
    drive(cancel(jobs.row(held.job), NOW), world)

    drive(finish(held, result, FACTS, NOW + 1), world)

    assert (BUCKET, held.job.transcript_key) in world.store.objects
    assert caller.get(f"/v1/jobs/{held.job.id}/transcript").code == "no_transcript"


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda held, world: drive(release(held, Draining(), NOW), world),
        lambda held, world: Jobs(world).again(held.job, NOW + 1_000),
        lambda held, world: drive(renew(held, NOW + 99, 60, {"stage": "decoding"}), world),
    ],
    ids=["release", "claim", "renew"],
)
def test_a_worker_that_was_faster_delays_nothing(jobs, world, meanwhile):
    held = jobs.claimed()
    at_first_write(world, lambda: meanwhile(held, world))

    job = drive(cancel(jobs.row(held.job), NOW + 1), world)

    assert job.status is Status.CANCELED
    assert jobs.row(held.job) == job


@pytest.mark.parametrize("ending", ["finish", "reject"])
def test_an_end_that_was_faster_stands(caller, jobs, world, ending):
    held = jobs.claimed()
    ends = {
        "finish": lambda: drive(finish(held, stored(held, world).result, FACTS, NOW), world),
        "reject": lambda: drive(reject(held, UnsupportedCodec(), NOW), world),
    }
    at_first_write(world, ends[ending])

    answer = caller.post(f"/v1/jobs/{held.job.id}/cancel")

    assert (answer.status, answer.code) == (409, "state_conflict")
    assert jobs.row(held.job).sequence == 1


def at_first_write(world, act) -> None:
    """Let `act` happen between the look at the row and the write to it."""

    def hook(_, intent):
        if isinstance(intent, ChangeRow):
            world.before.remove(hook)
            act()

    world.before.append(hook)
