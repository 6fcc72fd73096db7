"""Where an emulator is kinder than AWS (10 to 18): who is, that the strict layer is not, and that our code copes."""

import dataclasses
import json
import random
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from botocore.exceptions import ReadTimeoutError
from contract.caller import Caller
from fakes import BUCKET, MemoryWorld
from jobs import NOW, Jobs
from strict.engines import ministack_endpoint
from strict.gaps import gap
from strict.layer import strict
from strict.lives import Life
from strict.proxy import FaultProxy
from strict.queues import LONGEST_HIDDEN_S, Rates
from strict.stores import busy
from strict.wire import Wire
from strict.worlds import connect_to, make_world, with_queues

from api.functions.reconcile import reconcile
from api.functions.uploaded import take
from shared.aws.patience import Patience
from shared.job import DUE, Key, Lane, Status, shard_of
from shared.protocol.intents import ChangeRow, CreateRows, FindRows, HeadObject, ReadRow, Ring

ROOT = Path(__file__).parents[1]
ELSEWHERE = {
    "gap-07": ("webhooks/test_sns_signature.py", ["another topic", "not of this hour", "confirmation", "fetched"]),
    "gap-15": ("test_reconciling.py", ["processing_timeout"]),
    "gap-17": ("contract/test_gateway.py", ["over_ten_megabytes", "over_ten_kilobytes"]),
    "gap-18": ("adapters/test_walking_worlds.py", ["lose_table", "a_rebuild_is_previewed_then_done"]),
}


@pytest.fixture(scope="module")
def late():
    """A strict world whose messages come twice, in any order, up to ten minutes late, and whose indexes lag."""
    layer = strict(ministack_endpoint(), seed=11, rates=Rates(doubled=0.5, delayed=0.5), lagging=True)
    return layer, make_world(layer.clients, BUCKET, f"-{uuid.uuid4().hex}")


@pytest.mark.parametrize("case", ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_is_tested_elsewhere_is_there(case):
    path, words = case

    text = (ROOT / path).read_text()

    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize("seed", [1, 2, 3], ids=lambda seed: f"gap-10-seed-{seed}")
def test_a_busy_aws_loses_and_doubles_no_row(world, wire, seed):
    wire.judge = busy(random.Random(seed), rate=0.5)
    key = Key(f"T#sales#J#{uuid.uuid4().hex}", "JOB")
    world.perform(CreateRows(((key, {"n": 0}),), NOW))

    for _ in range(10):
        world.perform(ChangeRow(key, ((),), {}, {"n": 1}))

    wire.judge = Wire().judge
    assert world.perform(ReadRow(key)) == {"n": 10}


@pytest.mark.parametrize("jobs", [4], ids=["gap-11-strict"])
def test_doubled_reordered_and_late_doorbells_end_each_job_once(late, jobs):
    layer, world = late
    lives = [Life(with_queues(world)) for _ in range(jobs)]
    for life in lives:
        life.hears = layer.clock.advance

    for life in lives:
        life.live()

    rows = [life.row for life in lives]
    stored = [world.perform(HeadObject(BUCKET, row.transcript_key)) for row in rows]
    assert [row.status for row in rows] == [Status.COMPLETED] * jobs
    assert [row.result.etag for row in rows] == [found.etag for found in stored]
    assert [life.hearing.heard for life in lives] == [1] * jobs


def uploaded(job_id, plus="+"):
    body = {"Records": [{"s3": {"object": {"key": f"audio/sales/{job_id}".replace(" ", plus)}}}]}
    return {"Records": [{"messageId": "m1", "body": json.dumps(body)}]}


@pytest.fixture
def caller():
    return Caller(MemoryWorld(), clock=[NOW])


@pytest.mark.parametrize("times", [0, 1, 2], ids=["gap-12-off", "gap-12-once", "gap-12-doubled"])
def test_an_upload_is_queued_however_often_it_is_told(caller, times):
    job_id = caller.submit().json["id"]
    caller.upload(job_id)

    for _ in range(times):
        take(uploaded(job_id), caller.parts())
    caller.clock[0] += 121
    reconcile(caller.parts())

    assert caller.job(job_id).status is Status.QUEUED
    assert len(caller.world.rung) == 1


@pytest.mark.parametrize("event", ["late"], ids=["gap-12-late"])
def test_an_upload_that_is_told_late_changes_nothing(caller, event):
    jobs = Jobs(caller.world)
    held = jobs.claimed()

    assert take(uploaded(held.job.id), caller.parts()) == {"batchItemFailures": []}
    assert jobs.row(held.job) == held.job


@pytest.mark.parametrize("lag_s", [1.9, 2.1], ids=["gap-13-too-early", "gap-13-later"])
def test_an_index_shows_what_was_true_two_seconds_ago(late, lag_s):
    layer, world = late
    job = Jobs(world).queued()
    due = FindRows(DUE, str(shard_of(job.id)))

    layer.clock.advance(lag_s)

    found = {row.key for row in world.perform(due).rows}
    assert (job.row_key in found) is (lag_s > 2)


@pytest.mark.parametrize("what", ["a claimed job"], ids=["gap-13-strict"])
def test_the_reconciler_believes_the_row_and_no_index(late, what):
    layer, world = late
    jobs = Jobs(world)
    job = jobs.queued()
    layer.clock.advance(3)
    jobs.again(job, NOW + 59)
    parts = dataclasses.replace(Caller(MemoryWorld(), clock=[NOW + 61]).parts(), world=world)

    reconcile(parts)

    assert jobs.row(job).rings == 1


@gap(15, kind={"ministack": "counts no total", "moto": "counts no total"})
def test_a_message_is_hidden_for_twelve_hours_in_all(engine):
    world = with_queues(engine.world)
    world.perform(Ring(Lane.BATCH, "sales", "job"))
    receipt = world.doorbell.receive(Lane.BATCH, 1, 60)
    if engine.layer:
        engine.layer.clock.advance(LONGEST_HIDDEN_S - 30)

    with pytest.raises(engine.clients.sqs.exceptions.ClientError):
        engine.clients.sqs.change_message_visibility(
            QueueUrl=world.doorbell.urls[Lane.BATCH], ReceiptHandle=receipt.handle, VisibilityTimeout=31
        )


@gap(15, engines=("strict",))
def test_the_two_hours_of_a_job_stay_far_from_twelve(engine):
    world = with_queues(engine.world)
    world.perform(Ring(Lane.BATCH, "sales", "job"))
    receipt = world.doorbell.receive(Lane.BATCH, 1, 60)

    for _ in range(24):
        engine.layer.clock.advance(300)
        engine.clients.sqs.change_message_visibility(
            QueueUrl=world.doorbell.urls[Lane.BATCH], ReceiptHandle=receipt.handle, VisibilityTimeout=60
        )


@pytest.mark.parametrize("mode", ["pass", "hand_to_closing"], ids=["gap-16-ministack", "gap-16-strict"])
def test_what_a_closing_poll_was_given_comes_again(mode):
    hidden_s = 1
    with FaultProxy(int(ministack_endpoint().rsplit(":", 1)[1])) as proxy:
        proxy.mode = mode
        world = with_queues(make_world(connect_to(ministack_endpoint()), BUCKET, f"-{uuid.uuid4().hex}"))
        closing = connect_to(proxy.url, Patience(poll_s=0.3, attempts=1)).sqs
        with pytest.raises(ReadTimeoutError):
            closing.receive_message(
                QueueUrl=world.doorbell.urls[Lane.BATCH], WaitTimeSeconds=5, VisibilityTimeout=hidden_s
            )

        world.perform(Ring(Lane.BATCH, "sales", "job"))
        any(in_flight(world) for _ in range(100))
        receipt = world.doorbell.receive(Lane.BATCH, hidden_s + 4, 60)

    assert receipt is not None
    assert mode == "pass" or receipt.receive_count == 2


def in_flight(world):
    """Whether somebody was given the message."""
    name = "ApproximateNumberOfMessagesNotVisible"
    answer = world.doorbell.client.get_queue_attributes(QueueUrl=world.doorbell.urls[Lane.BATCH], AttributeNames=[name])
    return answer["Attributes"][name] != "0"


@gap(7, kind={"moto": "delivers without a confirmation"}, engines=("ministack", "moto"))
def test_a_subscriber_is_asked_before_it_is_told(engine):
    kinds = []

    class Subscriber(BaseHTTPRequestHandler):
        def do_POST(self):
            kinds.append(self.headers.get("x-amz-sns-message-type"))
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            return

    server = HTTPServer(("127.0.0.1", 0), Subscriber)
    server.timeout = 2
    asking = Thread(target=server.handle_request)
    asking.start()
    topic = engine.clients.sns.create_topic(Name=f"t{uuid.uuid4().hex}")["TopicArn"]

    engine.clients.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=f"http://127.0.0.1:{server.server_port}/")

    asking.join()
    server.server_close()
    assert kinds == ["SubscriptionConfirmation"]
