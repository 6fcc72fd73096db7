"""`callscribe listen`: a subscriber, as simple as one can be: receive, write down, delete.

An event may come twice (at-least-once): its id says so to whoever reads the file.
"""

import signal
import sys
from pathlib import Path
from types import FrameType

from api.cli.dialogue import event_line
from api.client import Event
from shared.aws.clients import Clients, connect, translated

LONG_POLL_S = 20
AT_ONCE = 10


def listen(queue: str, events: Path) -> None:
    """Write each event of `queue` as a line of JSON to `events` and tell it on the terminal, until SIGTERM."""
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    events.parent.mkdir(parents=True, exist_ok=True)
    with translated():
        clients = connect()
        url = clients.sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        print(f"ready {url}", flush=True)
        while True:
            _receive(clients, url, events)


def _receive(clients: Clients, url: str, events: Path) -> None:
    answer = clients.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=LONG_POLL_S, MaxNumberOfMessages=AT_ONCE)
    for message in answer.get("Messages", []):
        body = message["Body"]
        with events.open("a", encoding="utf-8") as file:
            file.write(body.replace("\n", " ") + "\n")
        print(event_line(Event.model_validate_json(body)), flush=True)
        clients.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
