"""Our side, whole: a worker in this process that empties a queue on the emulator, as it would in production."""

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.calls import Recorded
from benchmarks.engines.cost import CostModel, JobBatch

from shared.aws.clients import connect
from shared.aws.world import AwsWorld, connect_world
from shared.ids import new_id
from shared.job import Audio, Job, Options, Outcome, audio_key
from shared.observe import Observer
from shared.protocol.drive import drive
from shared.protocol.submitting import queue, submit
from shared.settings import Settings
from shared.telemetry import FactName
from worker.__main__ import build, run
from worker.speech.engine import Engine
from worker.speech.model import SpeechModel

LOOK_S = 0.1
LATEST_S = 600.0
COMPLETED = Outcome.COMPLETED.value
FAILURES = {Outcome.REJECTED.value, Outcome.EXHAUSTED.value, Outcome.CHARGED.value, Outcome.LOST.value}
CALLS_PER_WINDOW = 0.88  # call-seconds for each window-second of a stereo call: computed
PREFETCH_S = 90.0
MOST_ROWS = 64  # what the setting allows; the engine here is made by hand


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at a job that the worker holds: when (monotonic seconds), which, and at what."""

    at_s: float
    job_id: str
    stage: str


@dataclass(frozen=True, slots=True)
class Drained:
    """A queue that was emptied: wall and CPU seconds from start to the last settled receipt, every call completed."""

    call_s: float
    wall_s: float
    cpu_s: float
    batches: tuple[JobBatch, ...]
    seen: tuple[Seen, ...]


@dataclass(frozen=True)
class Told(Observer):
    """Counts the jobs that are completed, keeps whatever else became of a receipt, and says nothing."""

    logger: Any = None
    as_fields: bool = False
    expected: int = 0
    outcomes: list[str] = field(default_factory=list)
    all_settled: threading.Event = field(default_factory=threading.Event)

    def tell(self, name: FactName, **fields: Any) -> None:
        """Look at receipts only."""
        if name == "receipt_settled":
            self.outcomes.append(str(fields["outcome"]))
            if self.outcomes.count(COMPLETED) >= self.expected or self.outcomes[-1] in FAILURES:
                self.all_settled.set()


@dataclass(frozen=True, slots=True)
class Fleet:
    """One worker with a modelled engine; a fresh one for each run, because an engine starts once.

    Attributes:
        batch_rows: rows of a batch.
        prepare_at_once: threads that use the CPU, cores less one.
    """

    model: SpeechModel
    network: CostModel
    batch_rows: int
    prepare_at_once: int
    world: AwsWorld = field(default_factory=lambda: connect_world(connect(), Settings()))  # pyright: ignore[reportCallIssue]

    def drain(self, calls: Sequence[Recorded], sign: Callable[[str], None]) -> Drained:
        """Queue the calls, start a worker, wait until every one is completed, stop it.

        Raises:
            RuntimeError: a call was not completed; there is nothing to compare.
        """
        for call in calls:
            submitted(call, self.world)
        self.network.taken()
        told, stop = Told(expected=len(calls)), threading.Event()
        engine = Engine(self.model, self.batch_rows)
        engine.start()
        settings = self._settings()
        intake = build(settings, self.world, engine, told)
        thread = threading.Thread(target=run, args=(intake, engine, settings, stop), name="worker")
        started_s, started_cpu_s = time.monotonic(), time.process_time()
        thread.start()
        seen: list[Seen] = []
        while not told.all_settled.wait(LOOK_S) and time.monotonic() - started_s < LATEST_S:
            held = [(one.claim.job.id, one.progress.standing.stage or "claimed") for one in intake.parts.leases.held]
            seen += [Seen(time.monotonic(), job_id, stage) for job_id, stage in held]
            sign(f"{len(told.outcomes)} of {len(calls)} calls, {sum(b.rows for b in self.network.batches)} windows")
        wall_s, cpu_s = time.monotonic() - started_s, time.process_time() - started_cpu_s
        stop.set()
        thread.join()
        if told.outcomes.count(COMPLETED) < len(calls):
            raise RuntimeError(f"Of {len(calls)} calls, receipts came to {told.outcomes} within {wall_s:.0f} s.")
        return Drained(sum(c.duration_s for c in calls), wall_s, cpu_s, self.network.taken(), tuple(seen))

    def _settings(self) -> Settings:
        """As production would set a worker of this speed: `prefetch_audio_s` is 90 s of its own pace."""
        pace = self.network.cost.window_rate * CALLS_PER_WINDOW
        return Settings(  # pyright: ignore[reportCallIssue]
            lanes=("interactive",),
            batch_rows=min(self.batch_rows, MOST_ROWS),
            jobs_at_once=48,
            prefetch_audio_s=PREFETCH_S * pace,
            prepare_at_once=self.prepare_at_once,
            long_poll_s=1,
        )


def submitted(call: Recorded, world: AwsWorld) -> Job:
    """Put a call into the bucket and its job into the queue, as the API does."""
    now = time.time()  # noqa: TID251 - composition root
    job_id = new_id("job", now)
    audio = Audio(source="upload", bucket=world.store.bucket, key=audio_key("bench", job_id))
    world.store.client.put_object(Bucket=audio.bucket, Key=audio.key, Body=call.path.read_bytes())
    options = Options(language=call.language)
    job = Job(tenant="bench", id=job_id, params_hash=uuid.uuid4().hex * 2, audio=audio, created_at=now, options=options)
    return drive(queue(drive(submit(job, None), world).job, now), world)
