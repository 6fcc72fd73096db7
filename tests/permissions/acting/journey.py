"""One call from its submission to the endpoint that is told of it, each step under the role that takes it."""

from collections.abc import Callable
from contextlib import suppress

from contract.caller import WAV
from permissions.acting.calling import OnStage, caller
from permissions.acting.feeding import deliver_all, take_uploads
from permissions.acting.working import Worker
from permissions.stage import Stage

from shared.errors.root import CallscribeError


def travel(stage: Stage) -> list[str]:
    """The steps that were reached, in their order; the first one that is not ends it."""
    client, worker = caller(stage), Worker(stage)
    job_id = _submitted(client)
    told = len(stage.sender.sent)
    steps: dict[str, Callable[[], bool]] = {
        "submitted": lambda: client.job(job_id).status == "awaiting_upload",
        "uploaded": lambda: _uploads(client, job_id, stage),
        "transcribed": lambda: worker.serve() > 0 and client.job(job_id).status == "completed",
        "read": lambda: client.get(f"/v1/jobs/{job_id}/transcript").status == 200,
        "delivered": lambda: deliver_all(stage) > 0 and len(stage.sender.sent) == told + 1,
    }
    reached = []
    for name, step in steps.items():
        if not _is_done(step):
            break
        reached.append(name)
    return reached


def _submitted(client: OnStage) -> str:
    hook = {"url": "https://hooks.example.com/calls", "events": ["job.completed"]}
    assert client.post("/v1/webhooks", hook).status == 201
    answer = client.submit({"audio": {"upload": {"bytes": len(WAV)}}})
    return str(answer.json["id"])


def _uploads(client: OnStage, job_id: str, stage: Stage) -> bool:
    client.upload(job_id)
    return take_uploads(stage) > 0 and client.job(job_id).status == "queued"


def _is_done(step: Callable[[], bool]) -> bool:
    with suppress(CallscribeError):
        return step()
    return False
