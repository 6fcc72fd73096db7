"""The local gateway behaves as API Gateway does: one request a process, its limits, its own problems."""

import base64
import os
import re
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from contract.toy import handler

import api
from api.contract.problems import Problem
from api.local.events import Call, event_of, reply_of
from api.local.gateway import Served, serve
from api.local.triggers import Trigger
from shared.observe import observer

SEATS = 4
ROOT = Path(api.__file__).parents[1]
ENVIRONMENT = {
    "PATH": os.defpath,
    "CALLSCRIBE_BUCKET": "calls",
    "CALLSCRIBE_TABLE": "jobs",
    "CALLSCRIBE_TOPIC_ARN": "arn:aws:sns:eu-west-3:000000000000:events",
    "CALLSCRIBE_QUEUE_INTERACTIVE_URL": "http://127.0.0.1:1/i",
    "CALLSCRIBE_QUEUE_BATCH_URL": "http://127.0.0.1:1/b",
    "CALLSCRIBE_PORT": "0",
    "AWS_DEFAULT_REGION": "eu-west-3",
}


@pytest.fixture(scope="module")
def served():
    gateway = serve(handler, SEATS, 0)
    yield gateway
    gateway.stop()


@pytest.fixture(scope="module")
def client(served: Served):
    with httpx.Client(base_url=served.url, timeout=10) as made:
        yield made


def test_a_request_becomes_an_event(client):
    event = client.post("/v1/jobs?a=1&a=2&b=", content=b"{}", headers={"X-Twice": "1"}).json()

    assert (event["httpMethod"], event["path"], event["body"], event["isBase64Encoded"]) == (
        "POST",
        "/v1/jobs",
        "{}",
        False,
    )
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": [""]}
    assert event["headers"]["x-twice"] == "1"
    assert len(event["requestContext"]["requestId"]) == 36


@pytest.mark.parametrize(
    ("body", "content_type"), [(b"--f\r\n", "multipart/form-data; boundary=f"), (b"\xff", "application/json")]
)
def test_bytes_that_are_no_text_come_in_base64(client, body, content_type):
    event = client.post("/", content=body, headers={"Content-Type": content_type}).json()

    assert (base64.b64decode(event["body"]), event["isBase64Encoded"]) == (body, True)


def test_each_client_gets_its_own_answer(client):
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: client.get(f"/{n}").json(), range(64)))

    assert [answer["path"] for answer in answers] == [f"/{n}" for n in range(64)]
    assert len({answer["pid"] for answer in answers}) <= SEATS
    assert os.getpid() not in {answer["pid"] for answer in answers}


def test_a_large_answer_is_compressed_on_request(client):
    answers = [client.get("/?padding=5000", headers={"Accept-Encoding": wish}) for wish in ("gzip", "identity")]

    assert [answer.headers.get("content-encoding") for answer in answers] == ["gzip", None]
    assert answers[0].json()["padding"] == answers[1].json()["padding"]


def test_headers_that_come_twice_go_out_twice(client):
    assert client.get("/").headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_a_body_over_ten_megabytes_is_413(client):
    answer = client.post("/v1/jobs", content=bytes(10_000_001))

    assert (answer.status_code, Problem.model_validate(answer.json()).code) == (413, "body_too_large")
    assert answer.headers["x-request-id"] == answer.json()["request_id"]


def test_headers_over_ten_kilobytes_are_refused(client):
    answer = client.get("/", headers={"X-Long": "x" * 10_240})

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_process_that_dies_costs_one_answer(client):
    answers = [client.get("/?die=1"), client.get("/")]

    assert [answer.status_code for answer in answers] == [503, 200]
    assert (answers[0].json()["code"], answers[0].headers["retry-after"]) == ("unavailable", "5")


def test_long_polls_leave_seats_for_quick_requests():
    gateway = serve(handler, SEATS, 0)
    with socket.create_server(("127.0.0.1", 0)) as told, ThreadPoolExecutor(SEATS) as pool:
        told.settimeout(10)
        url = f"{gateway.url}/v1/jobs/x?wait=20&tell={told.getsockname()[1]}"
        waiting = [pool.submit(httpx.get, url, timeout=30) for _ in range(SEATS - 2)]
        for _ in waiting:
            told.accept()[0].close()

        one_too_many = httpx.get(url, timeout=10)
        gateway.stop()

        ended = [answer.result() for answer in waiting]
    assert one_too_many.json()["queryStringParameters"]["wait"] == "0"
    assert [(answer.status_code, answer.json()["code"]) for answer in ended] == [(503, "unavailable")] * 2


def test_a_poll_too_many_is_answered_at_once():
    call = Call("r", "GET", "/v1/jobs/x", "wait=20&x=1", (), b"")

    assert (call.waits, call.without_waiting().waits) == (True, False)
    assert call.without_waiting().query == "wait=0&x=1"


def test_an_answer_in_base64_is_bytes():
    reply = reply_of({"statusCode": 200, "body": base64.b64encode(b"\xff").decode(), "isBase64Encoded": True}, CALL)

    assert (reply.body, reply.headers) == (b"\xff", (("content-length", "1"),))


CALL = Call("r", "GET", "/", "", (("accept-encoding", "gzip"),), b"")


def test_an_event_without_query_has_none():
    assert event_of(CALL)["queryStringParameters"] is None


def start(**environment: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "api"]
    pipes = {"start_new_session": True, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=ROOT, env={**ENVIRONMENT, **environment}, **pipes)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_api_ends_in_order(number):
    process = start()
    url = re.fullmatch(r"ready (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())[1]
    described = httpx.get(f"{url}/v1/openapi.json", timeout=10)

    # To the whole group, as a terminal's Ctrl-C goes.
    os.killpg(process.pid, number)
    _, told = process.communicate(timeout=3)

    assert (process.returncode, described.status_code) == (0, 200)
    assert "Traceback" not in told


def test_a_bad_setting_ends_with_78_and_one_line():
    process = start(CALLSCRIBE_API_PROCESES="3")

    _, told = process.communicate(timeout=10)

    assert process.returncode == 78
    assert told == "callscribe-api: CALLSCRIBE_API_PROCESES is no setting: did you mean CALLSCRIBE_API_PROCESSES?\n"


def test_a_taken_port_ends_with_78_and_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start(CALLSCRIBE_PORT=str(taken.getsockname()[1]))
        _, told = process.communicate(timeout=10)

    assert (process.returncode, told.count("\n")) == (78, 1)


class Queue:
    """An SQS client with one message."""

    def __init__(self) -> None:
        self.deleted: list[str] = []

    def receive_message(self, **_asked):
        return {"Messages": [{"MessageId": "m1", "Body": "{}", "ReceiptHandle": "h1"}]}

    def delete_message(self, **asked):
        self.deleted.append(asked["ReceiptHandle"])


@pytest.mark.parametrize(("failures", "deleted"), [([], ["h1"]), ([{"itemIdentifier": "m1"}], [])])
def test_a_trigger_deletes_only_what_was_taken(failures, deleted):
    queue = Queue()
    trigger = Trigger(queue, "url", lambda _event, _context: {"batchItemFailures": failures}, observer("t", "text"))

    trigger.feed(0)

    assert queue.deleted == deleted
