"""Publishing: an end is told at least once, with one id, and the message goes last."""

import json
from typing import get_args

import pytest
from jobs import NOW, receipt_of

from shared.errors.jobs import UnsupportedCodec
from shared.job import TERMINAL, OutboxEntry, Outcome, Quality, Result
from shared.protocol.announcing import announce, settle
from shared.protocol.drive import drive
from shared.protocol.working import Ending, finish, reject

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
    assert not world.deleted
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


def test_a_commit_of_another_transcript_is_lost(held, world):
    drive(finish(held, result('"theirs"'), {}, NOW), world)

    assert drive(finish(held, result('"mine"'), {}, NOW), world).outcome is Outcome.LOST


def test_an_ended_row_keeps_nothing_of_the_work(held, world, jobs):
    drive(finish(held, result(), {"codec": "pcm_mulaw"}, NOW), world)

    row = jobs.row(held.job)
    assert (row.stage, row.progress, row.lease_until, row.audio.codec) == (None, None, 0.0, "pcm_mulaw")
    assert row.completed_at == NOW


@pytest.mark.parametrize("outcome", [Outcome.LOST, Outcome.UNKNOWN, Outcome.ALONE])
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
