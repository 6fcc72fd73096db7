"""A fault for each alarm, and the situations that scaling is for; each begins at three in the afternoon, in Paris."""

from collections.abc import Mapping
from dataclasses import dataclass

from alarms.cloudwatch.samples import Samples
from alarms.scenes import days
from alarms.scenes.changes import (
    AGE,
    BATCH_AGE,
    WORK,
    Change,
    held,
    jobs,
    no_worker_comes,
    refusals,
    requests,
    silent,
)
from alarms.scenes.days import FUNCTIONS, MONDAY, ours, queue, tasks

THREE = MONDAY + 14 * 60
"""The day's work is in full course."""
RARE = frozenset({"canary", "nightly"})
"""Functions that run too seldom to fail three times in five minutes."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens, after how many minutes at most its alarm rings, and which other alarms ring with it."""

    change: Change
    within_min: int
    companions: frozenset[str] = frozenset()
    lasts_min: int = 60


STALLED = (ours("WorkersBusy", lane="interactive"), 1.0), (ours("WindowsDone", lane="interactive"), 0.0)
CROWDED = (WORK, 90_000.0), (tasks("interactive", "Running"), 2.0)
LETTER, OTHER_LETTER = queue("interactive-dlq", "NotVisible"), queue("webhooks-dlq", "Visible")
WAITING = frozenset({"interactive-wait", "interactive-wait-early"})

FAULTS: Mapping[str, Fault] = {
    "interactive-wait": Fault(held((AGE, 601.0)), 5, WAITING - {"interactive-wait"}),
    "interactive-wait-early": Fault(held((AGE, 301.0)), 3),
    "batch-late": Fault(held((BATCH_AGE, 86_401.0)), 1),
    "nightly-unfinished": Fault(held((ours("NightlyOpenJobs"), 1.0)), 1),
    "dead-letters-interactive": Fault(held((LETTER, 1.0)), 5),
    "dead-letters-other": Fault(held((OTHER_LETTER, 1.0)), 5),
    "work-without-worker": Fault(no_worker_comes, 10, WAITING | {"tasks-pending"}),
    "tasks-pending": Fault(held((tasks("batch", "Pending"), 1.0)), 15),
    "at-ceiling": Fault(held(*CROWDED), 30),
    "worker-stalled": Fault(held(*STALLED), 6),
    "worker-restarts": Fault(held((ours("WorkerExits", code="70"), 1.0), every_min=3), 15),
    "jobs-failing": Fault(jobs("ours", 3, 40), 15),
    "input-failing": Fault(jobs("caller", 9, 40), 60, lasts_min=90),
    "slow-engine": Fault(held((ours("MeasuredR", lane="interactive"), 29.0)), 15),
    "gpu-memory": Fault(held((ours("GpuMemoryRatio", lane="interactive"), 0.96)), 10),
    "text-suspect": Fault(held((ours("SuppressedRatio", lane="interactive"), 0.1)), 60, lasts_min=90),
    "canary": Fault(held((ours("CanaryFailures"), 1.0), every_min=15), 30),
    "canary-wer": Fault(held((ours("CanaryWer"), 0.21), every_min=15), 15),
    "reconcile-silent": Fault(silent(ours("ReconcileRuns")), 5),
    "backlog-silent": Fault(silent(WORK, AGE), 5),
    "outbox-stuck": Fault(held((ours("OutboxOldestSeconds"), 301.0)), 3),
    "api-errors": Fault(requests(failed=2), 3),
    "api-slow": Fault(requests(failed=0, slow=6), 5),
    "webhooks-failing": Fault(held((ours("DeliveriesDead"), 1.0), every_min=10), 1),
    "store-errors": Fault(held((days.table("SystemErrors", Operation="UpdateItem"), 1.0)), 3),
    "auth-refusals": Fault(refusals(21), 5),
    "submits-missing": Fault(silent(ours("JobsSubmitted", lane="interactive")), 180, lasts_min=240),
    "spend": Fault(held((days.spot_notices(), 1.0), every_min=14), 60, lasts_min=90),
} | {
    f"function-errors-{key}": Fault(held((days.function(key, "Errors"), 1.0)), 1 if key in RARE else 3)
    for key in FUNCTIONS
}
"""By the name of the alarm that must ring."""

SITUATIONS = {"wake": (720.0, 0.0), "burst": (9e6, 1.0), "idle": (0.0, 1.0)}
"""What the alarms of scaling are for: seconds of calls, and workers that are wanted and run."""


def scaling(lane: str, situation: str) -> Fault:
    """A situation in which scaling must act."""
    work_s, workers = SITUATIONS[situation]
    counts = ((tasks(lane, what), workers) for what in ("Desired", "Running"))
    return Fault(held((ours("QueuedAudioSeconds", lane=lane), work_s), *counts), 5)


def with_fault(day: Samples, fault: Fault, begins: int = THREE) -> tuple[Samples, range]:
    """The day with the fault in it, and the minutes that it lasts."""
    minutes, faulty = range(begins, begins + fault.lasts_min), day.copy()
    fault.change(faulty, minutes)
    return faulty, minutes
