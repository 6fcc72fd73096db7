"""The requests that openapi.json shows: what a test sends is what the reader sees."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

JOB_ID = "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A"
SHA256 = "ded25489679032251e839c54036fc9a2ad1c5c2655f88e4c6de00fc4f5ea667d"
IDS: Mapping[str, str] = MappingProxyType(
    {
        "job_id": JOB_ID,
        "batch_id": "bat_01KF1TRBR08WQ2R5TXMZ0NCJ3A",
        "webhook_id": "whk_01KF0GZ7M4C2D9E6F8G1H3J5K7",
        "delivery_id": "dlv_01KF0HJAV7T3R5Q9P1N2M4K6J8",
        "erasure_id": "era_01KF2ABCD3E5F7G9H1J2K4M6N8",
    }
)
UPLOAD: dict[str, Any] = {
    "audio": {"upload": {"bytes": 224_058, "sha256": SHA256}},
    "reference": "crm-call-8841",
    "metadata": {"campaign": "q1-renewal"},
    "tags": ["team:lyon"],
}
S3_URI: dict[str, Any] = {"audio": {"s3_uri": "s3://sales-calls-eu/call-8842.wav"}, "lane": "batch"}
NIGHTLY: dict[str, Any] = {
    "selector": {
        "created_after": "2026-01-14T00:00:00Z",
        "created_before": "2026-01-15T00:00:00Z",
        "needs_review": True,
        "model_not": "large-v3",
    },
    "reference": "nightly-2026-01-15",
    "dry_run": True,
}
ITEMS: dict[str, Any] = {
    "items": [{"s3_uri": "s3://sales-calls-eu/call-8842.wav", "reference": "crm-call-8842"}, {"job_id": JOB_ID}]
}

REQUESTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "submit_job": {
            "upload": {"summary": "audio that will be uploaded", "value": UPLOAD},
            "s3_uri": {"summary": "audio in a bucket that the service may read", "value": S3_URI},
        },
        "create_batch": {
            "nightly": {"summary": "what a night would transcribe again", "value": NIGHTLY},
            "items": {"summary": "a call in a bucket, and a job again", "value": ITEMS},
        },
        "create_erasure": {
            "person": {"summary": "all calls of one person", "value": {"subject_ref": "customer-5f21"}},
            "reference": {"summary": "all calls of one reference", "value": {"reference": "crm-call-8841"}},
            "batch": {"summary": "all jobs of one batch", "value": {"batch_id": IDS["batch_id"]}},
        },
        "create_webhook": {
            "all": {"summary": "every event", "value": {"url": "https://hooks.example.com/callscribe"}},
            "ends": {
                "summary": "only the ends of jobs",
                "value": {"url": "https://hooks.example.com/ends", "events": ["job.completed", "job.failed"]},
            },
        },
        "change_webhook": {
            "pause": {"summary": "send nothing for now", "value": {"enabled": False}},
            "move": {"summary": "send to another place", "value": {"url": "https://hooks.example.com/v2"}},
        },
    }
)
