"""The one list of what the local stack has, as data: names and settings, nothing that calls.

`infra/` says the same for the cloud; a test holds the two against each other, setting by setting.
"""

from dataclasses import dataclass
from typing import Final

from shared.job import Lane

ACCOUNT = "123456789012"
"""Of the emulator: there the access key id is the account."""
SECRET = "test"  # noqa: S105 - the one secret with which the emulator checks presigned signatures
REGION: Final = "eu-central-1"

DAY_S = 86_400
RETENTION_S = 14 * DAY_S
"""The most SQS allows; a dead letter keeps the time at which it was first sent."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """Objects under `prefix` go after `days`; `noncurrent_days` after they were replaced or deleted."""

    name: str
    prefix: str
    days: int | None = None
    noncurrent_days: int | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Each object made under `prefix` is told to the queue of that name."""

    prefix: str
    queue: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """A versioned bucket; `browser_uploads` lets a page of another origin PUT to a presigned URL."""

    name: str
    expiries: tuple[Expiry, ...] = ()
    notice: Notice | None = None
    browser_uploads: bool = False


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue; `dead_letters` names the queue for messages received `max_receive_count` times in vain."""

    name: str
    visibility_s: int = 60
    retention_s: int = RETENTION_S
    long_poll_s: int = 20
    dead_letters: str | None = None
    max_receive_count: int = 10


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic whose events go, as they are and without an envelope, to each of `raw_queues`."""

    name: str
    raw_queues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with keys `pk` and `sk`, paid by request, whose items vanish after the moment in `ttl_field`."""

    name: str
    ttl_field: str


@dataclass(frozen=True, slots=True)
class Stack:
    """Everything there is."""

    buckets: tuple[Bucket, ...]
    queues: tuple[Queue, ...]
    topic: Topic
    table: Table


DEAD_LETTERS_VISIBILITY_S = 900


def _with_dead_letters(name: str, visibility_s: int = 60) -> tuple[Queue, Queue]:
    """A queue is never made without its dead-letter queue, which comes first because the other names it."""
    dead = f"{name}-dlq"
    letters = Queue(dead, visibility_s=DEAD_LETTERS_VISIBILITY_S)
    return letters, Queue(name, visibility_s=visibility_s, dead_letters=dead)


UPLOADS = "callscribe-local-uploads"
EVENTS = "callscribe-local-events"
WEBHOOKS = "callscribe-local-webhooks"
WEBHOOKS_VISIBILITY_S = 180
"""The dispatcher may take so long over ten events whose endpoints are all slow."""

LOCAL = Stack(
    buckets=(
        Bucket(
            "callscribe-local-calls",
            expiries=(Expiry("checkpoints", "work/", days=2), Expiry("replaced", "", noncurrent_days=1)),
            notice=Notice("audio/", UPLOADS),
            browser_uploads=True,
        ),
        Bucket("callscribe-local-recordings"),
    ),
    queues=(
        *_with_dead_letters("callscribe-local-interactive"),
        *_with_dead_letters("callscribe-local-batch"),
        *_with_dead_letters(UPLOADS),
        *_with_dead_letters(EVENTS),
        *_with_dead_letters(WEBHOOKS, visibility_s=WEBHOOKS_VISIBILITY_S),
    ),
    topic=Topic(EVENTS, raw_queues=(EVENTS, WEBHOOKS)),
    table=Table("callscribe-local-jobs", ttl_field="expires_at"),
)


def arn(service: str, name: str) -> str:
    """The ARN of a queue or topic of the local account."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"


def queue_url(endpoint: str, name: str) -> str:
    """Where a queue answers; known without asking, so that the environment can be made before the queue is."""
    return f"{endpoint}/{ACCOUNT}/{name}"


def environment(endpoint: str) -> dict[str, str]:
    """What every process of the local stack finds in its environment: where AWS is, and the names of its things.

    Args:
        endpoint: where the emulator answers, `http://127.0.0.1:<port>`.
    """
    calls, recordings = LOCAL.buckets
    return {
        **aws_environment(endpoint),
        "CALLSCRIBE_BUCKET": calls.name,
        "CALLSCRIBE_ALLOWED_BUCKETS": recordings.name,
        "CALLSCRIBE_TABLE": LOCAL.table.name,
        "CALLSCRIBE_TOPIC_ARN": arn("sns", LOCAL.topic.name),
        "CALLSCRIBE_QUEUE_UPLOADS_URL": queue_url(endpoint, UPLOADS),
        "CALLSCRIBE_QUEUE_WEBHOOKS_URL": queue_url(endpoint, WEBHOOKS),
        **{f"CALLSCRIBE_QUEUE_{lane.name}_URL": queue_url(endpoint, f"callscribe-local-{lane.value}") for lane in Lane},
        **{
            f"CALLSCRIBE_QUEUE_{lane.name}_DLQ_URL": queue_url(endpoint, f"callscribe-local-{lane.value}-dlq")
            for lane in Lane
        },
    }


def aws_environment(endpoint: str) -> dict[str, str]:
    """What botocore reads; no file of the person at the keyboard can lead it to the real AWS."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }
