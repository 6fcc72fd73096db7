"""What calls functions on one machine, as mappings and schedules do in the cloud: polled queues, and a clock."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.aws.clients import translated
from shared.errors.root import CallscribeError
from shared.observe import Observer

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

BATCH_SIZE = 10
LONGEST_POLL_S = 20
PAUSE_AFTER_FAILURE_S = 2.0
DAY_S = 86_400
Function = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Trigger:
    """One queue and the function that its messages are for."""

    client: "SQSClient"
    queue_url: str
    function: Function
    observer: Observer
    batch_size: int = BATCH_SIZE

    def run(self, stop: threading.Event) -> None:
        """Feed the function until `stop` is set; a queue that cannot be asked is asked again."""
        while not stop.is_set():
            try:
                self.feed(LONGEST_POLL_S)
            except Exception as error:  # noqa: BLE001 - a function that fails is called again, as Lambda would
                _tell(error, self.observer)
                stop.wait(PAUSE_AFTER_FAILURE_S)

    def feed(self, wait_s: int) -> int:
        """Receive one batch, call the function, delete what it has taken; how many were taken."""
        with translated():
            answer = self.client.receive_message(
                QueueUrl=self.queue_url,
                WaitTimeSeconds=wait_s,
                MaxNumberOfMessages=self.batch_size,
                MessageAttributeNames=["All"],
            )
        messages = answer.get("Messages", [])
        if not messages:
            return 0
        records = [_record(message) for message in messages]
        failed = {f["itemIdentifier"] for f in self.function({"Records": records}, None)["batchItemFailures"]}
        taken = [message for message in messages if message["MessageId"] not in failed]
        with translated():
            for message in taken:
                self.client.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return len(taken)


@dataclass(frozen=True, slots=True)
class Clock:
    """A function that is called again and again, `pause` seconds after it ended, as a schedule would."""

    pause: Callable[[], float]
    function: Function
    observer: Observer

    def run(self, stop: threading.Event) -> None:
        """Call the function until `stop` is set; a call that fails is told, and the next one comes all the same."""
        while not stop.wait(self.pause()):
            try:
                self.function({}, None)
            except Exception as error:  # noqa: BLE001 - as above
                _tell(error, self.observer)


def seconds_until(at: str, now: float) -> float:
    """Seconds from `now` (UTC epoch) to the next `HH:MM` of UTC."""
    hours, minutes = map(int, at.split(":"))
    return (hours * 3_600 + minutes * 60 - now) % DAY_S or DAY_S


def _tell(error: Exception, observer: Observer) -> None:
    """A failure with a name is told by it, any other without its text."""
    if isinstance(error, CallscribeError):
        observer.tell("poll_failed", code=error.code, aws=error.facts.get("aws"))
    else:
        observer.tell_crash(error)


def _record(message: "MessageTypeDef") -> dict[str, Any]:
    """A message as Lambda hands it to a function."""
    attributes = {
        name: {"dataType": value.get("DataType"), "stringValue": value.get("StringValue")}
        for name, value in message.get("MessageAttributes", {}).items()
    }
    return {"messageId": message["MessageId"], "body": message["Body"], "messageAttributes": attributes}
