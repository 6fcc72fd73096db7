"""What our doorbell, triggers and listener rely on."""

import contextlib
import json
import uuid

import pytest

from shared.emulator.making import EVENTS
from shared.emulator.resources import arn, queue_url


@pytest.fixture
def queue(clients):
    """A queue of this test alone."""
    name = f"test-{uuid.uuid4().hex}"
    return clients.sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "60"})["QueueUrl"]


def receive(clients, queue, wait_s=5):
    answer = clients.sqs.receive_message(
        QueueUrl=queue, WaitTimeSeconds=wait_s, MessageSystemAttributeNames=["ApproximateReceiveCount"]
    )
    return answer.get("Messages", [])


def count_of(message):
    return int(message["Attributes"]["ApproximateReceiveCount"])


def hide(clients, queue, message, seconds):
    clients.sqs.change_message_visibility(
        QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
    )


def test_a_queue_answers_where_the_environment_says(clients, names):
    urls = [url for name, url in names.items() if "_QUEUE_" in name]

    assert len(urls) == 6
    assert [clients.sqs.get_queue_url(QueueName=url.rpartition("/")[2])["QueueUrl"] for url in urls] == urls


def test_a_received_message_is_hidden_from_others(clients, queue):
    clients.sqs.send_message(QueueUrl=queue, MessageBody="ring", MessageGroupId="tenant")

    [message] = receive(clients, queue)

    assert (message["Body"], count_of(message)) == ("ring", 1)
    assert receive(clients, queue, wait_s=0) == []


def test_a_long_poll_wakes_when_a_message_is_visible_again(clients, queue):
    clients.sqs.send_message(QueueUrl=queue, MessageBody="ring")
    [message] = receive(clients, queue)
    hide(clients, queue, message, 1)

    [again] = receive(clients, queue, wait_s=10)

    assert count_of(again) == 2


def test_a_message_handed_back_is_there_at_once(clients, queue):
    clients.sqs.send_message(QueueUrl=queue, MessageBody="ring")
    [message] = receive(clients, queue)

    hide(clients, queue, message, 0)

    assert len(receive(clients, queue, wait_s=1)) == 1


def test_a_deleted_message_never_comes_back(clients, queue):
    clients.sqs.send_message(QueueUrl=queue, MessageBody="ring")
    [message] = receive(clients, queue)
    hide(clients, queue, message, 0)

    clients.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])

    assert receive(clients, queue, wait_s=0) == []


def test_a_stale_handle_deletes_nothing(clients, queue):
    clients.sqs.send_message(QueueUrl=queue, MessageBody="ring")
    [stale] = receive(clients, queue)
    hide(clients, queue, stale, 0)
    [held] = receive(clients, queue)

    # AWS says yes and does nothing; ministack refuses. Both are right.
    with contextlib.suppress(clients.sqs.exceptions.ReceiptHandleIsInvalid):
        clients.sqs.delete_message(QueueUrl=queue, ReceiptHandle=stale["ReceiptHandle"])

    hide(clients, queue, held, 0)
    assert len(receive(clients, queue, wait_s=1)) == 1


def test_a_message_received_in_vain_becomes_a_dead_letter(clients):
    name = f"test-{uuid.uuid4().hex}"
    dead = clients.sqs.create_queue(QueueName=f"{name}-dlq")["QueueUrl"]
    redrive = json.dumps({"deadLetterTargetArn": arn("sqs", f"{name}-dlq"), "maxReceiveCount": 2})
    queue = clients.sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": redrive})["QueueUrl"]
    clients.sqs.send_message(QueueUrl=queue, MessageBody="poison")
    for _ in range(2):
        [message] = receive(clients, queue)
        hide(clients, queue, message, 0)

    assert receive(clients, queue, wait_s=1) == []
    assert [letter["Body"] for letter in receive(clients, dead)] == ["poison"]


@pytest.mark.parametrize("subscriber", [EVENTS, "callscribe-local-webhooks"])
def test_an_event_reaches_the_subscriber_as_it_was_published(clients, endpoint, subscriber):
    queue = queue_url(endpoint, subscriber)
    body = json.dumps({"id": uuid.uuid4().hex, "type": "job.completed"})

    clients.sns.publish(
        TopicArn=arn("sns", EVENTS),
        Message=body,
        MessageAttributes={"type": {"DataType": "String", "StringValue": "job.completed"}},
    )

    [message] = [one for one in _messages(clients, queue) if one["Body"] == body]
    assert message["MessageAttributes"]["type"]["StringValue"] == "job.completed"


def _messages(clients, queue):
    answer = clients.sqs.receive_message(
        QueueUrl=queue, WaitTimeSeconds=5, MessageAttributeNames=["All"], MaxNumberOfMessages=10
    )
    for message in answer["Messages"]:
        clients.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return answer["Messages"]
