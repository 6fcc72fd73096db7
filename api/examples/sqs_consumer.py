"""Events from a queue of your own, the better way: subscribe it to the topic with raw delivery, give it a DLQ.

sqs = boto3.client("sqs")
for _ in itertools.count():
    consume(sqs, QUEUE_URL, handle)
"""

import json
from collections.abc import Callable
from typing import Any, Protocol

WAIT_S = 20
"""The longest poll that SQS allows: fewest requests."""
BATCH = 10
"""The most messages that SQS gives at once."""


class Sqs(Protocol):
    """The two calls that are needed of boto3's client."""

    def receive_message(self, **request: Any) -> Any:  # noqa: D102 - boto3's own
        ...

    def delete_message(self, **request: Any) -> Any:  # noqa: D102 - boto3's own
        ...


def consume(sqs: Sqs, queue_url: str, handle: Callable[[dict[str, Any]], None], wait_s: int = WAIT_S) -> int:
    """Receive one batch, handle each event, delete it. Returns how many were handled.

    A message is deleted only after `handle` came back, so an event may come again: ignore ids that you have seen.
    What `handle` raises stops the batch; what was not deleted is visible again after the queue's timeout, and goes to
    the dead-letter queue after as many times as its redrive policy says.
    """
    answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=BATCH, WaitTimeSeconds=wait_s)
    messages = answer.get("Messages", [])
    for message in messages:
        handle(json.loads(message["Body"]))
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return len(messages)
