"""Every metric by name: what it is counted in, under which dimensions, and what it means."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, get_args

NAMESPACE: Final = "Callscribe"
ENV: Final = "env"
"""The dimension that every metric has beside its own."""

Unit = Literal["Seconds", "Count", "Percent", "None"]
MetricName = Literal[
    "JobsSubmitted",
    "JobsEnded",
    "JobsFailed",
    "QueueWaitSeconds",
    "ProcessingSeconds",
    "TurnaroundSeconds",
    "QueuedAudioSeconds",
    "QueuedJobs",
    "OldestJobAgeSeconds",
    "DeadlineSlackSeconds",
    "NightlyOpenJobs",
    "MeasuredR",
    "WorkersBusy",
    "WindowsDone",
    "EngineIdleRatio",
    "BatchOccupancy",
    "RetryRatio",
    "BatchRowErrors",
    "GpuUtilization",
    "GpuMemoryRatio",
    "GpuTemperature",
    "SuppressedSeconds",
    "SuppressedRatio",
    "LowCoverageRatio",
    "NeedsReviewRatio",
    "CanaryWer",
    "CanaryFailures",
    "LeasesLost",
    "Releases",
    "Rings",
    "DeadLetters",
    "OutboxOldestSeconds",
    "ReconcileRuns",
    "ProtectionFailures",
    "WorkerStarts",
    "WorkerExits",
    "Deliveries",
    "DeliveriesDead",
    "DeliveryOldestDueSeconds",
    "RequestSeconds",
    "AuthRefusals",
    "RequestsFailed",
    "BootPhaseSeconds",
    "ErasureSeconds",
]


@dataclass(frozen=True, slots=True)
class Metric:
    """What a number is counted in, under which dimensions beside `env`, and what it means. A ratio is 0 to 1."""

    unit: Unit
    dimensions: tuple[str, ...]
    meaning: str


_LANE = ("lane",)
METRICS: Final[Mapping[MetricName, Metric]] = MappingProxyType(
    {
        "JobsSubmitted": Metric("Count", _LANE, "jobs that were born"),
        "JobsEnded": Metric("Count", ("lane", "status"), "jobs that ended: completed, failed, canceled"),
        "JobsFailed": Metric("Count", ("fault",), "failed jobs, by whose fault: ours or the caller's"),
        "QueueWaitSeconds": Metric("Seconds", _LANE, "from queued to the claim that ended the job"),
        "ProcessingSeconds": Metric("Seconds", _LANE, "from that claim to the end"),
        "TurnaroundSeconds": Metric("Seconds", _LANE, "from queued to the end"),
        "QueuedAudioSeconds": Metric("Seconds", _LANE, "call seconds still to be heard, held ones included"),
        "QueuedJobs": Metric("Count", _LANE, "jobs that wait for a worker"),
        "OldestJobAgeSeconds": Metric("Seconds", _LANE, "how long the oldest of them waits; 0 where none does"),
        "DeadlineSlackSeconds": Metric("Seconds", _LANE, "how long the tightest deadline lets a start wait"),
        "NightlyOpenJobs": Metric("Count", (), "jobs of the nightly batches that have not ended"),
        "MeasuredR": Metric("None", _LANE, "call seconds that a worker hears a second in which it holds any"),
        "WorkersBusy": Metric("Count", _LANE, "1 where a worker holds a job, else 0; the sum counts workers"),
        "WindowsDone": Metric("Count", _LANE, "windows that the engine answered in the minute"),
        "EngineIdleRatio": Metric("None", _LANE, "share of the time with a job in hand that the engine stood still"),
        "BatchOccupancy": Metric("None", _LANE, "rows in batches ÷ rows that they could have held"),
        "RetryRatio": Metric("None", _LANE, "share of rows that were decoded again, for doubt"),
        "BatchRowErrors": Metric("Count", _LANE, "rows that broke a batch even when they were alone"),
        "GpuUtilization": Metric("Percent", _LANE, "share of the time in which the GPU computed, 0 to 100"),
        "GpuMemoryRatio": Metric("None", _LANE, "share of the GPU's memory that is taken"),
        "GpuTemperature": Metric("None", _LANE, "degrees Celsius of the GPU"),
        "SuppressedSeconds": Metric("Seconds", ("reason",), "seconds whose text was suppressed, by reason"),
        "SuppressedRatio": Metric("None", _LANE, "suppressed seconds ÷ seconds that the engine wrote text for"),
        "LowCoverageRatio": Metric("None", _LANE, "1 where speech has no text, else 0; the mean is the share of calls"),
        "NeedsReviewRatio": Metric("None", _LANE, "1 where a person should look, else 0; the mean is the share"),
        "CanaryWer": Metric("None", (), "share of words wrong in the known call"),
        "CanaryFailures": Metric("Count", (), "1 where the known call did not come back well, else 0"),
        "LeasesLost": Metric("Count", (), "claims that were overtaken, or whose job ended without them"),
        "Releases": Metric("Count", (), "1 where a receipt ended as a release, uncharged, else 0"),
        "Rings": Metric("Count", (), "doorbells that the reconciler had to ring"),
        "DeadLetters": Metric("Count", (), "messages that came too often in vain"),
        "OutboxOldestSeconds": Metric("Seconds", (), "age of the oldest event that is not published; 0 where all are"),
        "ReconcileRuns": Metric("Count", (), "runs of the reconciler that came to their end"),
        "ProtectionFailures": Metric("Count", (), "scale-in protections that could not be set or cleared"),
        "WorkerStarts": Metric("Count", _LANE, "workers that became ready"),
        "WorkerExits": Metric("Count", ("code",), "workers that ended by themselves, by exit code"),
        "Deliveries": Metric("Count", ("outcome",), "webhook attempts: delivered, pending (again later), dead, lost"),
        "DeliveriesDead": Metric("Count", (), "deliveries whose tenth attempt failed"),
        "DeliveryOldestDueSeconds": Metric("Seconds", (), "how late the latest due delivery is; 0 where none is"),
        "RequestSeconds": Metric("Seconds", ("waits",), "seconds to an answer; waits: yes where it was asked to wait"),
        "AuthRefusals": Metric("Count", (), "1 where a request was answered 401 or 403, else 0"),
        "RequestsFailed": Metric("Count", (), "1 where a request was answered 5xx, else 0; the mean is the share"),
        "BootPhaseSeconds": Metric("Seconds", ("phase",), "parts of a start: import, weights, warm_up, first_claim"),
        "ErasureSeconds": Metric("Seconds", (), "from the request to the last object's deletion"),
    }
)  # fmt: skip


assert set(METRICS) == set(get_args(MetricName)), "every metric has a unit, dimensions and a meaning"
