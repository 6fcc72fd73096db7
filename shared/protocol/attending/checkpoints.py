"""Checkpoints: what is heard of a long call is kept, so that the next claim goes on from there."""

import hashlib

from shared.erasure import is_erased
from shared.errors.transient import LeaseLost
from shared.job import Claim, Job
from shared.protocol.intents import Answer, Changed, ChangeRow, DeleteVersions, PutObject, ReadObject, Steps
from shared.protocol.working import ours


def resume(job: Job) -> Steps[bytes | None]:
    """What an earlier claim kept last, if it kept anything and it is still there: it is used up in two days."""
    if job.checkpoint is None:
        return None
    body: bytes | None = yield ReadObject(job.checkpoint)
    return body


def keep(held: Claim, number: int, body: bytes) -> Steps[Job]:
    """Keep checkpoint `number` of this claim, and let the row point to it; the job as it stands then.

    The object comes first: a row never points to what is not there. Both names carry the fence, so a claim that was
    overtaken never replaces what its successor kept.

    Raises:
        LeaseLost: another claim holds the job now, or it ended; nothing is left behind of an erased one.
    """
    job = held.job
    key = f"{job.work_prefix}ckpt-{held.fence}-{number}.json"
    sha256 = hashlib.sha256(body).hexdigest()
    yield PutObject(key, body, {"job": job.id, "tenant": job.tenant, "params-hash": job.params_hash, "sha256": sha256})
    answer: Answer = yield ChangeRow(job.row_key, ours(held.fence), {"checkpoint": key})
    if isinstance(answer, Changed):
        return answer.job
    if answer.job is not None and is_erased(answer.job):
        yield DeleteVersions(job.work_prefix)
    raise LeaseLost
