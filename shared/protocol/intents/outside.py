"""Everything that is no row: objects, doorbells, events, messages."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.job import Lane, Receipt
from shared.protocol.intents.asking import Intent


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """What a HEAD tells of an object."""

    size_bytes: int
    etag: str
    version_id: str | None
    sha256: str | None
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HeadObject(Intent[ObjectFacts | None]):
    """Look at an object without reading it; `version_id` asks for that one."""

    bucket: str
    key: str
    version_id: str | None = None


@dataclass(frozen=True, slots=True)
class PutObject(Intent[str | None]):
    """Write an object of ours once; its etag, or None if one is there already."""

    key: str
    body: bytes
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReadObject(Intent[bytes | None]):
    """Read an object of ours; None if it is not there."""

    key: str


@dataclass(frozen=True, slots=True)
class DeleteVersions(Intent[int]):
    """Delete every version and delete marker of our objects whose key begins with `prefix`; how many there were."""

    prefix: str


@dataclass(frozen=True, slots=True)
class Ring(Intent[None]):
    """Send the doorbell: a hint that a job wants work."""

    lane: Lane
    tenant: str
    job_id: str
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Publish(Intent[None]):
    """Tell an event: its JSON body and the attributes that subscribers filter by."""

    body: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Hide(Intent[None]):
    """Keep a message from the others for `seconds` from now."""

    receipt: Receipt
    seconds: int


@dataclass(frozen=True, slots=True)
class Delete(Intent[None]):
    """Delete a message: only where the row is terminal and its events are published."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class RingDelivery(Intent[None]):
    """Send a hint, `delay_s` (0 to 900) from now, that the delivery at `key` may be tried."""

    pk: str
    sk: str
    delay_s: int = 0


@dataclass(frozen=True, slots=True)
class CountMessages(Intent[int]):
    """How many messages of any kind the queue of `lane` reports: waiting, delayed, in flight."""

    lane: Lane
