"""Jobs as a submission leaves them, but many at a time: rows in batches, doorbells in batches, one recording for all."""

import io
import json
import time
import wave
from typing import Any

import numpy as np
from chaos.place import Place

from shared.aws.expressions import item_of, key_item
from shared.ids import new_id
from shared.job import Audio, Job, Status
from shared.protocol.submitting import RING_CHECK_S, found_by

CALL_S = 0.5
ROWS_AT_ONCE, RINGS_AT_ONCE = 25, 10


def recording(seconds: float = CALL_S) -> bytes:
    """A short tone at 8 kHz, as telephones send it."""
    samples = (np.sin(np.arange(int(8_000 * seconds)) / 3) * 8_000).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setparams((1, 2, 8_000, 0, "NONE", ""))
        wav.writeframes(samples.tobytes())
    return file.getvalue()


def queued(place: Place, number: int, *, rung: bool = True, body: bytes | None = None, **fields: Any) -> list[Job]:
    """`number` jobs that wait for a worker; `rung` says whether their doorbells have been sent and noted."""
    now = time.time()  # noqa: TID251 - real processes
    body = recording() if body is None else body
    pin = place.clients.s3.put_object(Bucket=place.bucket, Key="calls/shared.wav", Body=body)
    audio = Audio(
        source="s3",
        bucket=place.bucket,
        key="calls/shared.wav",
        size_bytes=len(body),
        etag=pin["ETag"],
        version_id=pin["VersionId"],
    )
    jobs = [_queued(place, audio, now, rung=rung, **fields) for _ in range(number)]
    _put(place, jobs)
    if rung:
        ring(place, jobs)
    return jobs


def ring(place: Place, jobs: list[Job], queue: str = "interactive") -> None:
    """Send one doorbell for each job."""
    for begin in range(0, len(jobs), RINGS_AT_ONCE):
        entries = [
            {
                "Id": str(number),
                "MessageBody": json.dumps({"v": 1, "tenant": job.tenant, "job": job.id}),
                "MessageGroupId": job.tenant,
            }
            for number, job in enumerate(jobs[begin : begin + RINGS_AT_ONCE])
        ]
        place.clients.sqs.send_message_batch(QueueUrl=place.url(queue), Entries=entries)


def _queued(place: Place, audio: Audio, now: float, *, rung: bool, **fields: Any) -> Job:
    job = Job(tenant=place.tenant, id=new_id("job", now), params_hash="0" * 64, audio=audio, created_at=now)
    told = {
        **found_by(job),
        "status": Status.QUEUED,
        "queued_at": now,
        "next_check_at": now + RING_CHECK_S,
        "audio_s": CALL_S,
        **({"rung_at": now, "rings": 1} if rung else {}),
    }
    return job.model_copy(update={**told, **fields})


def _put(place: Place, jobs: list[Job]) -> None:
    table = f"jobs-{place.name}"
    for begin in range(0, len(jobs), ROWS_AT_ONCE):
        items = [
            {**key_item(job.row_key), **item_of(job.model_dump(mode="json", exclude_none=True))}
            for job in jobs[begin : begin + ROWS_AT_ONCE]
        ]
        puts: Any = {table: [{"PutRequest": {"Item": item}} for item in items]}
        answer = place.clients.dynamodb.batch_write_item(RequestItems=puts)
        assert not answer.get("UnprocessedItems"), "the emulator takes a whole batch"
