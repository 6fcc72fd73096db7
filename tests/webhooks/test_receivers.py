"""The webhook receiver that an integrator copies: run as a process of its own, sent what the network may bring."""

import ast
import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from webhooks.running import Running, signed, utc_now

import api.examples

EXAMPLES = sorted(Path(api.examples.__file__).parent.glob("[a-z]*.py"))
FOREIGN = "whsec_HxAREhMUFRYXGBkaGxwdHh8AAECAwQFBgcICQoLDA0OD"
FAILED = json.dumps({"id": "evt_2", "type": "job.failed", "data": {"error": {"code": "no_audio_stream"}}})


@pytest.fixture
def start(tmp_path):
    running = []

    def begin():
        running.append(Running(tmp_path / "events.sqlite3"))
        return running[-1]

    yield begin
    for receiver in running:
        receiver.stop()


@pytest.fixture(scope="module")
def shared_receiver(tmp_path_factory):
    receiver = Running(tmp_path_factory.mktemp("receiver") / "events.sqlite3")
    yield receiver
    receiver.stop()


def test_an_event_is_handled_with_the_key(start, transcripts):
    receiver = start()

    status = receiver.send(transcripts.event())

    assert (status, receiver.until("handled")) == (204, "handled evt_1: 3 utterances")
    assert transcripts.keys == [("/v1/jobs/job_1/transcript", "Bearer csk_test")]


def test_a_doubled_event_is_handled_once(start, transcripts):
    receiver = start()

    statuses = [receiver.send(transcripts.event()) for _ in range(3)]

    assert statuses == [204, 204, 204]
    assert receiver.handled() == ["evt_1"]


def test_an_event_is_known_after_a_restart(start, transcripts):
    first = start()
    first.send(transcripts.event())
    first.handled()
    first.stop()
    second = start()

    status = second.send(transcripts.event())

    assert status == 204
    assert "evt_1" not in second.handled()


def test_an_unhandled_event_comes_again_after_a_restart(start, transcripts):
    transcripts.status = 500
    first = start()
    first.send(transcripts.event())
    first.until("not handled: evt_1")
    first.stop()
    transcripts.status = 200

    second = start()

    assert second.until("handled") == "handled evt_1: 3 utterances"


def test_the_key_follows_no_redirect(start, transcripts):
    transcripts.status = 302
    receiver = start()

    receiver.send(transcripts.event())
    receiver.until("not handled: evt_1")

    assert [path for path, _ in transcripts.keys] == ["/v1/jobs/job_1/transcript"]


def test_one_event_that_fails_holds_up_no_other(start, transcripts):
    transcripts.status = 500
    receiver = start()

    receiver.send(transcripts.event())
    receiver.send(FAILED)

    assert receiver.until("handled") == "handled evt_2: job.failed"


def forgeries():
    now = utc_now()
    good = signed(FAILED, at=now)
    yield "another secret", signed(FAILED, FOREIGN)
    yield "six minutes old", signed(FAILED, at=now - timedelta(minutes=6))
    yield "six minutes ahead", signed(FAILED, at=now + timedelta(minutes=6))
    yield "another id", good | {"webhook-id": "evt_3"}
    yield "another time", good | {"webhook-timestamp": str(int(now.timestamp()) - 9)}
    yield "no time", good | {"webhook-timestamp": "now"}
    yield "no number", good | {"webhook-timestamp": "nan"}
    yield "a signature without a comma", good | {"webhook-signature": "v1"}
    yield "a signature with three parts", good | {"webhook-signature": "v1,AAAA,AAAA"}
    yield "another version", good | {"webhook-signature": good["webhook-signature"].replace("v1,", "v2,")}
    yield "no base64", good | {"webhook-signature": "v1,A"}
    yield "no ASCII", good | {"webhook-signature": "v1,\u00e9"}
    yield "an empty signature", good | {"webhook-signature": ""}
    yield from ((f"no {name}", {key: good[key] for key in good if key != name}) for name in good)
    yield "nothing", {}


@pytest.mark.parametrize("name", dict(forgeries()))
def test_a_forged_event_is_400(shared_receiver, name):
    # Made now: what was six minutes ahead when the tests were collected may not be so any more.
    body, headers = FAILED.encode(), dict(forgeries())[name]

    assert shared_receiver.post(body, {"Content-Length": len(body)} | headers) == 400


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", FAILED.encode() + b" ", b"[" * 60_000], ids=["empty", "no UTF-8", "changed", "deep"]
)
def test_another_body_is_400(shared_receiver, body):
    assert shared_receiver.post(body, {"Content-Length": len(body)} | signed(FAILED)) == 400


@pytest.mark.parametrize("body", ["", "text", "[]", "7", "{}", '{"id": "evt_4"}', "[" * 60_000])
def test_what_is_signed_but_no_event_is_400(shared_receiver, body):
    headers = signed(body, event_id="evt_4")

    assert shared_receiver.post(body.encode(), {"Content-Length": len(body)} | headers) == 400


@pytest.mark.parametrize("length", ["-1", "+7", "0x7", "seven", "\u00b2", ""])
def test_a_length_that_is_none_is_400(shared_receiver, length):
    assert shared_receiver.post(b"", {"Content-Length": length}) == 400


def test_a_body_without_a_length_is_400(shared_receiver):
    assert shared_receiver.post(b"", signed(FAILED)) == 400


@pytest.mark.parametrize("length", ["65537", "9" * 5000])
def test_a_large_body_is_413_unread(shared_receiver, length):
    assert shared_receiver.post(b"", {"Content-Length": length}) == 413


def test_a_body_of_exactly_64_kb_is_read(shared_receiver):
    body = FAILED.ljust(65_536)

    assert shared_receiver.send(body) == 204


def test_two_signatures_of_a_rotation_are_accepted(shared_receiver):
    old, new = signed(FAILED, FOREIGN), signed(FAILED)
    both = {"webhook-signature": f"{old['webhook-signature']} {new['webhook-signature']}"}

    assert shared_receiver.send(FAILED, **both) == 204


def imported(path):
    """The packages that a file imports; of ours with their full name."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in [node.module] if isinstance(node, ast.ImportFrom) else names:
            yield "api.examples" if name.startswith("api.examples.") else name.split(".")[0]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_stands_alone(path):
    assert set(imported(path)) <= sys.stdlib_module_names | {"api.examples", "cryptography", "standardwebhooks"}
