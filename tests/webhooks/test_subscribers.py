"""The two ways to hear the topic: over HTTPS, with every message verified, or from a queue of one's own."""

import json
import urllib.error

import boto3
import pytest
from moto import mock_aws
from webhooks.running import Running
from webhooks.sns import CERTIFICATE_URL, NOW, SUBSCRIBE_URL, TOPIC

from api.examples.sns_receiver import Subscription, get
from api.examples.sns_signature import Forged
from api.examples.sqs_consumer import consume
from api.examples.webhook_receiver import Refused, Taken

EVENT = json.dumps({"id": "evt_1", "type": "job.completed", "data": {}})


def subscription(sns):
    return Subscription(TOPIC, sns.fetch, lambda: NOW)


def test_the_receiver_takes_the_event_of_a_notification(sns):
    body = json.dumps(sns.notification(EVENT)).encode()

    assert subscription(sns).accept(None, body) == Taken("evt_1", EVENT)


def test_the_receiver_confirms_its_subscription_once_verified(sns):
    body = json.dumps(sns.confirmation()).encode()

    assert subscription(sns).accept(None, body) is None
    assert sns.fetched == [CERTIFICATE_URL, SUBSCRIBE_URL]


def test_the_receiver_never_subscribes_again_by_itself(sns):
    subscription(sns).accept(None, json.dumps(sns.confirmation("UnsubscribeConfirmation")).encode())

    assert sns.fetched == [CERTIFICATE_URL]


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"7", b"{}", b"[" * 60_000])
def test_the_receiver_refuses_what_is_no_message(sns, body):
    with pytest.raises(Refused):
        subscription(sns).accept(None, body)


@pytest.mark.parametrize("said", ["", "text", "[]", "{}", '{"id": 7}', '{"id": "evt_1", "type": "x"}'])
def test_the_receiver_refuses_what_is_no_event(sns, said):
    with pytest.raises(Refused):
        subscription(sns).accept(None, json.dumps(sns.notification(said)).encode())


def test_a_certificate_out_of_reach_is_no_forgery(sns):
    def out_of_reach(_):
        raise TimeoutError

    with pytest.raises(TimeoutError):
        Subscription(TOPIC, out_of_reach, lambda: NOW).accept(None, json.dumps(sns.notification()).encode())


def address(transcripts, name):
    return f"http://127.0.0.1:{transcripts.server_port}/{name}.pem"


def test_a_certificate_is_fetched_once(transcripts):
    read = [get(address(transcripts, "once")) for _ in range(3)]

    assert read == [b'{"utterances": [{}, {}, {}]}'] * 3
    assert len(transcripts.keys) == 1


def test_a_certificate_that_does_not_exist_is_forged(transcripts):
    transcripts.status = 404

    with pytest.raises(Forged):
        get(address(transcripts, "none"))


@pytest.mark.parametrize("status", [302, 503])
def test_a_certificate_is_not_sought_elsewhere(transcripts, status):
    transcripts.status = status

    with pytest.raises(urllib.error.HTTPError):
        get(address(transcripts, "moved"))

    assert [path for path, _ in transcripts.keys] == ["/moved.pem"]


def test_the_receiver_of_a_topic_answers_forgeries_with_400(tmp_path, sns):
    receiver = Running(tmp_path / "events.sqlite3", "sns_receiver", "--topic", TOPIC)
    body = json.dumps(sns.notification(EVENT)).encode()

    status = receiver.post(body, {"Content-Length": len(body)})
    refused = receiver.until("refused")
    receiver.stop()

    assert (status, refused) == (400, "refused: Forged('not of this hour')")


@pytest.fixture
def queue():
    with mock_aws():
        sqs = boto3.client("sqs", region_name="eu-west-3", aws_access_key_id="x", aws_secret_access_key="x")
        yield sqs, sqs.create_queue(QueueName="events", Attributes={"VisibilityTimeout": "0"})["QueueUrl"]


def test_an_event_of_a_queue_is_handled_and_deleted(queue):
    sqs, url = queue
    handled = []
    sqs.send_message(QueueUrl=url, MessageBody=EVENT)

    counts = [consume(sqs, url, handled.append, wait_s=0) for _ in range(2)]

    assert (counts, handled) == ([1, 0], [json.loads(EVENT)])


def test_an_event_that_fails_stays_in_the_queue(queue):
    sqs, url = queue
    handled = []
    sqs.send_message(QueueUrl=url, MessageBody=EVENT)

    with pytest.raises(ZeroDivisionError):
        consume(sqs, url, lambda _: 1 / 0, wait_s=0)
    consume(sqs, url, handled.append, wait_s=0)

    assert handled == [json.loads(EVENT)]
