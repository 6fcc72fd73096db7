"""Receivers that are down, slow, broken, gone or sly, then well: three days are played without waiting for one."""

import contextlib
import heapq
import itertools
import json
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from contract.caller import NOW, Caller
from fakes import MemoryWorld
from standardwebhooks import Webhook

from api.functions.deliver import take
from api.outbound.post import Sender
from api.outbound.schedule import DELAYS_S, next_delay_s
from shared.event import instant
from shared.ids import event_id, new_id
from shared.job import Key
from shared.protocol.delivering import LEASE_S, Tried, Turn, claim_delivery, deliver_event, ring_due, settle_delivery
from shared.protocol.drive import drive
from shared.protocol.intents import Changed
from shared.webhook import Attempt, Delivery
from shared.webhook import Webhook as Row

MINUTE_S, HOUR_S = 60, 3_600
WELL, BROKEN, GONE, SLY, SLOW = "well", "broken", "gone", "sly", "slow"
ANSWERS = {WELL: 204, BROKEN: 500, GONE: 410, SLY: 307}
SLOW_S = 0.2


class Receiver:
    """An endpoint on loopback, `well` or not; `came` is what it was sent, `took` what it answered 204 to."""

    def __init__(self, mode=WELL, inner=""):
        self.mode, self.inner = mode, inner
        self.came, self.took = [], []
        self.server, self.port = None, 0
        self.up()
        self.url = f"http://127.0.0.1:{self.port}/hook"

    def up(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Talk)
        self.server.receiver, self.server.stopped = self, threading.Event()
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def down(self):
        self.server.stopped.set()
        self.server.shutdown()
        self.server.server_close()


class Talk(BaseHTTPRequestHandler):
    def do_POST(self):
        receiver = self.server.receiver
        receipt = (dict(self.headers), self.rfile.read(int(self.headers["Content-Length"])))
        receiver.came.append(receipt)
        if receiver.mode == SLOW:
            self.server.stopped.wait(5)
            return
        if receiver.mode == WELL:
            receiver.took.append(receipt)
        self.send_response(ANSWERS[receiver.mode])
        self.send_header("Location", receiver.inner)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Keep quiet."""


class VerifiedThen(Webhook):
    """The published package, at the moment that is played instead of this one."""

    def __init__(self, secret, now):
        super().__init__(secret)
        self.now = now

    def _Webhook__verify_timestamp(self, header):
        assert abs(self.now - int(header)) < 300
        return datetime.fromtimestamp(int(header), UTC)


@dataclass
class Days:
    """A dispatcher, its queue and the reconciler, on a clock that jumps to where something happens."""

    caller: Caller = field(default_factory=lambda: Caller(sender=Sender(clock=time.monotonic, allow_loopback=True)))
    queue: list = field(default_factory=list)
    number: itertools.count = field(default_factory=itertools.count)
    verified: dict = field(default_factory=dict)

    @property
    def now(self):
        return self.caller.clock[0]

    @property
    def rows(self):
        return [Delivery.model_validate(row) for key, row in self.caller.world.rows.items() if key.sk[:4] == "dlv_"]

    def endpoint(self, receiver):
        """Register `receiver`; its secret is kept to verify with."""
        answer = self.caller.post("/v1/webhooks", {"url": receiver.url})
        self.verified[receiver.url] = answer.json["secret"]
        return answer.json

    def tell(self):
        """A job completed; the id of its event."""
        job_id = new_id("job", self.now)
        told = {
            "id": event_id(job_id, 1),
            "type": "job.completed",
            "created_at": instant(self.now),
            "data": {"job_id": job_id},
        }
        self.send(json.dumps(told, separators=(",", ":")))
        return told["id"]

    def send(self, body, delay_s=0):
        heapq.heappush(self.queue, (self.now + delay_s, next(self.number), body))

    def play(self, until):
        """Go from one thing that happens to the next, until `until` or until nothing does."""
        while (then := self._next()) is not None and then <= until:
            self.caller.clock[0] = max(self.now, then)
            self._reconcile()
            self._dispatch()
        self.caller.clock[0] = max(self.now, until)

    def _next(self):
        moments = [row.next_check_at for row in self.rows if row.next_check_at is not None]
        return min([*(at for at, *_ in self.queue[:1]), *moments], default=None)

    def _reconcile(self):
        for row in self.rows:
            if row.next_check_at is not None and row.next_check_at <= self.now:
                drive(ring_due(row.row_key, self.now), self.caller.world)
        self._take_rings()

    def _dispatch(self):
        batch = []
        while self.queue and self.queue[0][0] <= self.now:
            batch.append(heapq.heappop(self.queue))
        records = [
            {"messageId": str(n), "body": body, "messageAttributes": {"tenant": {"stringValue": "sales"}}}
            for _, n, body in batch
        ]
        assert take({"Records": records}, self.caller.parts()) == {"batchItemFailures": []}
        self._take_rings()

    def _take_rings(self):
        rings, self.caller.world.deliveries_rung = self.caller.world.deliveries_rung, []
        for ring in rings:
            self.send(json.dumps({"v": 1, "delivery": {"pk": ring.pk, "sk": ring.sk}}), ring.delay_s)


@pytest.fixture
def days():
    return Days()


@pytest.fixture
def receivers():
    """Makes receivers and ends them."""
    with contextlib.ExitStack() as stack:

        def make(mode=WELL, inner=""):
            receiver = Receiver(mode, inner)
            stack.callback(receiver.down)
            return receiver

        yield make


def ids(receipts):
    return [headers["webhook-id"] for headers, _ in receipts]


def check(receiver, days):
    """Every receipt bears a signature that the published package takes, at its moment, over the bytes that came."""
    for headers, body in receiver.came:
        moment = int(headers["webhook-timestamp"])
        assert VerifiedThen(days.verified[receiver.url], moment).verify(body, headers)["id"] == headers["webhook-id"]


def test_a_receiver_that_is_down_for_three_days_gets_all(days, receivers):
    receiver = receivers()
    days.endpoint(receiver)
    receiver.down()
    told = []
    for _ in range(12):
        told.append(days.tell())
        days.play(days.now + 6 * HOUR_S)

    receiver.up()
    days.play(NOW + 150 * HOUR_S)

    assert sorted(ids(receiver.took)) == sorted(told)
    assert {row.status for row in days.rows} == {"delivered"}
    check(receiver, days)


def test_a_broken_receiver_is_tried_ten_times_in_three_days(days, receivers, capfd):
    receiver = receivers(BROKEN)
    days.endpoint(receiver)
    told = days.tell()

    days.play(NOW + 90 * HOUR_S)

    [row] = days.rows
    waits = [after.at - before.at for before, after in itertools.pairwise(row.attempts)]
    assert (row.status, ids(receiver.came)) == ("dead", [told] * 10)
    assert all(0.9 * plan <= wait <= 1.1 * plan + 1 for wait, plan in zip(waits, DELAYS_S[1:], strict=True))
    assert len({body for _, body in receiver.came}) == 1
    assert capfd.readouterr().err.count("delivery_dead") == 1


def test_a_dead_event_is_sent_again_by_hand(days, receivers):
    receiver = receivers(BROKEN)
    webhook = days.endpoint(receiver)
    told = days.tell()
    days.play(NOW + 90 * HOUR_S)
    receiver.mode = WELL

    days.caller.post(f"/v1/webhooks/{webhook['id']}/deliveries/{days.rows[0].id}/redeliver")
    days._take_rings()
    days.play(days.now + MINUTE_S)

    assert ids(receiver.took) == [told]
    assert len(days.rows[0].attempts) == 11


def test_a_slow_receiver_is_hung_up_on_and_tried_again(days, receivers):
    receiver = receivers(SLOW)
    days.endpoint(receiver)
    days.caller.sender = Sender(clock=time.monotonic, allow_loopback=True, total_s=SLOW_S)
    told = days.tell()
    days.play(NOW + 6 * MINUTE_S)

    receiver.mode, days.caller.sender = WELL, Sender(clock=time.monotonic, allow_loopback=True)
    days.play(NOW + 80 * HOUR_S)

    assert [attempt.error for attempt in days.rows[0].attempts] == ["timeout"] * 3 + [None]
    assert ids(receiver.took) == [told]


def test_a_slow_receiver_holds_no_other_up(days, receivers):
    slow, well = receivers(SLOW), receivers()
    days.endpoint(slow), days.endpoint(well)
    days.caller.sender = Sender(clock=time.monotonic, allow_loopback=True, total_s=1.0)
    told = [days.tell() for _ in range(10)]
    began = time.monotonic()

    days._dispatch()

    assert time.monotonic() - began < 8
    assert sorted(ids(well.took)) == sorted(told)


def test_a_receiver_that_is_gone_is_asked_once(days, receivers):
    receiver = receivers(GONE)
    webhook = days.endpoint(receiver)
    days.tell()
    days.play(NOW + HOUR_S)

    days.tell()
    days.play(NOW + 80 * HOUR_S)

    assert len(receiver.came) == 1
    assert days.caller.get(f"/v1/webhooks/{webhook['id']}").json["status"] == "disabled"


def test_an_endpoint_that_is_taken_back_is_told_again(days, receivers):
    receiver = receivers(GONE)
    webhook = days.endpoint(receiver)
    days.tell()
    days.play(NOW + HOUR_S)
    receiver.mode = WELL

    days.caller.send(
        "PATCH", f"/v1/webhooks/{webhook['id']}", b'{"enabled":true}', {"Content-Type": "application/json"}
    )
    told = days.tell()
    days.play(NOW + 2 * HOUR_S)

    assert ids(receiver.took) == [told]


def test_a_redirect_inward_is_never_followed(days, receivers):
    inner = receivers()
    receiver = receivers(SLY, inner.url)
    days.endpoint(receiver)
    told = days.tell()

    days.play(NOW + 90 * HOUR_S)

    assert inner.came == []
    assert ids(receiver.came) == [told] * 10


def test_receivers_that_change_their_minds_lose_nothing(days, receivers):
    seed = random.Random(4)
    fleet = [receivers() for _ in range(3)]
    for receiver in fleet:
        days.endpoint(receiver)
    told = []
    for _ in range(24):
        for receiver in fleet:
            receiver.mode = seed.choice([WELL, BROKEN, SLY])
        told.append(days.tell())
        days.play(days.now + 3 * HOUR_S)

    for receiver in fleet:
        receiver.mode = WELL
    days.play(days.now + 30 * HOUR_S)

    assert [sorted(set(ids(receiver.took))) for receiver in fleet] == [sorted(told)] * 3
    assert {row.status for row in days.rows} == {"delivered"}
    for receiver in fleet:
        check(receiver, days)


def test_a_lost_queue_is_healed_by_the_reconciler(days, receivers):
    receiver = receivers(BROKEN)
    days.endpoint(receiver)
    told = days.tell()
    days.play(NOW)
    days.queue.clear()
    receiver.mode = WELL

    days.play(NOW + 3 * MINUTE_S)

    assert ids(receiver.took) == [told]


def test_after_a_rotation_both_secrets_verify_for_a_day(days, receivers):
    receiver = receivers()
    webhook = days.endpoint(receiver)
    former = days.verified[receiver.url]
    days.verified[receiver.url] = days.caller.post(f"/v1/webhooks/{webhook['id']}/rotate-secret").json["secret"]
    days.tell()
    days.play(NOW + 23 * HOUR_S)
    days.caller.clock[0] = NOW + 24 * HOUR_S
    days.tell()

    days.play(NOW + 25 * HOUR_S)

    headers, body = receiver.came[0]
    assert VerifiedThen(former, NOW).verify(body, headers)["id"] == headers["webhook-id"]
    assert [len(headers["webhook-signature"].split()) for headers, _ in receiver.came] == [2, 1]
    check(receiver, days)


class Race:
    """Dispatchers over one delivery, one step of one of them at a time; some die, and time goes by."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.world, self.now = MemoryWorld(), NOW
        self.posts, self.counted, self.holding = 0, 0, {}
        webhook = Row(
            tenant="sales", id=new_id("whk", NOW), url="https://hooks.example.com/", events=("job.completed",),
            secret="whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3", created_at=NOW,
        )  # fmt: skip
        self.world.rows[webhook.row_key] = webhook.model_dump(exclude_none=True)
        told = {"id": "evt_1", "type": "job.completed", "created_at": instant(NOW), "data": {}}
        [self.key] = drive(deliver_event(json.dumps(told), "sales", NOW), self.world)

    @property
    def row(self):
        return Delivery.model_validate(self.world.rows[self.key])

    def dispatcher(self, name):
        """Claim, post and settle, giving way at each step of the protocol."""
        held = yield from self._steps(name, claim_delivery(self.key, Turn(name, self.now)))
        if held is None:
            return
        self.holding[name] = held.delivery.lease_until
        self.posts += 1
        yield
        status = self.dice.choice([None, 500, 204])
        attempt = Attempt(at=self.now, status_code=status, elapsed_ms=1)
        tried = Tried(attempt, next_delay_s(held.delivery.attempts_made + 1, 0.0, None))
        yield from self._steps(name, settle_delivery(held, tried, self.now))

    def _steps(self, name, steps):
        intent = next(steps)
        while True:
            yield
            answer = self.world.perform(intent)
            if isinstance(answer, Changed) and "attempts" in intent.sets:
                self.counted += 1
                self.holding.pop(name)
            try:
                intent = steps.send(answer)
            except StopIteration as end:
                return end.value

    def run(self):
        """Send dispatchers in until the delivery has ended; how many there were."""
        for number in range(1_000):
            racing = [self.dispatcher(f"{number}-{n}") for n in range(3)]
            while racing:
                one = self.dice.choice(racing)
                if next(one, self) is self or self.dice.random() < 0.05:
                    racing.remove(one)
                self.now += self.dice.choice([0, 0, 0, 1, LEASE_S])
                assert len([name for name, until in self.holding.items() if until >= self.now]) <= 1
            if self.row.status != "pending":
                return
            self.now = max(self.now + LEASE_S + 1, self.row.next_at)
        raise AssertionError("it never ended")


@pytest.mark.parametrize("seed", range(100))
def test_racing_dispatchers_count_each_attempt_once(seed):
    race = Race(seed)

    race.run()

    assert len(race.row.attempts) == race.row.attempts_made == race.counted
    assert race.posts >= race.counted
    assert race.row.status == ("delivered" if race.row.attempts[-1].status_code == 204 else "dead")


def test_a_doubled_event_is_sent_once(days, receivers):
    receiver = receivers()
    days.endpoint(receiver)
    told = days.tell()
    days.queue += [(at, next(days.number), body) for at, _, body in list(days.queue)]

    days.play(NOW + HOUR_S)

    assert ids(receiver.took) == [told]
    assert [row.row_key for row in days.rows] == [Key.of_delivery("sales", days.rows[0].webhook_id, days.rows[0].id)]
