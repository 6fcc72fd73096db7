"""What a role works on: one deployment, and for each role clients and a world of its own."""

import functools
from dataclasses import dataclass, field
from typing import Any

import pytest
from contract.caller import DeafSender
from jobs import NOW
from permissions.asked import ACCOUNT, REGION, Asking
from permissions.granted import extract
from strict.worlds import PuttingStore

from api.cli.keys import Keys
from api.parts import Parts
from shared.aws.clients import Clients, connect
from shared.aws.doorbell import Doorbell
from shared.aws.events import Events
from shared.aws.ledger import Ledger
from shared.aws.world import AwsWorld
from shared.emulator.resources import aws_environment
from shared.job import Lane
from shared.observe import Observer
from shared.settings import Settings

NAME = "callscribe-local"
BUCKET, SOURCE, TABLE = f"{NAME}-calls-{ACCOUNT}", f"{NAME}-recordings", f"{NAME}-jobs"


class Silent(Observer):
    """Tells nobody."""

    def __init__(self) -> None:
        super().__init__(None, as_fields=False)

    def tell(self, name: Any, **fields: Any) -> None:
        pass


@dataclass(frozen=True)
class Actor:
    """Somebody with credentials: clients, the world over them, and what was asked with them."""

    clients: Clients
    world: Any
    asking: Asking


@dataclass
class Stage:
    """One deployment at `endpoint`; `clock` is every process's, `admin` asks no policy."""

    endpoint: str
    admin: Actor
    actors: dict[str, Actor]
    clock: list[float] = field(default_factory=lambda: [NOW])
    sender: DeafSender = field(default_factory=DeafSender)

    def now(self) -> float:
        return self.clock[0]

    def parts(self, role: str) -> Parts:
        """What a function of that role works with."""
        world = self.actors[role].world
        return Parts(world, world.store, settings_of(self.endpoint), self.now, lambda _: None, Silent(), self.sender)

    def keys(self) -> Keys:
        """`callscribe keys`, as an operator runs it."""
        return Keys(self.actors["operator"].world.ledger)

    def send(self, queue: str, body: str) -> None:
        self.admin.clients.sqs.send_message(QueueUrl=queue_url(self.endpoint, queue), MessageBody=body)


@functools.cache
def settings_of(endpoint: str) -> Settings:
    """The settings of every function."""
    return Settings(
        bucket=BUCKET,
        table=TABLE,
        topic_arn=arn("sns", f"{NAME}-events"),
        queue_interactive_url=queue_url(endpoint, "interactive"),
        queue_batch_url=queue_url(endpoint, "batch"),
        queue_webhooks_url=queue_url(endpoint, "webhooks"),
        allowed_buckets=(SOURCE,),
        models=("default", "large-v3-turbo"),
        base_url="https://stt.example.com",
        internal_api_id="internal",
        submits_per_s=1e6,
        submit_burst=1_000_000,
        reads_per_s=1e6,
        read_burst=1_000_000,
    )


def policies_by_role() -> dict[str, dict[str, Any]]:
    """The statements of each policy, by role; who holds a managed policy is a role here too."""
    found: dict[str, dict[str, Any]] = {}
    for path, statements in extract()["policies"].items():
        role, _, policy = path.removeprefix(f"{NAME}-").partition("/")
        found.setdefault(role.removesuffix("-key"), {})[policy or role] = statements
    return found


def arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"


def queue_url(endpoint: str, name: str) -> str:
    return f"{endpoint}/{ACCOUNT}/{NAME}-{name}"


def clients_of(endpoint: str) -> Clients:
    """Clients as production makes them."""
    with pytest.MonkeyPatch.context() as set_in:
        for name, value in aws_environment(endpoint).items():
            set_in.setenv(name, value)
        return connect()


def world_over(clients: Clients, endpoint: str) -> AwsWorld:
    """The adapters of production over `clients`."""
    lanes = {lane: queue_url(endpoint, lane.value) for lane in Lane}
    return AwsWorld(
        Ledger(clients.dynamodb, TABLE),
        PuttingStore(clients.s3, BUCKET),
        Doorbell(clients.sqs, lanes, queue_url(endpoint, "webhooks")),
        Events(clients.sns, arn("sns", f"{NAME}-events")),
    )
