"""What the use cases need of the outside, built once a process, and what several of them do with it."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

from api.contract.jobs import UploadView
from api.outbound.post import Delivered
from api.outbound.post import Sender as WebhookSender
from shared.aws.clients import connect
from shared.aws.secrets import with_secrets
from shared.aws.store import Playable, PresignedPut
from shared.aws.traces import connect_tracing
from shared.aws.world import connect_world
from shared.erasure import is_erased
from shared.errors.jobs import UploadMismatch
from shared.errors.requests import Erased, NotFound
from shared.errors.transient import EventsUnavailable
from shared.event import instant
from shared.ids import is_id
from shared.job import Audio, Job, Key
from shared.observe import Observer, observer
from shared.protocol.announcing import announce
from shared.protocol.drive import World, drive
from shared.protocol.intents import ReadRow
from shared.protocol.submitting import queue
from shared.settings import Settings, load
from shared.tracing import OFF, Tracing
from shared.watching import Watched

V_co = TypeVar("V_co", bound=BaseModel, covariant=True)


class Store(Protocol):
    """The bucket, as far as it is no intent."""

    def presign_put(self, audio: Audio, expires_s: int) -> PresignedPut:
        """Sign a place for the declared audio."""

    def presign_get(self, playable: Playable, expires_s: int) -> str:
        """Sign a URL that plays an object."""

    def read(self, key: str) -> bytes:
        """Read an object of ours."""


class Sender(Protocol):
    """What carries an event to an endpoint, to public addresses only."""

    def vet(self, url: str) -> object:
        """Refuse, with `UrlNotAllowed`, an address that no event may be sent to."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes, now: float) -> Delivered:
        """Try once; whatever a receiver does is an answer, never an exception."""


@dataclass(frozen=True, slots=True)
class Created(Generic[V_co]):
    """What a request made, or what an equal one made before it, and where it is."""

    view: V_co
    location: str | None = None
    replayed: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """The headers that go with the answer."""
        place = {"Location": self.location} if self.location else {}
        return {**place, "Idempotency-Replayed": "true"} if self.replayed else place


@dataclass(frozen=True, slots=True)
class Parts:
    """Handed to every use case; tests hand in a memory world and a clock of their own."""

    world: World
    store: Store
    settings: Settings
    now: Callable[[], float]
    pause: Callable[[float], object]
    observer: Observer
    sender: Sender
    leased: dict[str, float] = field(default_factory=dict)
    """What this process has taken of shared limits and not used yet."""
    tracing: Tracing = OFF

    def job(self, tenant: str, job_id: str) -> Job:
        """The job as it is now, strongly consistent.

        Raises:
            NotFound: no id, unknown, or another tenant's: nobody can tell which.
            Erased: it was erased.
        """
        row = self.world.perform(ReadRow(Key.of_job(tenant, job_id))) if is_id("job", job_id) else None
        if row is None:
            raise NotFound
        job = Job.model_validate(row)
        if is_erased(job):
            raise Erased
        return job

    def upload_place(self, job: Job) -> UploadView:
        """A freshly signed place for the audio of `job`."""
        signed = self.store.presign_put(job.audio, self.settings.upload_url_s)
        expires_at = instant(self.now() + self.settings.upload_url_s)
        return UploadView(url=signed.url, headers=dict(signed.headers), expires_at=expires_at)

    def arrived(self, job: Job) -> Job:
        """Queue `job`, or let it fail of audio that is not what was declared; the job as it is then.

        Raises:
            UploadMissing: no object is there.
        """
        try:
            queued = drive(queue(job, self.now()), self.world)
        except UploadMismatch:
            return self.told(self.job(job.tenant, job.id))
        if queued.status is not job.status:
            self.observer.tell("job_queued", job_id=job.id, tenant=job.tenant, lane=job.lane.value)
        return queued

    def told(self, job: Job) -> Job:
        """Publish the failure; if that fails it stays pending in the row, and the reconciler tells it."""
        try:
            return drive(announce(job, self.settings.base_url), self.world)
        except EventsUnavailable:
            return job


@cache
def production() -> Parts:
    """The parts that the environment names; the settings are read here, on the first request."""
    settings = with_secrets(load())
    world = connect_world(connect(), settings)
    told, tracing = observer("callscribe-api", settings.log_format, settings.env), connect_tracing(settings, "api")
    now, pause = time.time, threading.Event().wait  # noqa: TID251 - the clock is wired here, and handed on
    sender = WebhookSender(clock=time.monotonic, allow_loopback=settings.webhook_allow_loopback)
    watched = Watched(world, told, tracing)
    return Parts(watched, world.store, settings, now, pause, told, sender, tracing=tracing)


@contextmanager
def serving() -> Iterator[Parts]:
    """The parts, for one invocation; what it traced is sent before it ends, for then this process may stand still."""
    parts = production()
    try:
        yield parts
    finally:
        parts.tracing.flush()
