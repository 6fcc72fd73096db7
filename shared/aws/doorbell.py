"""SQS: a doorbell that may be lost, doubled or late. It carries a job's id and nothing else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from shared.aws.clients import error_code, translated
from shared.job import Lane, Receipt
from shared.protocol.intents import Ring, RingDelivery

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

VERSION = 1
LARGEST_BYTES = 1_024
"""A doorbell carries ids and nothing else."""


@dataclass(frozen=True, slots=True)
class Doorbell:
    """The queue of each lane."""

    client: "SQSClient"
    urls: Mapping[Lane, str]
    webhooks_url: str | None = None

    def ring(self, intent: Ring) -> None:
        """Send a hint that a job wants work; messages of one tenant are one group of a fair queue."""
        body = {"v": VERSION, "tenant": intent.tenant, "job": intent.job_id}
        trace = {"traceparent": {"DataType": "String", "StringValue": intent.traceparent or ""}}
        with translated():
            self.client.send_message(
                QueueUrl=self.urls[intent.lane],
                MessageBody=_hint(body),
                MessageGroupId=intent.tenant,
                MessageAttributes=trace if intent.traceparent else {},  # type: ignore[arg-type]  # a TypedDict by value
            )

    def ring_delivery(self, intent: RingDelivery) -> None:
        """Send a hint that a delivery may be tried; without a queue of webhooks the reconciler finds it later."""
        if self.webhooks_url is None:
            return
        body = {"v": VERSION, "delivery": {"pk": intent.pk, "sk": intent.sk}}
        with translated():
            self.client.send_message(QueueUrl=self.webhooks_url, MessageBody=_hint(body), DelaySeconds=intent.delay_s)

    def count(self, lane: Lane) -> int:
        """How many messages the queue of `lane` reports, of any kind; SQS counts approximately."""
        names = ("", "NotVisible", "Delayed")
        with translated():
            answer = self.client.get_queue_attributes(
                QueueUrl=self.urls[lane],
                AttributeNames=[f"ApproximateNumberOfMessages{name}" for name in names],  # type: ignore[misc]  # literals
            )
        return sum(int(number) for number in answer["Attributes"].values())

    def receive(self, lane: Lane, wait_s: int, hidden_s: int) -> Receipt | None:
        """Receive one message by long poll, hidden from others for `hidden_s`; None if none came.

        A message that is none of ours is left alone: it ends in the dead-letter queue, where a person sees it.
        """
        with translated():
            answer = self.client.receive_message(
                QueueUrl=self.urls[lane],
                WaitTimeSeconds=wait_s,
                VisibilityTimeout=hidden_s,
                MaxNumberOfMessages=1,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
            )
        return next((_receipt(message, lane) for message in answer.get("Messages", [])), None)

    def hide(self, receipt: Receipt, seconds: int) -> None:
        """Keep the message from others for `seconds` from now; a handle that has run out is no error."""
        with translated(), _forgiving():
            self.client.change_message_visibility(
                QueueUrl=self.urls[receipt.lane], ReceiptHandle=receipt.handle, VisibilityTimeout=seconds
            )

    def delete(self, receipt: Receipt) -> None:
        """Delete the message; a handle that has run out is no error: the next receive settles it."""
        with translated(), _forgiving():
            self.client.delete_message(QueueUrl=self.urls[receipt.lane], ReceiptHandle=receipt.handle)


class _forgiving:  # noqa: N801 - reads as a statement: `with translated(), _forgiving()`
    """Let pass that a message is no longer in flight under this handle."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        gone = ("ReceiptHandleIsInvalid", "MessageNotInflight", "InvalidParameterValue")
        return isinstance(error, ClientError) and error_code(error).removeprefix("AWS.SimpleQueueService.") in gone


def _hint(body: Mapping[str, object]) -> str:
    """`body` as a message: JSON in ASCII, so that no character is one that SQS would refuse."""
    text = json.dumps(body, ensure_ascii=True)
    assert len(text) < LARGEST_BYTES, "a doorbell carries ids and nothing else"
    return text


def _receipt(message: "MessageTypeDef", lane: Lane) -> Receipt | None:
    try:
        body = json.loads(message["Body"])
        tenant, job_id = str(body["tenant"]), str(body["job"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    count = int(message["Attributes"]["ApproximateReceiveCount"])
    return Receipt(tenant, job_id, lane, message["ReceiptHandle"], count)
