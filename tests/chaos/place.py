"""A place of its own for each wave: table, bucket, queues and topic on one emulator, so that waves never meet."""

import itertools
import json
import os
from dataclasses import dataclass
from typing import Any

from shared.aws.clients import Clients, connect
from shared.aws.world import AwsWorld, connect_world
from shared.emulator.making import table_definition
from shared.emulator.resources import REGION, arn, aws_environment, queue_url
from shared.job import Job, Key
from shared.settings import Settings

LEASE_S = 12
"""Long enough for a busy machine to gather all who are to die before the first one's messages come back."""
QUEUES = ("dlq", "interactive", "batch", "events")
COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")
RECEIVES = 50
"""Far above the 10 of the service: only waves about dead letters want any."""
_numbers = itertools.count(1)


def clients_at(endpoint: str) -> Clients:
    """Clients of an emulator, without a connection yet: making them takes longer than a kill, forking them nothing."""
    os.environ.update(aws_environment(endpoint))  # noqa: TID251 - a composition root
    return connect()


def after_fork(clients: Clients) -> Clients:
    """The clients that a process was forked with, without the connections of its parent."""
    for client in (clients.s3, clients.sqs, clients.sns, clients.dynamodb):
        client.close()
    return clients


@dataclass(frozen=True, slots=True)
class Place:
    """Where one wave happens."""

    endpoint: str
    name: str
    clients: Clients
    lease_s: int = LEASE_S

    @property
    def bucket(self) -> str:
        return f"calls-{self.name}"

    @property
    def tenant(self) -> str:
        return f"t-{self.name}"

    def url(self, queue: str) -> str:
        """Where one of `QUEUES` answers."""
        return queue_url(self.endpoint, f"{self.name}-{queue}")

    def settings(self, **changed: Any) -> Settings:
        """The settings of every process here; `changed` wins."""
        told = {
            "bucket": self.bucket,
            "table": f"jobs-{self.name}",
            "topic_arn": arn("sns", f"{self.name}-topic"),
            "queue_interactive_url": self.url("interactive"),
            "queue_batch_url": self.url("batch"),
            "lanes": "interactive",
            "lease_s": self.lease_s,
            "heartbeat_s": self.lease_s / 3,
            "long_poll_s": 1,
            "decoder_sandbox": "preferred",
            "submits_per_s": 1e6,
            "submit_burst": 1_000_000,
            "audio_hours_per_day": 1e6,
        }
        return Settings(**{**told, **changed})

    def world(self, **changed: Any) -> AwsWorld:
        """The adapters of this place."""
        return connect_world(self.clients, self.settings(**changed))

    def job(self, job_id: str) -> Job:
        """The row of a job."""
        return Job.model_validate(self.world().ledger.read(Key.of_job(self.tenant, job_id)))

    def count(self, queue: str, *, hidden: bool = True) -> int:
        """Messages in one of `QUEUES`: of any kind, or only those that the next who asks would get."""
        answer = self.clients.sqs.get_queue_attributes(QueueUrl=self.url(queue), AttributeNames=list(COUNTS))[
            "Attributes"
        ]
        return sum(int(answer.get(count, 0)) for count in (COUNTS if hidden else COUNTS[:1]))

    def events(self) -> list[dict[str, Any]]:
        """Everything that a subscriber has heard since the last look."""
        heard: list[dict[str, Any]] = []
        for messages in iter(lambda: self._received("events"), []):
            heard += [json.loads(message["Body"]) for message in messages]
        return heard

    def _received(self, queue: str) -> list[Any]:
        answer = self.clients.sqs.receive_message(
            QueueUrl=self.url(queue), MaxNumberOfMessages=10, VisibilityTimeout=3_600, WaitTimeSeconds=0
        )
        return answer.get("Messages", [])


def made(endpoint: str, clients: Clients, lease_s: int) -> Place:
    """A fresh place."""
    place = Place(endpoint, f"p{os.getpid()}-{next(_numbers)}", clients, lease_s)
    name = place.name
    for queue in QUEUES:
        redrive = {"deadLetterTargetArn": arn("sqs", f"{name}-dlq"), "maxReceiveCount": RECEIVES}
        is_lane = queue in ("interactive", "batch")
        clients.sqs.create_queue(QueueName=f"{name}-{queue}")
        if is_lane:
            clients.sqs.set_queue_attributes(
                QueueUrl=place.url(queue), Attributes={"RedrivePolicy": json.dumps(redrive)}
            )
    topic = clients.sns.create_topic(Name=f"{name}-topic")["TopicArn"]
    clients.sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=arn("sqs", f"{name}-events"),
        Attributes={"RawMessageDelivery": "true"},
    )
    clients.s3.create_bucket(Bucket=place.bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    clients.s3.put_bucket_versioning(Bucket=place.bucket, VersioningConfiguration={"Status": "Enabled"})
    clients.dynamodb.create_table(**table_definition(f"jobs-{name}"))
    return place


def gone(place: Place) -> None:
    """Give back what the emulator keeps in memory; objects are few and small, and stay."""
    place.clients.dynamodb.delete_table(TableName=f"jobs-{place.name}")
    for queue in QUEUES:
        place.clients.sqs.delete_queue(QueueUrl=place.url(queue))
