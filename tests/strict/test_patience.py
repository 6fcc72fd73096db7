"""A line that says nothing, trickles, resets or is away: given up in time, and used again when it is well.

The times are a tenth of a second here; what they come to in production is reckoned at the end of the file.
"""

import time
import uuid

import pytest
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ReadTimeoutError
from fakes import BUCKET
from jobs import LEASE_S, NOW, Jobs
from strict.engines import ministack_endpoint
from strict.proxy import FaultProxy
from strict.worlds import connect_to, make_world, with_queues

from shared.aws.patience import Budget, Patience
from shared.errors.transient import EventsUnavailable, StorageUnavailable
from shared.job import Audio, Key, Lane
from shared.observe import observer
from shared.protocol.intents import HeadObject, Publish, PutRow, ReadRow, Ring
from worker.lease import Leases

HASTE = Patience(
    connect_s=0.2, silence_s=0.3, pace_s=0.2, pace_bytes=2_000, poll_s=3.0, call_s=0.9, attempts=3, pause_s=0.1
)
SLACK_S = 5.0
"""For a busy machine; what is given up here would take half a minute."""
KEY = Key("T#sales#J#patience", "JOB")
CALLS = {
    "row": lambda world: world.perform(ReadRow(KEY)),
    "object": lambda world: world.perform(HeadObject(BUCKET, "large")),
    "message": lambda world: world.perform(Ring(Lane.BATCH, "sales", "job")),
    "event": lambda world: world.perform(Publish("{}", {})),
}


@pytest.fixture(scope="module")
def proxy():
    with FaultProxy(int(ministack_endpoint().rsplit(":", 1)[1]), bytes_a_second=1_000) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def far(proxy):
    """A world behind the proxy, with a large row and a large object in it."""
    world = make_world(connect_to(proxy.url, HASTE), BUCKET, f"-{uuid.uuid4().hex}")
    world.perform(PutRow(KEY, {"text": "x" * 30_000}))
    world.store.put(BUCKET, "large", b"x" * 60_000)
    return world


@pytest.fixture(autouse=True)
def well(proxy):
    proxy.mode, proxy.bytes_a_second = "pass", 1_000
    yield
    proxy.mode = "pass"


def timed(call, world):
    """(seconds, whether it was given up)."""
    began_s = time.monotonic()
    try:
        call(world)
    except (StorageUnavailable, EventsUnavailable):
        return time.monotonic() - began_s, True
    return time.monotonic() - began_s, False


@pytest.mark.parametrize("mode", ["silent", "reset", "refuse"])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_line_that_does_not_answer_is_given_up(far, proxy, call, mode):
    proxy.mode = mode

    took_s, given_up = timed(call, far)

    assert given_up
    assert took_s < HASTE.call_s + SLACK_S


def test_a_trickle_of_a_row_is_given_up(far, proxy):
    proxy.mode = "slow"

    took_s, given_up = timed(CALLS["row"], far)

    assert given_up
    assert took_s < HASTE.call_s + SLACK_S


def test_a_trickle_of_audio_is_given_up(far, proxy):
    proxy.mode = "slow"

    took_s, given_up = timed(fetch, far)

    assert given_up
    assert took_s < HASTE.call_s + SLACK_S


def test_audio_that_flows_may_take_its_time(far, proxy):
    proxy.bytes_a_second, proxy.mode = 40_000, "slow"

    took_s, given_up = timed(fetch, far)

    assert not given_up
    assert took_s > HASTE.call_s


def test_a_long_poll_may_be_silent(far):
    took_s, given_up = timed(lambda world: world.doorbell.receive(Lane.BATCH, 1, 0), with_queues(far))

    assert not given_up
    assert took_s > HASTE.silence_s


def test_a_long_poll_on_a_dead_line_ends(far, proxy):
    proxy.mode = "reset"

    assert timed(lambda world: world.doorbell.receive(Lane.BATCH, 1, 0), far)[1]


@pytest.mark.parametrize("mode", ["silent", "reset", "refuse"])
def test_a_line_that_is_well_again_is_used(far, proxy, mode):
    proxy.mode = mode
    timed(CALLS["row"], far)

    proxy.mode = "pass"

    assert far.perform(ReadRow(KEY))["text"].startswith("x")


def test_the_heartbeat_outlives_an_outage(far, proxy):
    held = Jobs(far).claimed()
    leases = Leases(far, LEASE_S, lambda: NOW + 40, observer("test", "json"))
    leases.hold(held)
    proxy.mode = "silent"
    leases.beat()

    proxy.mode = "pass"
    leases.beat()

    assert Jobs(far).row(held.job).lease_until > held.job.lease_until


def fetch(world):
    etag = world.perform(HeadObject(BUCKET, "large")).etag
    world.store.fetch(Audio(source="upload", bucket=BUCKET, key="large", etag=etag)).close()


def reckoned_s(attempt_s, waits_s, patience=None):
    """Seconds until a call of which each attempt takes `attempt_s(silence)` is given up, by the budget itself."""
    patience = patience or Patience()
    now_s = 100.0
    request = AWSRequest("POST", "http://aws.example")
    budget = Budget(patience, lambda: now_s)
    for wait_s in [*waits_s, 0.0]:
        try:
            budget.begin(request, "UpdateItem")
        except ReadTimeoutError:
            break
        now_s += attempt_s(request.context["read_timeout"]) + wait_s
    return now_s - 100.0


@pytest.mark.parametrize(
    ("attempt_s", "waits_s"),
    [
        (lambda silence_s: silence_s, [0.05, 0.1]),
        (lambda silence_s: Patience().connect_s + silence_s, [0.05, 0.1]),
        (lambda _: Patience().connect_s, [0.05, 0.1]),
        (lambda _: 0.5 + Patience().pace_s, [0.05, 0.1]),
        (lambda silence_s: silence_s, [1.0, 2.0]),
    ],
    ids=["silent", "slow to connect and silent", "no connection", "1 kB/s", "throttled after the longest silence"],
)
def test_in_production_a_call_is_given_up_in_ten_seconds(attempt_s, waits_s):
    assert Patience().connect_s < reckoned_s(attempt_s, waits_s) <= 10.0


def test_a_poll_is_waited_for_longer_than_the_queue_takes():
    request = AWSRequest("POST", "http://aws.example")

    Budget(Patience()).begin(request, "ReceiveMessage")

    assert 20 < request.context["read_timeout"] <= 25
