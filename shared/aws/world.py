"""Carries the protocol's intents out on AWS."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.aws.clients import Clients
from shared.aws.doorbell import Doorbell
from shared.aws.events import Events
from shared.aws.ledger import Ledger
from shared.aws.store import Store
from shared.aws.walking import list_versions, scan
from shared.job import Lane
from shared.protocol.intents import (
    ChangeRow,
    CountMessages,
    CreateRows,
    Delete,
    DeleteRow,
    DeleteVersions,
    FindRows,
    HeadObject,
    Hide,
    Intent,
    ListVersions,
    Publish,
    PutObject,
    PutRow,
    ReadObject,
    ReadRow,
    ReadRows,
    Ring,
    RingDelivery,
    ScanRows,
)
from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class AwsWorld:
    """Table, bucket, queues and topic of one deployment."""

    ledger: Ledger
    store: Store
    doorbell: Doorbell
    events: Events

    def perform(self, intent: Intent[Any]) -> Any:
        """Answer one intent by the adapter that can."""
        actions: dict[type, Callable[[Any], Any]] = {
            ReadRow: lambda asked: self.ledger.read(asked.key),
            ReadRows: lambda asked: self.ledger.read_many(asked.keys),
            FindRows: self.ledger.find,
            ScanRows: lambda asked: scan(self.ledger, asked),
            PutRow: lambda asked: self.ledger.put(asked.key, asked.row),
            DeleteRow: lambda asked: self.ledger.remove(asked.key),
            CreateRows: self.ledger.create,
            ChangeRow: self.ledger.change,
            HeadObject: self.store.head,
            PutObject: self.store.put_once,
            ReadObject: self.store.read_if_there,
            ListVersions: lambda asked: list_versions(self.store, asked),
            DeleteVersions: self.store.delete_versions,
            Ring: self.doorbell.ring,
            RingDelivery: self.doorbell.ring_delivery,
            CountMessages: lambda asked: self.doorbell.count(asked.lane),
            Publish: self.events.publish,
            Hide: lambda asked: self.doorbell.hide(asked.receipt, asked.seconds),
            Delete: lambda asked: self.doorbell.delete(asked.receipt),
        }
        return actions[type(intent)](intent)


def connect_world(clients: Clients, settings: Settings) -> AwsWorld:
    """The world of a deployment, as its settings name it."""
    urls = {Lane.INTERACTIVE: settings.queue_interactive_url, Lane.BATCH: settings.queue_batch_url}
    return AwsWorld(
        Ledger(clients.dynamodb, settings.table),
        Store(clients.s3, settings.bucket),
        Doorbell(clients.sqs, urls, settings.queue_webhooks_url),
        Events(clients.sns, settings.topic_arn),
    )
