"""A worker without its model under the worker's role: the real intake, leases and protocol over AWS's API."""

import contextlib
import dataclasses
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from bench import parts_of
from heard import DERIVATIVE, ListenedScribe
from jobs import LEASE_S
from permissions.acting.seeding import Seeds
from permissions.stage import BUCKET, Silent, Stage
from strict.lives import Hearing

from shared.capacity import WorkerSign
from shared.errors.transient import LeaseLost, StorageUnavailable
from shared.job import Claim, Lane, Receipt
from shared.protocol.attending import attend, keep, resume
from shared.protocol.claiming import Terms, claim
from shared.protocol.drive import drive
from shared.protocol.intents import Transcribe
from worker.intake import Intake
from worker.lease import Leases
from worker.presence import Presence

TAKES = 30
"""Messages taken at most before a queue counts as endless."""
URL = "https://stt.example.com"
ABOUT = WorkerSign(
    id="w", at=0.0, expires_at=0.0, lanes=(Lane.INTERACTIVE,), held={}, model="m", model_sha256="0" * 64,
    compute_type="int8", device="cpu",
)  # fmt: skip


class Listened(Hearing):
    """A worker that leaves something to listen to."""

    def perform(self, intent: Any) -> Any:
        told = super().perform(intent)
        return dataclasses.replace(told, listening=DERIVATIVE) if isinstance(intent, Transcribe) else told


@dataclass
class Worker:
    """One worker; `scribe` writes the example of the contract for every call."""

    stage: Stage
    scribe: ListenedScribe = field(default_factory=ListenedScribe)

    def __post_init__(self) -> None:
        self.world = self.stage.actors["worker"].world
        self.leases = Leases(self.world, LEASE_S, self.stage.now, Silent())
        parts = parts_of(self.world, self.leases, self.scribe, self.stage.now)
        self.intake = Intake(self.world.doorbell, parts, ThreadPoolExecutor(1), room=4, room_s=3_600, long_poll_s=0)

    def serve(self) -> int:
        """Take what has been rung for in both lanes, each to its end; how many messages there were."""
        taken = 0
        for lane in Lane:
            for _ in range(TAKES):
                receipt = self.world.doorbell.receive(lane, 0, LEASE_S)
                if receipt is None:
                    break
                self.intake.work(receipt)
                taken += 1
        return taken

    def claimed(self) -> Claim:
        """Win the next call that was rung for."""
        receipt = self.world.doorbell.receive(Lane.INTERACTIVE, 0, LEASE_S)
        assert receipt is not None, "nobody rang"
        return self.won(receipt)

    def won(self, receipt: Receipt) -> Claim:
        held = drive(claim(receipt, Terms("w", self.stage.now(), LEASE_S, alone=True)), self.world)
        assert isinstance(held, Claim), held
        return held

    def kept(self) -> Claim:
        """A claim of which a checkpoint has been kept."""
        held = self.claimed()
        return Claim(drive(keep(held, 1, b"{}"), self.world), held.receipt)


def live_through_everything(worker: Worker, seeds: Seeds) -> None:
    """What a worker does on good days and on bad ones."""
    worker.serve()
    _read_everywhere(worker, seeds)
    worker.serve()
    seeds.queued()
    held = worker.kept()
    _stay_alive(worker, held)
    _store_twice(worker, held)
    seeds.queued()
    _lose(worker, seeds, worker.kept())
    _hand_back(worker, seeds)


def _read_everywhere(worker: Worker, seeds: Seeds) -> None:
    """Audio of ours and of others, pinned by version, or where a bucket keeps none, by its etag."""
    for job in (seeds.queued(seeds.source("call-9")), seeds.queued()):
        worker.world.store.fetch(job.audio.model_copy(update={"version_id": None})).close()


def _stay_alive(worker: Worker, held: Claim) -> None:
    """Heartbeats, a sign of life, a checkpoint that is read again."""
    worker.leases.hold(held)
    worker.leases.beat()
    assert drive(resume(held.job), worker.world) == b"{}"
    presence = Presence(worker.leases, worker.world, worker.stage.now, Silent(), ABOUT)
    presence.tell()
    presence.leave()


def _store_twice(worker: Worker, held: Claim) -> None:
    """The second time the transcript is there, and adopted."""
    for _ in range(2):
        drive(attend(held, BUCKET, worker.stage.now), Listened(worker.world))


def _hand_back(worker: Worker, seeds: Seeds) -> None:
    """Something is out of reach: the message is hidden for a while, in either lane."""
    worker.scribe.happens.append(StorageUnavailable())
    for lane in Lane:
        seeds.queued(lane=lane)
    worker.serve()
    worker.scribe.happens.clear()


def _lose(worker: Worker, seeds: Seeds, held: Claim) -> None:
    """The call is erased while it is being heard: nothing of it may stay."""
    seeds.erased(held.job)
    with contextlib.suppress(LeaseLost):
        drive(keep(held, 2, b"{}"), worker.world)
    drive(attend(held, BUCKET, worker.stage.now), Listened(worker.world))
