"""What may be left of a job that was erased, or whose retention is over, field by field: ids, times, words of ours."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

PLACE = frozenset({"pk", "sk", "tenant", "id"})
LOOKS = frozenset({"check_shard", "next_check_at", "expires_at"})
FIELDS: Mapping[str, frozenset[str]] = {
    "job": PLACE
    | LOOKS
    | {"status", "lane", "batch_id", "belongs_to", "revision", "revision_of", "options", "params_hash", "retention"}
    | {"audio", "audio_s", "fence", "attempts", "releases", "lease_owner", "lease_until", "not_before", "rings"}
    | {"error", "cause", "sequence", "outbox", "tombstone", "rung_at", "listening_removed_at"}
    | {"created_at", "queued_at", "started_at", "first_started_at", "completed_at", "deadline_at"},
    "delivery": PLACE
    | LOOKS
    | {"webhook_id", "event_id", "type", "job_id", "belongs_to", "status", "erased", "attempts", "attempts_made"}
    | {"fence", "lease_owner", "lease_until", "next_at", "rings", "created_at", "delivered_at"},
    "receipt": PLACE
    | LOOKS
    | {"status", "jobs", "object_versions_deleted", "pages", "swept_at", "created_at", "completed_at"},
    "page": frozenset({"pk", "sk", "jobs", "looked_to", "expires_at"}),
    "revision": frozenset({"pk", "sk", "job_id", "made_of"}),
    "idempotency": frozenset({"pk", "sk", "request_sha256", "made", "expires_at"}),
}
INSIDE: Mapping[str, frozenset[str]] = {
    "audio": frozenset(
        {"source", "bucket", "key", "size_bytes", "removed_at", "duration_s", "sample_rate_hz", "channels", "codec"}
    ),
    "error": frozenset({"code", "message", "retryable", "stage", "attempt", "cause"}),
    "tombstone": frozenset({"reason", "at", "erasure_id"}),
}
OURS = re.compile(r"(audio/[a-z0-9_-]+/job_[0-9A-Z]{26})?")
"""The key of our own copy is made of ids; that of a caller's object is gone."""


def kind_of(pk: str, sk: str) -> str:
    """What a row is, by where it lies."""
    if sk == "JOB":
        return "job"
    if sk.startswith("REVISION#"):
        return "revision"
    if pk.endswith("#ERASURES"):
        return "page" if "#" in sk else "receipt"
    if sk.startswith("dlv_"):
        return "delivery"
    return "idempotency" if sk == "IDEMPOTENCY" else "other"


def breaches(row: Mapping[str, Any]) -> Iterator[str]:
    """Every field of a row that may not be there."""
    kind = kind_of(row["pk"], row["sk"])
    # These hold ids and counts.
    is_bare = kind == "delivery" and row.get("type") in ("job.erased", "batch.completed", "webhook.test")
    told_of_the_end = {"body"} if is_bare else set()
    for name in sorted(set(row) - FIELDS[kind] - told_of_the_end):
        yield f"{kind}: {name}"
    for name, allowed in INSIDE.items() if kind == "job" else ():
        yield from (f"{kind}: {name}.{inner}" for inner in sorted(set(row.get(name, {})) - allowed))
    if kind == "job" and not OURS.fullmatch(row["audio"]["key"]):
        yield f"{kind}: audio.key"
    if kind == "job" and row.get("error", {}).get("message", "") != row.get("error", {}).get("code", ""):
        yield f"{kind}: error.message"
