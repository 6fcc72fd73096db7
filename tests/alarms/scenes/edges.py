"""What is almost a fault, and other ways into the faults: together they hold every number of every alarm."""

from alarms.scenes import days
from alarms.scenes.changes import (
    AGE,
    BATCH_AGE,
    WORK,
    Change,
    brief,
    every_second_canary_fails,
    held,
    jobs,
    no_worker_comes,
    refusals,
    requests,
    silent,
)
from alarms.scenes.days import FUNCTIONS, ours, queue, tasks
from alarms.scenes.faults import CROWDED, LETTER, OTHER_LETTER, RARE, STALLED

LATE = tasks("interactive", "Running"), 2.0
MESSAGES = queue("interactive", "Visible"), 100.0

ALMOST: tuple[tuple[str, Change], ...] = (
    ("interactive-wait", held((AGE, 600.0))),
    ("interactive-wait", brief(4, held((AGE, 601.0)))),
    ("interactive-wait-early", held((AGE, 300.0))),
    ("interactive-wait-early", brief(2, held((AGE, 301.0)))),
    ("batch-late", held((BATCH_AGE, 86_400.0))),
    ("nightly-unfinished", held((ours("NightlyOpenJobs"), 0.0))),
    ("dead-letters-interactive", brief(4, held((LETTER, 1.0)))),
    ("dead-letters-other", brief(4, held((OTHER_LETTER, 1.0)))),
    ("work-without-worker", brief(9, no_worker_comes)),
    ("tasks-pending", brief(14, held((tasks("batch", "Pending"), 1.0)))),
    ("at-ceiling", brief(29, held(*CROWDED))),
    ("at-ceiling", held((WORK, 14_400.0), LATE)),
    ("at-ceiling", held((WORK, 90_000.0), (tasks("interactive", "Running"), 1.0))),
    ("worker-stalled", brief(5, held(*STALLED))),
    ("worker-restarts", held((ours("WorkerExits", code="70"), 1.0), every_min=5)),
    ("jobs-failing", jobs("ours", 2, 40)),
    ("jobs-failing", jobs("ours", 3, 160)),
    ("input-failing", jobs("caller", 8, 40)),
    ("slow-engine", held((ours("MeasuredR", lane="interactive"), 30.0))),
    ("slow-engine", brief(14, held((ours("MeasuredR", lane="interactive"), 29.0)))),
    ("gpu-memory", held((ours("GpuMemoryRatio", lane="interactive"), 0.95))),
    ("gpu-memory", brief(9, held((ours("GpuMemoryRatio", lane="interactive"), 0.96)))),
    ("text-suspect", held((ours("SuppressedRatio", lane="interactive"), 0.09))),
    ("text-suspect", held((ours("RetryRatio", lane="batch"), 0.149))),
    ("canary", every_second_canary_fails),
    ("canary-wer", held((ours("CanaryWer"), 0.2), every_min=15)),
    ("reconcile-silent", brief(4, silent(ours("ReconcileRuns")))),
    ("backlog-silent", brief(4, silent(WORK, AGE))),
    ("outbox-stuck", held((ours("OutboxOldestSeconds"), 300.0))),
    ("api-errors", requests(failed=1)),
    ("api-errors", requests(failed=1, of=19)),
    ("api-slow", requests(failed=0, slow=5)),
    ("api-slow", held((ours("RequestSeconds", waits="no"), 1.0))),
    ("api-slow", brief(4, requests(failed=0, slow=6))),
    ("webhooks-failing", held((ours("DeliveryOldestDueSeconds"), 900.0))),
    ("store-errors", brief(2, held((days.table("SystemErrors", Operation="UpdateItem"), 1.0)))),
    ("auth-refusals", refusals(20)),
    ("submits-missing", brief(60, silent(ours("JobsSubmitted", lane="interactive")))),
    ("spend", held((days.spot_notices(), 1.0), every_min=20)),
    *(
        (f"function-errors-{key}", brief(2, held((days.function(key, "Errors"), 1.0))))
        for key in sorted(set(FUNCTIONS) - RARE)
    ),
)
"""By the name of the alarm that must not ring: as much as it bears, or as long."""

ANOTHER_WAY: tuple[tuple[str, Change], ...] = (
    ("nightly-unfinished", held((queue("nightly-dlq", "Visible"), 1.0))),
    ("dead-letters-interactive", held((queue("interactive-dlq", "Visible"), 1.0))),
    ("dead-letters-other", held((queue("batch-dlq", "NotVisible"), 1.0))),
    ("dead-letters-other", held((queue("uploads-dlq", "Visible"), 1.0))),
    ("dead-letters-other", held((queue("subscribers-dlq", "Visible"), 1.0))),
    ("work-without-worker", held(MESSAGES, (WORK, 1.0), (tasks("interactive", "Running"), 0.0))),
    ("tasks-pending", held((tasks("interactive", "Pending"), 1.0))),
    ("at-ceiling", held((WORK, 14_460.0), (ours("MeasuredR", lane="interactive"), 60.0), LATE)),
    ("worker-stalled", held((ours("WorkersBusy", lane="batch"), 1.0), (ours("WindowsDone", lane="batch"), 0.0))),
    ("worker-restarts", held((ours("WorkerExits", code="137"), 1.0), every_min=3)),
    ("slow-engine", held((ours("MeasuredR", lane="batch"), 29.0))),
    ("gpu-memory", held((ours("GpuMemoryRatio", lane="batch"), 0.96))),
    ("text-suspect", held((ours("RetryRatio", lane="batch"), 0.16))),
    ("api-errors", requests(failed=1, of=20)),
    ("api-errors", requests(failed=2, which="internal")),
    ("api-slow", held((ours("RequestSeconds", waits="no"), 1.1))),
    ("webhooks-failing", held((ours("DeliveryOldestDueSeconds"), 901.0))),
    ("store-errors", held((days.table("WriteThrottleEvents"), 1.0))),
    ("function-errors-api", held((days.function("api", "Throttles"), 1.0))),
)
"""By the name of the alarm that must ring, whatever rings with it."""
