"""Where an answer leads: the id that it holds is what the next request needs."""

from collections.abc import Mapping
from types import MappingProxyType

from api.contract.describing.schemas import Json

READ = ("read_transcript", "read_audio", "read_peaks")
JOB = ("read_job", "sign_upload", "complete_upload", "cancel_job", "retry_job", *READ, "erase_job")
BATCH = ("read_batch", "cancel_batch")
WEBHOOK = ("read_webhook", "change_webhook", "test_webhook", "rotate_secret", "list_deliveries", "delete_webhook")

_FROM: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "submit_job": ("job_id", JOB),
        "complete_upload": ("job_id", ("read_job", "cancel_job", *READ, "erase_job")),
        "cancel_job": ("job_id", ("read_job", "cancel_job", "retry_job", "read_transcript", "erase_job")),
        "retry_job": ("job_id", ("read_job", "retry_job", "cancel_job", "erase_job")),
        "create_batch": ("batch_id", (*BATCH, "list_jobs")),
        "cancel_batch": ("batch_id", (*BATCH, "list_jobs")),
        "erase_job": ("erasure_id", ("read_erasure",)),
        "create_erasure": ("erasure_id", ("read_erasure",)),
        "create_webhook": ("webhook_id", WEBHOOK),
        "change_webhook": ("webhook_id", WEBHOOK),
        "rotate_secret": ("webhook_id", WEBHOOK),
    }
)
_REDELIVER = {"webhook_id": "$response.body#/webhook_id", "delivery_id": "$response.body#/id"}


def links_from(name: str) -> Json:
    """The links of the good answer of the route `name`; empty where none leads on."""
    if name == "test_webhook":
        return {"redeliver": {"operationId": "redeliver", "parameters": _REDELIVER}}
    parameter, targets = _FROM.get(name, ("", ()))
    return {
        target: {"operationId": target, "parameters": {parameter: "$response.body#/id"}} for target in targets
    } | _back(name)


def _back(name: str) -> Json:
    """From an erasure of one job back to the job, which is gone then."""
    if name != "erase_job":
        return {}
    return {"read_job": {"operationId": "read_job", "parameters": {"job_id": "$request.path.job_id"}}}
