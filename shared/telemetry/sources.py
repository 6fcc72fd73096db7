"""Which field of which fact gives which metric: a fact that is told is a log line and a metric at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from shared.telemetry.facts import FactName
from shared.telemetry.metrics import METRICS, MetricName


@dataclass(frozen=True, slots=True)
class Source:
    """How a fact gives a metric: a field's value, or 1.

    `field`: absent from the telling, nothing is given. `among`: 1 where the field is one of these, else 0.
    `factor`: by which the value is multiplied.
    """

    metric: MetricName
    field: str | None = None
    among: frozenset[Any] | None = None
    factor: float = 1.0


SOURCES: Final[Mapping[FactName, tuple[Source, ...]]] = MappingProxyType(
    {
        "job_submitted": (Source("JobsSubmitted"),),
        "job_ended": (
            Source("JobsEnded"),
            Source("JobsFailed"),
            Source("QueueWaitSeconds", "wait_s"),
            Source("ProcessingSeconds", "processing_s"),
            Source("TurnaroundSeconds", "turnaround_s"),
        ),
        "backlog_counted": (
            Source("QueuedAudioSeconds", "queued_audio_s"),
            Source("QueuedJobs", "jobs"),
            Source("OldestJobAgeSeconds", "oldest_age_s"),
            Source("DeadlineSlackSeconds", "deadline_slack_s"),
        ),
        "nightly_counted": (Source("NightlyOpenJobs", "open_jobs"),),
        "worker_measured": (
            Source("MeasuredR", "measured_r"),
            Source("WorkersBusy", "busy"),
            Source("WindowsDone", "windows"),
            Source("EngineIdleRatio", "idle_ratio"),
            Source("BatchOccupancy", "occupancy"),
            Source("RetryRatio", "retry_ratio"),
            Source("BatchRowErrors", "row_errors"),
            Source("GpuUtilization", "gpu_utilization"),
            Source("GpuMemoryRatio", "gpu_memory_ratio"),
            Source("GpuTemperature", "gpu_temperature"),
        ),
        "text_suppressed": (Source("SuppressedSeconds", "suppressed_s"),),
        "call_heard": (
            Source("SuppressedRatio", "suppressed_ratio"),
            Source("LowCoverageRatio", "low_coverage"),
            Source("NeedsReviewRatio", "needs_review"),
        ),
        "canary_ran": (Source("CanaryWer", "wer"), Source("CanaryFailures", "outcome", frozenset({"failed"}))),
        "lease_lost": (Source("LeasesLost"),),
        "receipt_settled": (Source("Releases", "outcome", frozenset({"released"})),),
        "reconciled": (
            Source("ReconcileRuns"),
            Source("Rings", "rung"),
            Source("OutboxOldestSeconds", "outbox_oldest_s"),
            Source("DeliveryOldestDueSeconds", "delivery_oldest_due_s"),
        ),
        "dead_letter_seen": (Source("DeadLetters"),),
        "protection_failed": (Source("ProtectionFailures"),),
        "worker_ready": (Source("WorkerStarts"),),
        "worker_stopped": (Source("WorkerExits"),),
        "delivery_attempted": (Source("Deliveries"),),
        "delivery_dead": (Source("DeliveriesDead"),),
        "request_served": (
            Source("RequestSeconds", "elapsed_ms", factor=0.001),
            Source("AuthRefusals", "status", frozenset({401, 403})),
            Source("RequestsFailed", "status", frozenset(range(500, 600))),
        ),
        "boot_phase": (Source("BootPhaseSeconds", "elapsed_s"),),
        "erasure_completed": (Source("ErasureSeconds", "elapsed_s"),),
    }
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a metric, and what its dimensions are, `env` left out."""

    metric: MetricName
    value: float
    dimensions: Mapping[str, str]


def samples_of(name: FactName, fields: Mapping[str, Any]) -> Iterator[Sample]:
    """What a fact with these fields says in numbers; a metric whose field or dimension is not told is left out."""
    for source in SOURCES.get(name, ()):
        wanted = METRICS[source.metric].dimensions
        dimensions = {one: str(fields[one]) for one in wanted if one in fields}
        value = _value(source, fields)
        if value is not None and len(dimensions) == len(wanted):
            yield Sample(source.metric, value, dimensions)


def _value(source: Source, fields: Mapping[str, Any]) -> float | None:
    if source.field is None:
        return 1.0
    told = fields.get(source.field)
    if source.among is not None:
        return None if told is None else float(told in source.among)
    return None if told is None else float(told) * source.factor
