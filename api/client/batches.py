"""Many calls at once: a batch is previewed, made, followed and canceled; its jobs are read like any others."""

import itertools
import uuid
from collections.abc import Iterator, Mapping

from api.client.calling import Asked, Wire, at
from api.client.following import every
from api.client.views import Instant, Page, View
from api.client.wishes import Calls, Wishes, calls_as_json

LOOK_EVERY_S = 5.0


class Preview(View):
    """What a batch would do; `audio_s` seconds of calls in `jobs` jobs, `skipped` counts by reason."""

    matched: int
    skipped: Mapping[str, int]
    jobs: int
    audio_s: float


class Counts(View):
    """The jobs of a batch, by status."""

    total: int
    queued: int
    processing: int
    completed: int
    failed: int
    canceled: int

    @property
    def ended(self) -> int:
        """How many have come to their end."""
        return self.completed + self.failed + self.canceled


class Rejected(View):
    """An item that cannot become a job: its place among the items, from 0, and the reason."""

    index: int
    code: str


class JobBatch(View):
    """A batch as the API shows it."""

    id: str
    status: str
    lane: str
    reference: str | None = None
    rejected: tuple[Rejected, ...] = ()
    skipped: Mapping[str, int] = {}
    counts: Counts
    created_at: Instant
    completed_at: Instant | None = None
    deadline_at: Instant | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether all its jobs have ended."""
        return self.status in ("completed", "canceled")


class Batches:
    """The methods of a client that are about batches.

    Example:
        `client.create_batch(["s3://calls/1.wav", "s3://calls/2.wav"], Wishes(language="fr"))`
    """

    wire: Wire

    def preview(self, calls: Calls, wishes: Wishes | None = None) -> Preview:
        """What a batch of `calls` would do; nothing is made."""
        body = {**calls_as_json(calls), **(wishes or Wishes()).as_batch_json(), "dry_run": True}
        return self.wire.read(Asked("POST", at("batches"), body=body), Preview)

    def create_batch(
        self, calls: Calls, wishes: Wishes | None = None, *, idempotency_key: str | None = None
    ) -> JobBatch:
        """Make a batch of items or of what a selector chooses; with the same key it is made once."""
        body = {**calls_as_json(calls), **(wishes or Wishes()).as_batch_json()}
        return self.wire.read(
            Asked("POST", at("batches"), body=body, key=idempotency_key or str(uuid.uuid4())), JobBatch
        )

    def batch(self, batch_id: str) -> JobBatch:
        """A batch with its counts as they are now."""
        return self.wire.read(Asked("GET", at("batches", batch_id)), JobBatch)

    def batches(self, status: str | None = None, page_size: int = 100) -> Iterator[JobBatch]:
        """All batches, newest first, page by page as you read on."""
        return every(self.wire, Asked("GET", at("batches"), {"status": status, "limit": page_size}), Page[JobBatch])

    def batch_states(self, batch_id: str, look_every_s: float = LOOK_EVERY_S) -> Iterator[JobBatch]:
        """The batch now, then every `look_every_s`, until all its jobs have ended."""
        for _ in itertools.count():
            batch = self.batch(batch_id)
            yield batch
            if batch.is_terminal:
                return
            self.wire.patience.pause(look_every_s)

    def cancel_batch(self, batch_id: str) -> JobBatch:
        """Cancel every job of a batch that has not ended."""
        return self.wire.read(Asked("POST", at("batches", batch_id, "cancel")), JobBatch)
