"""Builds jobs in a memory world: each method leaves a row as the protocol would have left it."""

import uuid
from dataclasses import dataclass
from typing import Any

from fakes import BUCKET, MemoryWorld

from shared.ids import new_id
from shared.job import Audio, Claim, Job, Lane, Receipt, audio_key
from shared.protocol.claiming import Terms, claim
from shared.protocol.drive import drive
from shared.protocol.submitting import queue, submit

NOW = 1_768_471_200.0
LEASE_S = 60


@dataclass
class Jobs:
    world: MemoryWorld

    def submitted(self, **fields: Any) -> Job:
        job_id = new_id("job", NOW)
        audio = fields.pop("audio", None) or Audio(source="upload", bucket=BUCKET, key=audio_key("sales", job_id))
        job = Job(tenant="sales", id=job_id, params_hash="0" * 64, audio=audio, created_at=NOW, **fields)
        return drive(submit(job, None), self.world).job

    def queued(self, body: bytes = b"audio", **fields: Any) -> Job:
        job = self.submitted(**fields)
        self.world.store.put(job.audio.bucket, job.audio.key, body)
        return drive(queue(job, NOW), self.world)

    def claimed(self, now: float = NOW, *, alone: bool = True, **fields: Any) -> Claim:
        job = self.queued(**fields)
        held = drive(claim(receipt_of(job), terms(now, alone=alone)), self.world)
        assert isinstance(held, Claim)
        return held

    def again(self, job: Job, now: float, *, alone: bool = True) -> Any:
        """Claim `job` once more, as another worker."""
        return drive(claim(receipt_of(job, receive_count=2), terms(now, alone=alone)), self.world)

    def row(self, job: Job) -> Job:
        return Job.model_validate(self.world.row(job.tenant, job.id))


def receipt_of(job: Job, receive_count: int = 1) -> Receipt:
    return Receipt(job.tenant, job.id, Lane.INTERACTIVE, f"handle-{receive_count}", receive_count)


def terms(now: float = NOW, *, alone: bool = True, owner: str = "") -> Terms:
    return Terms(owner=owner or uuid.uuid4().hex, now=now, lease_s=LEASE_S, alone=alone)
