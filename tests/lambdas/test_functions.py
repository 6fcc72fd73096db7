"""Each function of the zip, in AWS's own runtime client, answers what it is sent in the cloud."""

import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue

import httpx
import pytest
from lambdas.layout import ROOT
from lambdas.runtime import Function, FunctionError, InitError
from lambdas.service import FUNCTIONS, SENT, feed
from standardwebhooks import Webhook

CALL = ROOT / "api" / "console" / "calls" / "appointment-en.mp3"
COLD_S, WARM_S = 20.0, 2.0
"""Bounds for a busy machine; `python -m lambdas` measures."""


@pytest.fixture
def receiver():
    """A webhook endpoint on loopback; what it is sent stands in its queue."""
    received = Queue()

    class Post(BaseHTTPRequestHandler):
        def do_POST(self):
            received.put((self.rfile.read(int(self.headers["Content-Length"])), dict(self.headers)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Post) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", received
        server.shutdown()


def submitted(gateway):
    """A job whose audio is not there yet."""
    return gateway.post("/v1/jobs", {"audio": {"upload": {"bytes": CALL.stat().st_size}}}).json


def record(body):
    return {"Records": [{"messageId": "m-1", "body": body, "messageAttributes": {}}]}


def test_the_api_answers_a_gateway_event(gateway):
    answer = gateway.get("/v1/health")

    assert (answer.status, answer.json["status"]) == (200, "ok")


def test_an_upload_queues_its_job(gateway, function, clients, environment):
    job = submitted(gateway)
    httpx.put(job["upload"]["url"], headers=job["upload"]["headers"], content=CALL.read_bytes()).raise_for_status()

    feed(clients, environment["CALLSCRIBE_QUEUE_UPLOADS_URL"], function("uploaded"))

    assert gateway.get(f"/v1/jobs/{job['id']}").json["status"] == "queued"


def test_a_webhook_learns_of_a_canceled_job(gateway, function, clients, environment, receiver):
    url, received = receiver
    made = gateway.post("/v1/webhooks", {"url": url, "events": ["job.canceled"]}).json
    job = submitted(gateway)
    gateway.post(f"/v1/jobs/{job['id']}/cancel")

    feed(clients, environment["CALLSCRIBE_QUEUE_WEBHOOKS_URL"], function("deliver"))
    body, headers = received.get(timeout=10)

    assert Webhook(made["secret"]).verify(body, headers)["data"]["job_id"] == job["id"]


def test_the_backlog_is_counted_for_both_lanes(function):
    assert function("backlog").call(SENT["backlog"]).keys() == {"interactive", "batch"}


def test_the_reconciler_has_nothing_to_heal(function):
    assert function("reconcile").call(SENT["reconcile"]).get("failed", 0) == 0


def test_a_dead_letter_that_names_no_job_stays(function):
    assert function("deadletters").call(record("no doorbell")) == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}


def test_a_night_without_a_plan_makes_no_batch(function):
    assert function("nightly").call(SENT["nightly"]) == {"batches": []}


def test_a_function_starts_and_answers_in_time(function):
    backlog = function("backlog")
    backlog.call({})
    began = time.monotonic()

    backlog.call({})

    assert backlog.started_in_s < COLD_S
    assert time.monotonic() - began < WARM_S


def test_the_canary_names_the_secret_that_nobody_filled(function):
    with pytest.raises(
        FunctionError, match="BadConfiguration: CALLSCRIBE_CANARY_KEY_SECRET: the secret cannot be read"
    ):
        function("canary").call(SENT["canary"])


def test_a_wrong_environment_is_an_error_that_names_the_setting(folders, environment):
    wrong = {**environment, "CALLSCRIBE_TABEL": "jobs"}
    told = "BadConfiguration: CALLSCRIBE_TABEL is no setting: did you mean CALLSCRIBE_TABLE"

    with Function(FUNCTIONS["nightly"], folders, wrong) as broken, pytest.raises(FunctionError, match=told):
        broken.call({})


def test_a_handler_that_is_not_there_is_an_init_error(folders, environment):
    absent = {**FUNCTIONS["backlog"], "handler": "api.functions.absent.handler"}
    told = r"Unable to import module 'api\.functions\.absent'"

    with Function(absent, folders, environment) as broken, pytest.raises(InitError, match=told):
        broken.call({})
