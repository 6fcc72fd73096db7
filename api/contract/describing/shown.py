"""The answers that openapi.json shows, made by the same models and views that answer."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from api.contract.batches import BatchCounts, BatchList, BatchPreview, BatchView
from api.contract.describing.call import LISTENING, PEAKS, TRANSCRIPT
from api.contract.describing.examples import IDS, JOB_ID, SHA256
from api.contract.erasures import ErasureView
from api.contract.jobs import Format, UploadView, view_of
from api.contract.listing import JobList
from api.contract.problems import problem_of
from api.contract.service import Health, LaneView, ModelList, ModelView, QueueStatus
from api.contract.webhooks import ALL_EVENTS, AttemptView, DeliveryList, DeliveryView, WebhookList, WebhookView
from shared.errors.fields import FieldError
from shared.errors.jobs import InternalError, JobError
from shared.errors.requests import RequestError, ValidationFailed
from shared.errors.root import CallscribeError
from shared.job import Audio, Job, Quality, Result, Status

BORN_AT = 1_768_471_202.114
_JOB = Job(
    tenant="sales",
    id=JOB_ID,
    reference="crm-call-8841",
    metadata={"campaign": "q1-renewal"},
    tags=("team:lyon",),
    params_hash="",
    audio=Audio(source="upload", bucket="", key="", size_bytes=224_058, sha256=SHA256),
    created_at=BORN_AT,
)
_QUEUED = _JOB.model_copy(update={"status": Status.QUEUED, "queued_at": 1_768_471_203.402})
_CANCELED = _QUEUED.model_copy(update={"status": Status.CANCELED, "completed_at": 1_768_471_205.25})
_HEARD = {"duration_s": 14.0, "sample_rate_hz": 8_000, "channels": 2, "codec": "pcm_mulaw"}
_COMPLETED = _QUEUED.model_copy(
    update={
        "status": Status.COMPLETED,
        "attempts": 1,
        "started_at": 1_768_471_209.12,
        "completed_at": 1_768_471_210.871,
        "audio": _JOB.audio.model_copy(update=_HEARD),
        "result": Result(
            bucket="",
            key="",
            etag="",
            sha256="",
            language="fr",
            language_confidence=0.98,
            duration_s=14.0,
            quality=Quality(mean_confidence=0.97, low_confidence_ratio=0.0, coverage=0.971, needs_review=False),
            warnings=("text_suppressed",),
            decode_s=0.03,
            engine_s=0.41,
        ),
    }
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
_SKIPPED = {"audio_expired": 9, "same_options": 31}
_BATCH = BatchView(
    id=IDS["batch_id"],
    status="running",
    lane="batch",
    reference="nightly-2026-01-15",
    rejected=(),
    skipped=_SKIPPED,
    counts=BatchCounts(total=372, queued=300, processing=2, completed=68, failed=2, canceled=0),
    created_at="2026-01-15T22:00:00.000Z",
    completed_at=None,
    deadline_at="2026-01-16T05:00:00.000Z",
)
_ERASURE = ErasureView(
    id=IDS["erasure_id"],
    status="completed",
    jobs=1,
    object_versions_deleted=3,
    created_at="2026-01-16T09:30:00.000Z",
    completed_at="2026-01-16T09:30:01.420Z",
    swept_at=(),
)
_WEBHOOK = WebhookView(
    id=IDS["webhook_id"],
    url="https://hooks.example.com/callscribe",
    events=ALL_EVENTS,
    description=None,
    status="enabled",
    secret=None,
    previous_secret_until=None,
    created_at="2026-01-15T09:50:00.000Z",
)
_SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="  # noqa: S105 - the bytes 0 to 31, nobody's secret
_DELIVERY = DeliveryView(
    id=IDS["delivery_id"],
    webhook_id=IDS["webhook_id"],
    event_id="evt_44c408aebd0d5005ac197ecbbcef3092",
    event_type="job.completed",
    job_id=JOB_ID,
    status="delivered",
    attempts=(AttemptView(at="2026-01-15T10:00:11.020Z", status_code=204, error=None, elapsed_ms=87),),
    next_attempt_at=None,
    created_at="2026-01-15T10:00:10.901Z",
    delivered_at="2026-01-15T10:00:11.107Z",
)
_PENDING = {"status": "pending", "attempts": (), "next_attempt_at": "2026-01-15T10:00:10.901Z", "delivered_at": None}
_TOLD = _DELIVERY.model_copy(update=_PENDING)
_TEST = _TOLD.model_copy(
    update={"event_id": "evt_8f2a1d3c4b5e5f60a7b8c9d0e1f20314", "event_type": "webhook.test", "job_id": None}
)
_LANE = LaneView(jobs=3, audio_s=541.0, processing=2, oldest_age_s=4.2, estimated_start_at="2026-01-15T10:00:09.000Z")
_NIGHT = LaneView(jobs=0, audio_s=0.0, processing=0, oldest_age_s=None, estimated_start_at=None)
_MODEL = ModelView(
    name="default", sha256=None, languages=("en", "fr", "de", "it"), compute_type="int8_float16", wer=None, rtf=None
)
_ANSWERS: Mapping[str, BaseModel] = {
    "submit_job": view_of(_JOB, _PLACE),
    "sign_upload": view_of(_JOB, _PLACE),
    "complete_upload": view_of(_QUEUED),
    "retry_job": view_of(_QUEUED),
    "read_job": view_of(_COMPLETED),
    "cancel_job": view_of(_CANCELED),
    "list_jobs": JobList(has_more=True, next_cursor="c1.eyJiIjoiMDFLRjBIUFdHMCJ9.7kQ2", data=(view_of(_COMPLETED),)),
    "read_transcript": TRANSCRIPT,
    "read_audio": LISTENING,
    "read_peaks": PEAKS,
    "erase_job": _ERASURE,
    "create_erasure": _ERASURE.model_copy(
        update={"status": "running", "object_versions_deleted": 0, "completed_at": None}
    ),
    "read_erasure": _ERASURE,
    "create_batch": _BATCH,
    "read_batch": _BATCH,
    "cancel_batch": _BATCH.model_copy(update={"status": "canceled", "completed_at": "2026-01-15T22:10:00.000Z"}),
    "list_batches": BatchList(has_more=False, next_cursor=None, data=(_BATCH,)),
    "BatchPreview": BatchPreview(matched=412, skipped=_SKIPPED, jobs=372, audio_s=133_920.0),
    "create_webhook": _WEBHOOK.model_copy(update={"secret": _SECRET}),
    "rotate_secret": _WEBHOOK.model_copy(
        update={"secret": _SECRET, "previous_secret_until": "2026-01-16T10:00:00.000Z"}
    ),
    "read_webhook": _WEBHOOK,
    "change_webhook": _WEBHOOK.model_copy(update={"status": "disabled"}),
    "list_webhooks": WebhookList(data=(_WEBHOOK,)),
    "test_webhook": _TEST,
    "redeliver": _TOLD,
    "list_deliveries": DeliveryList(has_more=False, next_cursor=None, data=(_DELIVERY,)),
    "list_models": ModelList(data=(_MODEL,)),
    "read_queue": QueueStatus(
        lanes={"interactive": _LANE, "batch": _NIGHT}, workers=2, as_of="2026-01-15T10:00:02.114Z"
    ),
    "check_health": Health(),
}
ANSWERS: Mapping[str, Any] = MappingProxyType(
    {name: answer.model_dump(mode="json", by_alias=True) for name, answer in _ANSWERS.items()}
)
TEXTS: Mapping[Format, str] = MappingProxyType(
    {
        "txt": "[00:00:00] agent: Service commercial, bonjour.\n",
        "srt": "1\n00:00:00,400 --> 00:00:01,900\nagent: Service commercial, bonjour.\n\n",
        "vtt": "WEBVTT\n\n00:00:00.400 --> 00:00:01.900\n<v agent>Service commercial, bonjour.\n\n",
    }
)


def problem(code: str) -> Any:
    """A refusal with `code`, as it is answered."""
    return problem_of(_error(code), "req-01KF0HJ2A9").model_dump(mode="json")


def _error(code: str) -> CallscribeError:
    """The error that is answered with `code`."""
    if code == ValidationFailed.code:
        return ValidationFailed(
            (FieldError("/options/langauge", "unknown_field", "Unknown field. Did you mean 'language'?"),)
        )
    kinds: tuple[type[CallscribeError], ...] = (
        InternalError,
        *RequestError.__subclasses__(),
        *JobError.__subclasses__(),
    )
    return next(kind for kind in kinds if kind.code == code)()
