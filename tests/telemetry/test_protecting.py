"""While a worker holds a job ECS is asked to spare it; what ECS answers fails no job."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from jobs import NOW
from telemetry.house import House

from shared.job import Outcome
from worker.protection import AGAIN_S, PATH, RENEW_S, Protection

TAKEN = (200, {"protection": {"ProtectionEnabled": True}})
BLOCKED = (200, {"failure": {"Arn": "arn:aws:ecs:::task/1", "Reason": "DEPLOYMENT_BLOCKED", "Detail": "Anna Meier"}})
ON = {"ProtectionEnabled": True, "ExpiresInMinutes": 90}
NOBODY = "http://127.0.0.1:1/api"
OFF = {"ProtectionEnabled": False}


class Agent(ThreadingHTTPServer):
    """The agent of ECS on loopback: keeps what it is asked, and answers what it is told to."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Asked)
        self.asked, self.answers, self.free = [], [], threading.Event()
        self.free.set()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/api/0f-12"


class Asked(BaseHTTPRequestHandler):
    def do_PUT(self):
        self.server.free.wait(5)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body))
        status, answer = self.server.answers.pop(0) if self.server.answers else TAKEN
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def agent():
    with Agent() as server:
        yield server
        server.free.set()
        server.shutdown()


class Worker:
    """What a protection follows: whether it is busy, and a clock."""

    def __init__(self, agent, limit_s=5.0):
        self.busy, self.now_s, self.house = False, 0.0, House()
        self.protection = Protection(agent.url, lambda: self.busy, lambda: self.now_s, self.house.ear, limit_s)

    def turn(self, *, busy):
        self.busy = busy
        self.protection.follow(at_edge=True)

    def beat(self, after_s):
        self.now_s += after_s
        self.protection.follow()

    @property
    def failures(self):
        return [fact["code"] for fact in self.house.ear.told("protection_failed")]


@pytest.fixture
def worker(agent):
    return Worker(agent)


def test_a_worker_is_protected_from_its_first_job_to_its_last(agent, worker):
    worker.turn(busy=True)
    worker.turn(busy=True)
    worker.turn(busy=False)

    assert agent.asked == [("/api/0f-12" + PATH, ON), ("/api/0f-12" + PATH, OFF)]


def test_a_protection_is_renewed_each_hour(agent, worker):
    worker.turn(busy=True)
    worker.beat(RENEW_S - 1)
    worker.beat(1)

    assert [body for _, body in agent.asked] == [ON, ON]


def test_an_idle_worker_asks_for_nothing(agent, worker):
    worker.beat(0)
    worker.beat(RENEW_S)

    assert agent.asked == []


def test_a_blocked_protection_is_told_by_its_word(agent, worker):
    agent.answers = [BLOCKED, (500, {"error": {"Code": "ServerException"}}), (404, ["no"])]

    for _ in range(3):
        worker.turn(busy=True)

    assert worker.failures == ["DEPLOYMENT_BLOCKED", "http_500", "http_404"]


def test_a_failure_is_tried_again_at_the_next_edge(agent, worker):
    agent.answers = [BLOCKED]

    worker.turn(busy=True)
    worker.beat(1)
    worker.turn(busy=True)

    assert [body for _, body in agent.asked] == [ON, ON]


def test_a_failure_is_tried_again_after_a_minute(agent, worker):
    agent.answers = [BLOCKED]

    worker.turn(busy=True)
    worker.beat(AGAIN_S)
    worker.beat(AGAIN_S)

    assert ([body for _, body in agent.asked], worker.failures) == ([ON, ON], ["DEPLOYMENT_BLOCKED"])


def test_a_protection_that_was_not_cleared_is_cleared_later(agent, worker):
    agent.answers = [TAKEN, BLOCKED]

    worker.turn(busy=True)
    worker.turn(busy=False)
    worker.beat(AGAIN_S)

    assert [body for _, body in agent.asked] == [ON, OFF, OFF]


def test_an_agent_that_says_nothing_is_given_up(agent):
    worker = Worker(agent, limit_s=0.1)
    agent.free.clear()

    worker.turn(busy=True)

    assert worker.failures == ["TimeoutError"]


def test_a_job_ends_well_where_no_agent_is():
    house = House()
    intake = house.worker()
    leases = intake.parts.leases
    protection = Protection(NOBODY, lambda: bool(leases.held), lambda: house.clock[0], house.ear)
    leases.at_edge = lambda: protection.follow(at_edge=True)

    outcome = intake.work(house.receipt(house.submitted()))

    assert outcome is Outcome.COMPLETED
    assert [fact["code"] for fact in house.ear.told("protection_failed")] == ["ConnectionRefusedError"]


def test_outside_of_ecs_nobody_is_asked():
    house = House()

    Protection(None, lambda: True, lambda: NOW, house.ear).follow(at_edge=True)

    assert house.ear.facts == []
