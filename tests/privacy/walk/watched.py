"""The memory world with every outlet watched: what leaves it is poured out as AWS would get it."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from fakes import MemoryStore, MemoryWorld
from privacy.canaries import Canaries
from privacy.sinks import Sinks

from shared.aws.doorbell import Doorbell
from shared.aws.events import Events
from shared.aws.store import Playable, PresignedPut
from shared.job import Audio, Key, Lane
from shared.protocol.intents import ChangeRow, CreateRows, Intent, Publish, PutObject, PutRow, Ring, RingDelivery

WEBHOOKS = "queue/webhooks"
OPEN_PREFIXES = ("audio/", "requests/", "transcripts/", "listening/", "work/")
"""What lies there is the call itself, for its tenant and the worker."""


@dataclass
class Recorder:
    """Stands where the clients of SQS and SNS stand: what the adapters send is poured out."""

    sinks: Sinks

    def send_message(self, **sent: Any) -> None:
        self.sinks.pour("delivery rings" if sent["QueueUrl"] == WEBHOOKS else "doorbells", shown(sent))

    def publish(self, **sent: Any) -> None:
        self.sinks.pour("events", sent["Message"])
        self.sinks.pour("event attributes", shown(sent["MessageAttributes"]))


@dataclass
class SigningStore(MemoryStore):
    """Signs its places as S3 does: whoever has the signature may write there."""

    canaries: Canaries = field(default_factory=Canaries)

    def presign_put(self, audio: Audio, expires_s: int) -> PresignedPut:
        place = super().presign_put(audio, expires_s)
        signature = self.canaries.add("signature", uuid.uuid4().hex * 2)
        return PresignedPut(f"{place.url}&X-Amz-Signature={signature}", place.headers)

    def presign_get(self, playable: Playable, expires_s: int) -> str:
        signature = self.canaries.add("signature", uuid.uuid4().hex * 2)
        return f"{super().presign_get(playable, expires_s)}&X-Amz-Signature={signature}"


@dataclass
class Watched(MemoryWorld):
    """Nothing leaves it unseen: rows, keys, objects, messages, events."""

    sinks: Sinks = field(default_factory=Sinks)

    def __post_init__(self) -> None:
        recorder: Any = Recorder(self.sinks)
        self.bell = Doorbell(recorder, {lane: f"queue/{lane}" for lane in Lane}, WEBHOOKS)
        self.topic = Events(recorder, "arn:aws:sns:eu-west-3:000000000000:events")

    def perform(self, intent: Intent[Any]) -> Any:
        match intent:
            case CreateRows(rows=rows):
                for key, row in rows:
                    self.pour_row(key, row)
            case PutRow(key=key, row=row) | ChangeRow(key=key, sets=row):
                self.pour_row(key, row)
            case PutObject():
                self.pour_object(intent)
            case _:
                self._send(intent)
        return super().perform(intent)

    def _send(self, intent: Intent[Any]) -> None:
        """As the adapters send it."""
        match intent:
            case Ring():
                self.bell.ring(intent)
            case RingDelivery():
                self.bell.ring_delivery(intent)
            case Publish():
                self.topic.publish(intent)

    def pour_object(self, intent: PutObject) -> None:
        self.sinks.pour("object keys", intent.key)
        self.sinks.pour("object metadata", shown(intent.metadata))
        if not intent.key.startswith(OPEN_PREFIXES):
            self.sinks.pour("object bodies elsewhere", intent.body.decode(errors="replace"))

    def pour_row(self, key: Key, row: Any) -> None:
        self.sinks.pour("table keys", f"{key.pk} {key.sk}")
        self.sinks.pour("table rows", shown({**row}))


def shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
