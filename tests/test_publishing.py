"""Publishing: an end is told at least once, with one id, and the message goes last."""

import json
from typing import get_args

import pytest
from jobs import NOW, receipt_of

from shared.errors.jobs import UnsupportedCodec
from shared.job import DAY_S, TERMINAL, OutboxEntry, Outcome, Quality, Result
from shared.protocol.announcing import announce, settle
from shared.protocol.attending import keep
from shared.protocol.controlling import cancel, retry
from shared.protocol.drive import drive
from shared.protocol.intents import Delete, DeleteVersions
from shared.protocol.working import OUTBOX_CHECK_S, Ending, finish, reject, renew

URL = "https://stt.example.com"


def result(etag='"one"') -> Result:
    quality = Quality(mean_confidence=0.9, low_confidence_ratio=0.0, coverage=1.0, needs_review=False)
    return Result(
        bucket="calls", key="transcripts/sales/x/r1.json", etag=etag, sha256="ab", language="fr",
        language_confidence=0.98, duration_s=14.0, quality=quality, warnings=("text_suppressed",), decode_s=0.1,
        engine_s=0.2,
    )  # fmt: skip


@pytest.fixture
def held(jobs):
    return jobs.claimed(reference="crm-call-8841")


def test_a_completed_job_is_told_and_its_message_deleted(held, world):
    ending = drive(finish(held, result(), {"duration_s": 14.0}, NOW), world)

    outcome = drive(settle(ending, held.receipt, URL), world)

    event = json.loads(world.published[0].body)
    assert outcome is Outcome.COMPLETED
    assert event["data"]["transcript_url"] == f"{URL}/v1/jobs/{held.job.id}/transcript"
    assert [gone.receipt for gone in world.deleted] == [held.receipt]


def test_an_event_carries_a_pointer_and_never_the_text(held, world):
    drive(settle(drive(finish(held, result(), {}, NOW), world), held.receipt, URL), world)

    event = json.loads(world.published[0].body)
    assert set(event) == {"id", "type", "created_at", "sequence", "data"}
    assert "text" not in event["data"]
    assert world.published[0].attributes == {
        "type": "job.completed", "tenant": "sales", "status": "completed", "lane": "interactive", "language": "fr",
        "reference": "crm-call-8841", "needs_review": "false",
    }  # fmt: skip


def test_a_republished_event_keeps_its_id(held, world, jobs):
    drive(finish(held, result(), {}, NOW), world)
    pending = jobs.row(held.job)

    drive(announce(pending, URL), world)
    drive(announce(pending, URL), world)

    assert len({json.loads(told.body)["id"] for told in world.published}) == 1
    assert jobs.row(held.job).outbox["1"].state == "published"


def test_a_published_event_is_not_told_again(held, world, jobs):
    drive(settle(drive(finish(held, result(), {}, NOW), world), held.receipt, URL), world)

    drive(settle(Ending(Outcome.SETTLED, jobs.row(held.job)), receipt_of(held.job, 2), URL), world)

    assert len(world.published) == 1
    assert len(world.deleted) == 2


def test_a_message_outlives_an_event_that_cannot_be_told(held, world, jobs):
    world.refuses_events = True
    ending = drive(finish(held, result(), {}, NOW), world)

    outcome = drive(settle(ending, held.receipt, URL), world)

    assert outcome is Outcome.UNPUBLISHED
    assert ([hide.seconds for hide in world.hidden], world.deleted) == ([30], [])
    assert jobs.row(held.job).outbox["1"].state == "pending"


def test_a_failed_job_tells_its_code(held, world):
    drive(settle(drive(reject(held, UnsupportedCodec(), NOW), world), held.receipt, URL), world)

    data = json.loads(world.published[0].body)["data"]
    assert data["error"] == {"code": "unsupported_codec", "retryable": False}
    assert data["transcript_url"] is None


def test_a_commit_that_was_ours_counts_as_done(held, world):
    drive(finish(held, result(), {}, NOW), world)

    again = drive(finish(held, result(), {}, NOW), world)

    assert again.outcome is Outcome.COMPLETED


def test_a_rejection_that_was_ours_counts_as_done(held, world):
    drive(reject(held, UnsupportedCodec(), NOW), world)

    again = drive(reject(held, UnsupportedCodec(), NOW), world)

    assert again.outcome is Outcome.REJECTED


def test_a_commit_of_another_transcript_is_lost(held, world):
    drive(finish(held, result('"theirs"'), {}, NOW), world)

    assert drive(finish(held, result('"mine"'), {}, NOW), world).outcome is Outcome.LOST


def test_an_end_is_looked_at_until_it_is_told(held, world, jobs):
    drive(renew(held, NOW + 60, 60, {"progress": {"percent": 5.0, "speech_s_done": 1.0, "speech_s_total": 9.0}}), world)

    drive(finish(held, result(), {}, NOW), world)

    row = jobs.row(held.job)
    assert (row.progress, row.next_check_at) == (None, NOW + OUTBOX_CHECK_S)


def test_an_ended_row_keeps_nothing_of_the_work(held, world, jobs):
    drive(finish(held, result(), {"codec": "pcm_mulaw"}, NOW), world)

    row = jobs.row(held.job)
    assert (row.stage, row.progress, row.lease_until, row.audio.codec) == (None, None, 0.0, "pcm_mulaw")
    assert row.completed_at == NOW


@pytest.mark.parametrize("outcome", [Outcome.LOST, Outcome.UNKNOWN])
def test_what_is_not_ours_is_left_alone(outcome, held, world):
    drive(settle(Ending(outcome, held.job), held.receipt, URL), world)

    assert [world.hidden, world.deleted, world.published] == [[], [], []]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_message_is_deleted_only_when_its_row_is_terminal(outcome, held, world, jobs):
    drive(settle(Ending(outcome, jobs.row(held.job), 5), held.receipt, URL), world)

    deleting = {Outcome.COMPLETED, Outcome.REJECTED, Outcome.EXHAUSTED, Outcome.SETTLED}
    assert bool(world.deleted) == (outcome in deleting)


def test_every_terminal_status_has_an_event_type():
    types = set(get_args(OutboxEntry.model_fields["type"].annotation))

    assert {f"job.{status.value}" for status in TERMINAL} <= types


def test_a_told_job_rests_until_retention(held, world, jobs):
    drive(settle(drive(finish(held, result(), {}, NOW), world), held.receipt, URL), world)

    assert jobs.row(held.job).next_check_at == NOW + 30 * DAY_S


def test_a_job_that_was_queued_again_meanwhile_is_not_put_to_rest(held, world, jobs):
    ended = drive(reject(held, UnsupportedCodec(), NOW), world).job
    again = drive(retry(ended, NOW + 1), world)

    drive(announce(ended, URL), world)

    row = jobs.row(held.job)
    assert row.outbox["1"].state == "published"
    assert row.next_check_at == again.next_check_at


def test_a_job_that_ended_again_meanwhile_is_not_put_to_rest(held, world, jobs):
    ended = drive(reject(held, UnsupportedCodec(), NOW), world).job
    drive(cancel(drive(retry(ended, NOW + 1), world), NOW + 2), world)
    drive(retry(jobs.row(held.job), NOW + 3), world)
    twice = drive(reject(jobs.again(ended, NOW + 4), UnsupportedCodec(), NOW + 4), world).job

    drive(announce(ended, URL), world)

    assert jobs.row(held.job).next_check_at == twice.next_check_at


@pytest.mark.parametrize("kept", [True, False])
def test_what_an_ended_claim_kept_goes_with_its_message(held, world, kept):
    if kept:
        drive(keep(held, 1, b"heard"), world)
    ending = drive(finish(held, result(), {}, NOW), world)
    asked = []
    world.before.append(lambda _, intent: asked.append(type(intent)))

    drive(settle(ending, held.receipt, URL), world)

    assert [key for _, key in world.store.objects if key.startswith("work/")] == []
    assert (DeleteVersions in asked) == kept
    assert asked.index(Delete) == len(asked) - 1 - kept


def test_a_job_that_may_be_tried_again_keeps_its_checkpoints(held, world):
    drive(keep(held, 1, b"heard"), world)

    drive(settle(drive(reject(held, UnsupportedCodec(), NOW), world), held.receipt, URL), world)

    assert [key.rsplit("/")[-1] for _, key in world.store.objects if key.startswith("work/")] == ["ckpt-1-1.json"]


@pytest.mark.parametrize("reference", ["crm\x01", "crm\ufffe"])
def test_a_reference_that_no_message_can_carry_keeps_no_event_back(jobs, world, reference):
    held = jobs.claimed(reference=reference)

    drive(settle(drive(finish(held, result(), {}, NOW), world), held.receipt, URL), world)

    told = world.published[0]
    assert "reference" not in told.attributes
    assert (json.loads(told.body)["data"]["reference"], told.body.isascii()) == (reference, True)
