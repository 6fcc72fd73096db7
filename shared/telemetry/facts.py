"""Every fact that is told of a running service, by name, and the only fields and forms that a fact may carry."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

Level = Literal["debug", "info", "warning", "error"]

FactName = Literal[
    "worker_ready",
    "worker_draining",
    "worker_stopped",
    "worker_measured",
    "boot_phase",
    "protection_failed",
    "poll_failed",
    "receipt_settled",
    "job_claimed",
    "job_adopted",
    "call_heard",
    "text_suppressed",
    "listening_not_made",
    "checkpoint_kept",
    "checkpoint_failed",
    "checkpoint_resumed",
    "checkpoint_ignored",
    "job_failed",
    "job_handed_back",
    "job_ended",
    "lease_lost",
    "heartbeat_failed",
    "ending_failed",
    "crashed",
    "job_submitted",
    "job_queued",
    "upload_ignored",
    "request_served",
    "job_canceled",
    "job_retried",
    "job_erased",
    "retention_removed",
    "erasure_advanced",
    "erasure_completed",
    "batch_created",
    "batch_advanced",
    "batch_completed",
    "delivery_attempted",
    "delivery_dead",
    "webhook_disabled",
    "reconciled",
    "reconcile_failed",
    "dead_letter_seen",
    "nightly_ran",
    "nightly_counted",
    "limit_reached",
    "backlog_counted",
    "fleet_shrunk",
    "fleet_failed",
    "canary_ran",
]


@dataclass(frozen=True, slots=True)
class Fact:
    """How a fact is told: its level, and what it means to a reader."""

    level: Level
    meaning: str


FACTS: dict[FactName, Fact] = {
    "worker_ready": Fact("info", "model loaded, decoder checked, polling"),
    "worker_draining": Fact("info", "SIGTERM: no new polls, jobs finish or are handed back"),
    "worker_stopped": Fact("info", "nothing is held any more; with what code the process ends"),
    "worker_measured": Fact("info", "once a minute: how fast, how full, how idle a worker was"),
    "boot_phase": Fact("info", "how long one part of a worker's start took"),
    "protection_failed": Fact("warning", "ECS could not be asked to spare this busy worker, or to spare it no longer"),
    "poll_failed": Fact("warning", "a queue could not be asked; asked again soon"),
    "receipt_settled": Fact("info", "what a message came to"),
    "job_claimed": Fact("info", "this worker holds the job"),
    "job_adopted": Fact("info", "a transcript was there already"),
    "call_heard": Fact("info", "a transcript was made: how far it can be trusted"),
    "text_suppressed": Fact("info", "seconds of a call whose text the sound does not support, for one reason"),
    "listening_not_made": Fact("warning", "a call could not be encoded for a browser: its transcript has no sound"),
    "checkpoint_kept": Fact("info", "what is heard of a long call was kept"),
    "checkpoint_failed": Fact("warning", "it could not be kept; tried again at the next"),
    "checkpoint_resumed": Fact("info", "the job goes on from where an earlier claim was"),
    "checkpoint_ignored": Fact("warning", "a checkpoint is damaged, or another's: the call is heard from its start"),
    "job_failed": Fact("warning", "a named error ended the job"),
    "job_handed_back": Fact("warning", "the job goes back to its queue"),
    "job_ended": Fact("info", "the row says its end, whoever wrote it: how, after what wait and what work"),
    "lease_lost": Fact("warning", "another claim holds the job, or it ended; nothing more is written"),
    "heartbeat_failed": Fact("warning", "a lease could not be renewed; tried again soon"),
    "ending_failed": Fact("warning", "the end of a job could not be written; tried again soon"),
    "crashed": Fact("error", "an error nobody named"),
    "job_submitted": Fact("info", "a row was made"),
    "job_queued": Fact("info", "audio pinned, doorbell rung"),
    "upload_ignored": Fact("info", "an upload event that belongs to no waiting job"),
    "request_served": Fact("info", "an API request was answered"),
    "job_canceled": Fact("info", "a caller ended the job"),
    "job_retried": Fact("info", "a caller queued an ended job again"),
    "job_erased": Fact("info", "a job was erased: tombstone set, objects deleted"),
    "retention_removed": Fact("info", "retention removed audio, transcript or record of a job"),
    "erasure_advanced": Fact("info", "an erasure went on, or the store was swept again"),
    "erasure_completed": Fact("info", "everything in scope was erased, and how long after it was asked for"),
    "batch_created": Fact("info", "a batch was accepted"),
    "batch_advanced": Fact("info", "jobs of a batch were made, or counted"),
    "batch_completed": Fact("info", "all jobs of a batch have ended"),
    "delivery_attempted": Fact("info", "an event was sent to an endpoint, with what answer"),
    "delivery_dead": Fact("error", "the tenth attempt failed: alarm, redeliver by hand"),
    "webhook_disabled": Fact("warning", "an endpoint answered 410"),
    "reconciled": Fact("info", "what the reconciler found and did in one run, nothing included"),
    "reconcile_failed": Fact("warning", "one row could not be healed now; looked at again"),
    "dead_letter_seen": Fact("error", "a message came too often in vain"),
    "nightly_ran": Fact("info", "the nightly batches were made"),
    "nightly_counted": Fact("info", "how many jobs of the nightly batches have not ended"),
    "limit_reached": Fact("warning", "a tenant met one of its limits"),
    "backlog_counted": Fact("info", "what waits in a lane: scaling and alarms act on it"),
    "fleet_shrunk": Fact("info", "machines that stand empty were marked, drained or given back"),
    "fleet_failed": Fact("warning", "a machine could not be given back now; looked at again"),
    "canary_ran": Fact("info", "a known call went all the way, and how much of it came back"),
}

FIELDS = frozenset(
    {
        "job_id", "tenant", "lane", "fence", "attempt", "receive_count", "outcome", "stage", "code", "cause",
        "duration_s", "decode_s", "engine_s", "audio_s", "speech_s", "windows", "warnings", "size_bytes", "codec",
        "isolation", "model", "device", "compute_type", "lanes", "method", "route", "status", "elapsed_ms",
        "batch_id", "webhook_id", "delivery_id", "erasure_id", "event_id", "kind", "jobs", "versions", "status_code",
        "limit", "found", "rung", "published", "request_id", "hide_s", "held", "error_type", "aws", "location",
        "queued_audio_s", "oldest_age_s", "deadline_slack_s", "released", "open_jobs", "fault", "wait_s",
        "processing_s", "turnaround_s", "elapsed_s", "phase", "waits", "reason", "suppressed_s", "suppressed_ratio",
        "low_coverage", "needs_review", "wer", "outbox_oldest_s", "delivery_oldest_due_s", "measured_r",
        "busy", "idle_ratio", "occupancy", "retry_ratio", "row_errors", "gpu_utilization", "gpu_memory_ratio",
        "gpu_temperature", "rows", "links",
    }
)  # fmt: skip
"""The only fields a fact may carry: ids, words of ours, counts, sizes and durations; nothing that a caller said."""

_ID = re.compile("[a-z]{3,8}_[0-9A-Za-z]{1,64}")
_FORMS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {"tenant": re.compile("[a-z0-9][a-z0-9_-]{0,62}"), "request_id": re.compile("[0-9A-Za-z-]{1,64}")}
)


def is_told(field: str, value: object) -> bool:
    """Whether a fact may carry `value` under this name.

    An id that comes out of a message or of the key of an object may be anything at all: one that has not the form of
    an id of ours may be the name of a person, and is left out.
    """
    form = _FORMS.get(field) or (_ID if field.endswith("_id") else None)
    is_formed = form is None or (isinstance(value, str) and form.fullmatch(value) is not None)
    return field in FIELDS and value is not None and is_formed


assert set(FACTS) == set(get_args(FactName)), "every fact has a level and a meaning"
