"""Working: one receipt from its claim to its deleted message, and everything that may come between."""

import json
import threading
from dataclasses import dataclass, replace

import pytest
from bench import EXAMPLE, FACTS
from fakes import BUCKET
from jobs import LEASE_S, NOW, receipt_of

from shared.errors.jobs import UnsupportedCodec
from shared.errors.transient import AudioFetchFailed, Draining, EngineFailed, StorageUnavailable
from shared.job import Lane, Outcome, Status
from shared.protocol.attending.storing import store
from shared.protocol.drive import drive
from shared.protocol.intents import ChangeRow, Publish, PutObject, Transcribed
from shared.transcript import Transcript
from worker.intake import Intake


def test_a_call_becomes_one_transcript_and_one_event(bench, jobs, world):
    job = jobs.queued(reference="crm-1")

    outcome = bench.work(job)

    row = jobs.row(job)
    assert outcome is Outcome.COMPLETED
    assert (row.status, row.result.key, row.audio.codec) == (Status.COMPLETED, job.transcript_key, "pcm_mulaw")
    assert json.loads(world.store.read(job.transcript_key))["job_id"] == job.id
    assert (len(world.published), len(world.deleted)) == (1, 1)


def test_a_doubled_message_is_settled_without_work(bench, jobs, world):
    job = jobs.queued()
    bench.work(job)

    assert bench.work(job, receive_count=2) is Outcome.SETTLED
    assert bench.scribe.calls == 1
    assert (len(world.published), len(world.deleted)) == (1, 2)


def test_bad_audio_ends_the_job_at_once(bench, jobs, world):
    job = jobs.queued()
    bench.scribe.happens = [UnsupportedCodec()]

    outcome = bench.work(job)

    row = jobs.row(job)
    assert outcome is Outcome.REJECTED
    assert (row.status, row.error.code, row.error.stage) == (Status.FAILED, "unsupported_codec", "transcribing")
    assert json.loads(world.published[0].body)["type"] == "job.failed"


def test_replaced_audio_ends_the_job(bench, jobs):
    job = jobs.queued(b"audio")
    bench.world.store.objects.pop((BUCKET, job.audio.key))

    bench.work(job)

    assert jobs.row(job).error.code == "audio_not_found"


@pytest.mark.parametrize(
    ("error", "cause"), [(ZeroDivisionError(), "internal_error"), (EngineFailed(), "engine_failed")]
)
def test_an_error_of_its_own_is_charged(bench, jobs, world, error, cause):
    job = jobs.queued()
    bench.scribe.happens = [error]

    outcome = bench.work(job)

    row = jobs.row(job)
    assert outcome is Outcome.CHARGED
    assert (row.status, row.attempts, row.cause) == (Status.QUEUED, 1, cause)
    assert [hide.seconds for hide in world.hidden] == [30]


@pytest.mark.parametrize("error", [StorageUnavailable(), AudioFetchFailed()])
def test_an_outage_hands_the_job_back_uncharged(bench, jobs, error):
    job = jobs.queued()
    bench.scribe.happens = [error]

    assert bench.work(job) is Outcome.RELEASED
    assert (jobs.row(job).attempts, jobs.row(job).releases) == (0, 1)


def test_a_late_job_spends_no_engine_time(bench, jobs):
    job = jobs.queued(deadline_at=NOW - 1)

    bench.work(job)

    row = jobs.row(job)
    assert (row.error.code, row.error.stage, bench.scribe.calls) == ("deadline_passed", "queued", 0)


def test_a_job_that_was_started_in_time_may_finish(bench, jobs):
    job = jobs.queued(deadline_at=NOW + 1)
    bench.scribe.happens = [StorageUnavailable()]
    bench.work(job)
    bench.clock.now += 100
    bench.scribe.happens = []

    assert bench.work(job, receive_count=2) is Outcome.COMPLETED


def test_a_drained_job_goes_back_at_once(bench, jobs, world):
    job = jobs.queued()
    bench.scribe.happens = [lambda progress: progress.give_up(Draining())]

    outcome = bench.work(job)

    assert outcome is Outcome.RELEASED
    assert jobs.row(job).not_before == NOW
    assert [hide.seconds for hide in world.hidden] == [0]


def test_a_stored_transcript_is_adopted_without_engine_time(bench, jobs, world):
    job = jobs.queued()
    world.before.append(Failing(ChangeRow, lambda intent: "result" in intent.sets))
    bench.work(job)
    world.before.clear()
    bench.clock.now += 1000

    outcome = bench.work(job, receive_count=2)

    assert outcome is Outcome.COMPLETED
    assert bench.scribe.calls == 1
    assert jobs.row(job).audio.sample_rate_hz == 8_000


def test_the_first_transcript_wins(bench, jobs, world):
    job = jobs.queued()
    example = Transcript.model_validate_json(EXAMPLE.read_text())
    bench.scribe.happens = [lambda _: drive(store(job, Transcribed(example, FACTS), BUCKET, NOW), world)]

    bench.work(job)

    body = world.store.read(job.transcript_key)
    assert json.loads(body)["job_id"] == example.job_id
    assert jobs.row(job).status is Status.COMPLETED


def test_a_lost_lease_writes_nothing_more(bench, jobs, world):
    job = jobs.queued()

    def overtaken(_):
        bench.clock.now += 1000
        jobs.again(job, bench.clock.now)

    bench.scribe.happens = [overtaken, lambda _: bench.leases.beat()]

    assert bench.work(job) is Outcome.LOST
    assert (BUCKET, job.transcript_key) not in world.store.objects
    assert (world.published, world.deleted) == ([], [])


def test_a_heartbeat_carries_stage_and_progress(bench, jobs, world):
    job = jobs.queued()
    seen = []

    def look(_):
        bench.clock.now += 20
        bench.leases.beat()
        seen.append(jobs.row(job))

    bench.scribe.happens = [look]
    bench.work(job)

    assert (seen[0].stage, seen[0].progress.percent) == ("transcribing", 40.0)
    assert seen[0].lease_until == NOW + 20 + LEASE_S + 5
    assert world.hidden[0].seconds == LEASE_S


def test_a_heartbeat_in_an_outage_keeps_the_job(bench, jobs, world):
    job = jobs.queued()

    def blink(_):
        world.is_out_of_reach = True
        bench.leases.beat()
        world.is_out_of_reach = False

    bench.scribe.happens = [blink]

    assert bench.work(job) is Outcome.COMPLETED


def test_an_event_that_cannot_be_told_is_told_by_the_next_receipt(bench, jobs, world):
    job = jobs.queued()
    world.refuses_events = True
    first = bench.work(job)
    world.refuses_events = False

    second = bench.work(job, receive_count=2)

    assert (first, second) == (Outcome.UNPUBLISHED, Outcome.SETTLED)
    assert (len(world.published), len(world.deleted), bench.scribe.calls) == (1, 1, 1)


def test_a_world_out_of_reach_leaves_the_message(bench, jobs, world):
    job = jobs.queued()
    world.is_out_of_reach = True

    assert bench.work(job) is None
    assert not world.deleted


@pytest.mark.parametrize("intent", [PutObject, ChangeRow, Publish])
def test_a_crash_after_any_write_ends_in_one_transcript_and_one_event_id(bench, jobs, world, intent):
    job = jobs.queued()
    world.before.append(Failing(intent, error=Dead))
    with pytest.raises(Dead):
        bench.work(job)
    world.before.clear()
    bench.clock.now += 1000

    bench.work(job, receive_count=2)

    assert jobs.row(job).status is Status.COMPLETED
    assert len({json.loads(told.body)["id"] for told in world.published}) == 1
    assert len(world.deleted) == 1


def test_a_suspect_takes_the_whole_worker(bench, jobs):
    job = jobs.claimed().job
    bench.clock.now += 1000
    seen = []
    bench.scribe.happens = [lambda _: seen.extend(bench.intake.has_room(lane) for lane in Lane)]

    bench.work(job, receive_count=2)

    assert seen == [False, False]


@pytest.mark.parametrize(
    ("calls_s", "live", "batch"),
    [((), True, True), ((100,), True, True), ((3600,), True, True), ((800, 3600, 3600), True, False)],
)
def test_a_worker_holds_seconds_of_calls(bench, jobs, calls_s, live, batch):
    """The bench holds an hour at most, the batch lane half of it; a call counts for a quarter of it at most."""
    for audio_s in calls_s:
        bench.leases.hold(jobs.claimed()).progress.audio_s = audio_s

    assert {lane: bench.intake.has_room(lane) for lane in Lane} == {Lane.INTERACTIVE: live, Lane.BATCH: batch}


def test_what_is_heard_of_a_call_makes_room(bench, jobs):
    bench.intake = replace(bench.intake, room=8)
    held = [bench.leases.hold(jobs.claimed()) for _ in range(4)]
    for one in held:
        one.progress.audio_s = 3600
        one.progress.expect(100)
    was_full = not bench.intake.has_room(Lane.INTERACTIVE)

    held[0].progress.advance(90)

    assert was_full
    assert bench.intake.has_room(Lane.INTERACTIVE)


def test_a_long_call_is_taken_alone(bench):
    bench.intake = replace(bench.intake, room_s=1.0)

    assert bench.intake.has_room(Lane.BATCH)


def test_a_message_that_arrives_while_stopping_is_given_back(bench, jobs, world):
    job = jobs.queued()
    intake = Intake(
        LastWord(bench.intake.stop, receipt_of(job)),
        bench.intake.parts,
        bench.intake.jobs,
        2,
        900,
        0,
        bench.intake.stop,
    )

    intake.run(Lane.INTERACTIVE)

    assert [(hide.receipt.job_id, hide.seconds) for hide in world.hidden] == [(job.id, 0)]
    assert jobs.row(job).status is Status.QUEUED


class Dead(BaseException):
    """The process dies here."""


@dataclass
class Failing:
    """Lets one kind of intent happen, then raises: a lost response, or a death after the write."""

    kind: type
    when: object = bool
    error: type = StorageUnavailable

    def __call__(self, world, intent):
        if isinstance(intent, self.kind) and self.when(intent):
            world.before.remove(self)
            if self.error is Dead:
                world.perform(intent)
            raise self.error


@dataclass
class LastWord:
    """A queue whose poll ends with a message just when the worker was told to stop."""

    stop: threading.Event
    receipt: object

    def receive(self, lane, wait_s, hidden_s):
        self.stop.set()
        return self.receipt
