"""Whether anything was lost: every submitted job against the table, the bucket and the events that were told."""

import json
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from races.checks.inside import Seen

POLL_S = 5
AT_ONCE = 10


@dataclass(slots=True)
class Ears:
    """Listens to the topic like any subscriber, through a queue of its own; counts events by job and by id."""

    sqs: Any
    queue_url: str
    ids: dict[str, set[str]] = field(default_factory=dict)
    types: Counter[str] = field(default_factory=Counter)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread = field(init=False)

    @property
    def ended(self) -> int:
        """Jobs of whose end was told."""
        return len(self.ids)

    def start(self) -> None:
        """Listen in a thread of its own until `hush`."""
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while not self._stop.is_set():
            answer = self.sqs.receive_message(
                QueueUrl=self.queue_url, MaxNumberOfMessages=AT_ONCE, WaitTimeSeconds=POLL_S
            )
            read = answer.get("Messages", [])
            for message in read:
                body = json.loads(message["Body"])
                event = json.loads(body["Message"]) if "Message" in body else body
                self.ids.setdefault(str(event["data"]["job_id"]), set()).add(str(event["id"]))
                self.types[str(event["type"])] += 1
            if read:
                named = [{"Id": str(place), "ReceiptHandle": one["ReceiptHandle"]} for place, one in enumerate(read)]
                self.sqs.delete_message_batch(QueueUrl=self.queue_url, Entries=named)

    def hush(self) -> None:
        """Stop listening, once the poll that waits has ended."""
        self._stop.set()
        self._thread.join()


def wrong(sent: Sequence[str], seen: Seen, ears: Ears, left: dict[str, int]) -> list[str]:
    """A sentence for everything that is not as promised."""
    return [
        *(f"{name} still holds {count} messages" for name, count in left.items()),
        *(f"{count} answers gave the job {job}" for job, count in Counter(sent).items() if count > 1),
        *(fault for job_id in sent for fault in _faults(job_id, seen, ears)),
    ]


def _faults(job_id: str, seen: Seen, ears: Ears) -> Iterable[str]:
    row = seen.rows.get(job_id)
    if row is None:
        yield f"{job_id} has no row"
        return
    if row["status"] != "completed":
        yield f"{job_id} is {row['status']}"
    if row["attempts"] != 1 or row["fence"] != 1:
        yield f"{job_id} was claimed {row['fence']} times, charged {row['attempts']}"
    written = [one for one in seen.versions.get(job_id, ()) if one.key.startswith("transcripts/")]
    if len(written) != 1 or written[0].etag != row.get("result", {}).get("etag"):
        yield f"{job_id} has {len(written)} transcripts"
    if len(ears.ids.get(job_id, ())) != 1:
        yield f"{job_id} was told of under {len(ears.ids.get(job_id, ()))} event ids"
