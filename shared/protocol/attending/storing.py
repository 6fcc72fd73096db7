"""The store step: a transcript is written once, and whoever comes second adopts what is there.

What is listened to with it is written before it: where the transcript is, that is too.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors.transient import StorageUnavailable
from shared.job import Job, Quality, Result
from shared.protocol.intents import HeadObject, Listening, ObjectFacts, PutObject, ReadObject, Steps, Transcribed
from shared.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored transcript: what the job tells of it, what decoding found of the audio, and when it was there."""

    result: Result
    facts: Mapping[str, Any]
    at: float


def adopt(job: Job, bucket: str, now: float) -> Steps[Stored | None]:
    """The transcript of `job` that is there already, if one is: the first write wins."""
    found: ObjectFacts | None = yield HeadObject(bucket, job.transcript_key)
    if found is None:
        return None
    body: bytes | None = yield ReadObject(job.transcript_key)
    if body is None:
        return None
    pointer = {"bucket": bucket, "key": job.transcript_key, "etag": found.etag, "sha256": found.metadata["sha256"]}
    return Stored(_result(Transcript.model_validate_json(body), pointer), _facts(found.metadata), now)


def store(job: Job, made: Transcribed, bucket: str, now: float) -> Steps[Stored]:
    """Write the transcript of `job` and what belongs to it, or adopt the one that somebody wrote meanwhile.

    Raises:
        StorageUnavailable: refused as taken, yet nothing is there: somebody is erasing it.
    """
    usual = {"job": job.id, "tenant": job.tenant, "revision": str(job.revision)}
    if made.listening is not None:
        # The peaks tell of the sound, so they come behind it; what an earlier claim has written is as good.
        if made.listening.audio is not None:
            yield PutObject(f"{job.listening_key}.webm", made.listening.audio, usual)
        yield PutObject(f"{job.listening_key}.json", made.listening.peaks, usual | _played(made.listening, made.facts))
    body = made.transcript.model_dump_json().encode()
    metadata = {**usual, "params-hash": job.params_hash}
    metadata |= {name.replace("_", "-"): str(value) for name, value in made.facts.items()}
    # For a rebuild of the table: the event of this end must have its id again, and its moment.
    metadata |= {"sequence": str(job.sequence + 1), "attempt": str(job.attempts)}
    metadata |= {"started-at": str(job.started_at), "completed-at": str(now)}
    etag: str | None = yield PutObject(job.transcript_key, body, metadata)
    if etag is None:
        adopted = yield from adopt(job, bucket, now)
        if adopted is None:
            raise StorageUnavailable
        return adopted
    sha256 = hashlib.sha256(body).hexdigest()
    pointer = {"bucket": bucket, "key": job.transcript_key, "etag": etag, "sha256": sha256}
    return Stored(_result(made.transcript, pointer), made.facts, now)


def _played(listening: Listening, facts: Mapping[str, Any]) -> dict[str, str]:
    """What the peaks tell of the sound: what is to be played, and for how long."""
    played = {"media-type": listening.media_type} if listening.media_type else {}
    playable = "none" if not played else "original" if listening.audio is None else "derivative"
    return {"playable": playable, "duration-s": str(facts["duration_s"]), **played}


def _facts(metadata: Mapping[str, str]) -> dict[str, Any]:
    return {
        "duration_s": float(metadata["duration-s"]),
        "sample_rate_hz": int(metadata["sample-rate-hz"]),
        "channels": int(metadata["channels"]),
        "codec": metadata["codec"],
    }


def _result(transcript: Transcript, pointer: Mapping[str, str]) -> Result:
    return Result(
        **pointer,
        language=transcript.language,
        language_confidence=transcript.language_confidence,
        duration_s=transcript.duration,
        quality=Quality(**transcript.quality.model_dump()),
        warnings=transcript.warnings,
        model=transcript.processing.model,
        decode_s=transcript.processing.decode_s,
        engine_s=transcript.processing.engine_s,
    )
