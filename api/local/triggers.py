"""Event source mappings of the local stack: what waits in the uploads queue is fed to its function."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.aws.clients import LONGEST_POLL_S, translated
from shared.errors.transient import TransientError
from shared.observe import Observer

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BATCH_SIZE = 10
PAUSE_AFTER_FAILURE_S = 2.0
Function = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Trigger:
    """One queue and the function that its messages are for."""

    client: "SQSClient"
    queue_url: str
    function: Function
    observer: Observer

    def run(self, stop: threading.Event) -> None:
        """Feed the function until `stop` is set; a queue that cannot be asked is asked again."""
        while not stop.is_set():
            try:
                self.feed(LONGEST_POLL_S)
            except TransientError as error:
                self.observer.tell("poll_failed", code=error.code, aws=error.facts.get("aws"))
                stop.wait(PAUSE_AFTER_FAILURE_S)

    def feed(self, wait_s: int) -> int:
        """Receive one batch, call the function, delete what it has taken; how many were taken."""
        with translated():
            answer = self.client.receive_message(
                QueueUrl=self.queue_url, WaitTimeSeconds=wait_s, MaxNumberOfMessages=BATCH_SIZE
            )
        messages = answer.get("Messages", [])
        if not messages:
            return 0
        records = [{"messageId": message["MessageId"], "body": message["Body"]} for message in messages]
        failed = {f["itemIdentifier"] for f in self.function({"Records": records}, None)["batchItemFailures"]}
        taken = [message for message in messages if message["MessageId"] not in failed]
        with translated():
            for message in taken:
                self.client.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return len(taken)
