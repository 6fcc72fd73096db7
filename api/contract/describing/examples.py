"""The examples of openapi.json: what a test sends is what the reader sees."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from api.contract.jobs import UploadView, view_of
from shared.job import Audio, Job

JOB_ID = "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A"
SHA256 = "ded25489679032251e839c54036fc9a2ad1c5c2655f88e4c6de00fc4f5ea667d"
UPLOAD: dict[str, Any] = {
    "audio": {"upload": {"bytes": 224_058, "sha256": SHA256}},
    "reference": "crm-call-8841",
    "metadata": {"campaign": "q1-renewal"},
    "tags": ["team:lyon"],
}
S3_URI: dict[str, Any] = {"audio": {"s3_uri": "s3://sales-calls-eu/call-8842.wav"}, "lane": "batch"}

_JOB = Job(
    tenant="sales",
    id=JOB_ID,
    reference="crm-call-8841",
    metadata={"campaign": "q1-renewal"},
    tags=("team:lyon",),
    params_hash="",
    audio=Audio(source="upload", bucket="", key="", size_bytes=224_058, sha256=SHA256),
    created_at=1_768_471_202.114,
)
_PLACE = UploadView(
    url=f"https://calls-eu.s3.eu-west-3.amazonaws.com/audio/sales/{JOB_ID}?X-Amz-Expires=900",
    headers={
        "Content-Type": "application/octet-stream",
        "If-None-Match": "*",
        "x-amz-checksum-sha256": "3tJUiWeQMiUeg5xUA2/Joq0cXCZV+I5MbeAPxPXqZn0=",
    },
    expires_at="2026-01-15T10:15:02.114Z",
)
_WAITING = view_of(_JOB, _PLACE).model_dump(mode="json", by_alias=True)

ANSWERS = MappingProxyType({"submit_job": _WAITING, "sign_upload": _WAITING})

REQUESTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "create_batch": {
            "again": {
                "value": {
                    "selector": {
                        "created_after": "2026-01-14T00:00:00Z",
                        "created_before": "2026-01-15T00:00:00Z",
                        "needs_review": True,
                        "model_not": "large-v3",
                    },
                    "reference": "nightly-2026-01-15",
                    "dry_run": True,
                }
            },
            "items": {"value": {"items": [{"s3_uri": "s3://sales-calls-eu/call-8842.wav", "reference": "call-8842"}]}},
        },
        "create_erasure": {"person": {"value": {"subject_ref": "customer-5f21"}}},
        "create_webhook": {"all": {"value": {"url": "https://hooks.example.com/callscribe"}}},
        "change_webhook": {"pause": {"value": {"enabled": False}}},
    }
)
