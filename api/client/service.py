"""What the service tells of itself: models, queue, health."""

from collections.abc import Mapping

from api.client.calling import Asked, Wire, at
from api.client.views import Instant, Page, View


class Model(View):
    """A model that `Wishes.model` may name; figures are null until they are measured."""

    name: str
    sha256: str | None = None
    languages: tuple[str, ...] = ()
    compute_type: str | None = None
    wer: Mapping[str, float] | None = None
    rtf: float | None = None


class Lane(View):
    """What waits in one lane; seconds of calls, and when a job sent now would start."""

    jobs: int
    audio_s: float
    processing: int
    oldest_age_s: float | None = None
    estimated_start_at: Instant | None = None


class Queue(View):
    """Both lanes, and who works."""

    lanes: Mapping[str, Lane]
    workers: int
    as_of: Instant


class Health(View):
    """The service answers and reaches its table."""

    status: str


class Service:
    """The methods of a client that are about the service itself."""

    wire: Wire

    def models(self) -> tuple[Model, ...]:
        """The models of this deployment."""
        return self.wire.read(Asked("GET", at("models")), Page[Model]).data

    def queue(self) -> Queue:
        """How busy the service is."""
        return self.wire.read(Asked("GET", at("queue")), Queue)

    def health(self) -> bool:
        """True if the service is well; raises what is wrong if it is not."""
        return self.wire.read(Asked("GET", at("health")), Health).status == "ok"
