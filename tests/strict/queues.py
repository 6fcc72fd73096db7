"""SQS as it is: messages come twice, in any order, late; an old handle is good for nothing; twelve hours are the end.

Hooks of botocore on a client of an emulator; a second client without hooks does what is to be done.
"""

import hashlib
import json
import random
import uuid
from dataclasses import dataclass, field
from typing import Any

from strict.clock import Clock
from strict.wire import refusal

LONGEST_HIDDEN_S = 43_200
LARGEST_BYTES = 1 << 20


@dataclass
class Rates:
    """How often what happens, and how late the latest message may be."""

    doubled: float = 0.03
    delayed: float = 0.0
    longest_delay_s: float = 600.0


@dataclass(slots=True)
class Waiting:
    """A message that SQS has and does not show yet."""

    due_s: float
    body: dict[str, Any]


@dataclass
class StrictQueues:
    """What an emulator forgives, for one client."""

    plain: Any
    clock: Clock
    chance: random.Random
    rates: Rates = field(default_factory=Rates)
    waiting: list[Waiting] = field(default_factory=list)
    _newest: dict[str, str] = field(default_factory=dict)
    _owner: dict[str, str] = field(default_factory=dict)
    _since_s: dict[str, float] = field(default_factory=dict)

    def attach(self, client: Any) -> "StrictQueues":
        hooks = {
            "before-call.sqs.SendMessage": self.send,
            "before-call.sqs.ReceiveMessage": self.show,
            "before-call.sqs.GetQueueAttributes": self.show,
            "before-call.sqs.DeleteMessage": self.delete,
            "before-call.sqs.ChangeMessageVisibility": self.hide,
            "after-call.sqs.ReceiveMessage": self.note,
            "after-call.sqs.GetQueueAttributes": self.count,
        }
        for event, hook in hooks.items():
            client.meta.events.register(event, hook)
        return self

    def send(self, params: Any, **_: Any) -> Any:
        """Take a message, once or twice, to be shown now or later."""
        asked = _asked(params)
        text = asked["MessageBody"]
        if len(text.encode()) > LARGEST_BYTES or any(ord(sign) < 32 and sign not in "\t\n\r" for sign in text):
            return refusal("InvalidMessageContents", 400)
        copies = 2 if self.chance.random() < self.rates.doubled else 1
        self.waiting += [Waiting(self.clock.now_s + self._delay_s(), asked) for _ in range(copies)]
        digest = hashlib.md5(text.encode()).hexdigest()
        return granted({"MessageId": str(uuid.uuid4()), "MD5OfMessageBody": digest})

    def show(self, params: Any, **_: Any) -> None:
        """Let everything that is due be received, in any order."""
        url = _asked(params)["QueueUrl"]
        due = [one for one in self.waiting if one.body["QueueUrl"] == url and one.due_s <= self.clock.now_s]
        self.chance.shuffle(due)
        for one in due:
            self.waiting.remove(one)
            self.plain.send_message(**one.body)

    def note(self, parsed: Any, **_: Any) -> None:
        """Remember whose handle is the newest, and since when a message is with somebody."""
        for message in parsed.get("Messages", []):
            self._newest[message["MessageId"]] = message["ReceiptHandle"]
            self._owner[message["ReceiptHandle"]] = message["MessageId"]
            self._since_s[message["ReceiptHandle"]] = self.clock.now_s

    def delete(self, params: Any, **_: Any) -> Any:
        """Delete by the newest handle only; to an old one the answer is yes or no, and nothing is done."""
        handle = _asked(params)["ReceiptHandle"]
        if not self._is_stale(handle):
            return None
        return granted({}) if self.chance.random() < 0.5 else refusal("ReceiptHandleIsInvalid", 400)

    def hide(self, params: Any, **_: Any) -> Any:
        """Hide for twelve hours in all, counted from the receive."""
        asked = _asked(params)
        handle = asked["ReceiptHandle"]
        if self._is_stale(handle):
            return refusal("MessageNotInflight", 400)
        until_s = self.clock.now_s + asked["VisibilityTimeout"]
        is_too_long = until_s - self._since_s.get(handle, self.clock.now_s) > LONGEST_HIDDEN_S
        return refusal("InvalidParameterValue", 400) if is_too_long else None

    def count(self, parsed: Any, **_: Any) -> None:
        """What is not shown yet is counted as delayed."""
        attributes = parsed.get("Attributes", {})
        if "ApproximateNumberOfMessagesDelayed" in attributes:
            delayed = int(attributes["ApproximateNumberOfMessagesDelayed"]) + len(self.waiting)
            attributes["ApproximateNumberOfMessagesDelayed"] = str(delayed)

    def _is_stale(self, handle: str) -> bool:
        message = self._owner.get(handle)
        return message is not None and self._newest[message] != handle

    def _delay_s(self) -> float:
        is_late = self.chance.random() < self.rates.delayed
        return self.chance.uniform(0, self.rates.longest_delay_s) if is_late else 0.0


def granted(answer: dict[str, Any]) -> Any:
    """An answer as botocore has it once it is parsed."""
    http, _ = refusal("", 200)
    return http, {**answer, "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}}}


def _asked(params: Any) -> dict[str, Any]:
    asked: dict[str, Any] = json.loads(params["body"])
    return asked
