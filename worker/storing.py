"""The store step: a transcript is written once, and whoever comes second adopts what is there."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from shared.errors.transient import StorageUnavailable
from shared.job import Audio, Job, Quality, Result
from shared.protocol.drive import World
from shared.protocol.intents import HeadObject, ObjectFacts, PutObject
from shared.transcript import Transcript
from worker.transcribe import Transcribed


class Reads(Protocol):
    """What reading a bucket takes."""

    @property
    def bucket(self) -> str:
        """Its name."""
        ...

    def fetch(self, audio: Audio) -> BinaryIO:
        """Bring the pinned audio into a file."""
        ...

    def read(self, key: str) -> bytes:
        """Read an object of ours."""
        ...


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored transcript: what the job tells of it, and what decoding found of the audio."""

    result: Result
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Archive:
    """Audio in, transcripts out."""

    world: World
    store: Reads

    def fetch(self, job: Job) -> BinaryIO:
        """The pinned audio of `job`; the errors of `shared.aws.store.Store.fetch`."""
        return self.store.fetch(job.audio)

    def adopt(self, job: Job) -> Stored | None:
        """The transcript of `job` that is there already, if one is: the first write wins."""
        found: ObjectFacts | None = self.world.perform(HeadObject(self.store.bucket, job.transcript_key))
        if found is None:
            return None
        transcript = Transcript.model_validate_json(self.store.read(job.transcript_key))
        pointer = {"bucket": self.store.bucket, "key": job.transcript_key, "etag": found.etag}
        return Stored(_result(transcript, {**pointer, "sha256": found.metadata["sha256"]}), _facts(found.metadata))

    def put_transcript(self, job: Job, transcribed: Transcribed) -> Stored:
        """Write the transcript of `job`, or adopt the one that somebody wrote meanwhile.

        Raises:
            StorageUnavailable: refused as taken, yet nothing is there: somebody is erasing it.
        """
        body = transcribed.transcript.model_dump_json().encode()
        metadata = {"job": job.id, "tenant": job.tenant, "revision": str(job.revision), "params-hash": job.params_hash}
        metadata |= {name.replace("_", "-"): str(value) for name, value in transcribed.facts.items()}
        etag = self.world.perform(PutObject(job.transcript_key, body, metadata))
        if etag is None:
            adopted = self.adopt(job)
            if adopted is None:
                raise StorageUnavailable
            return adopted
        pointer = {"bucket": self.store.bucket, "key": job.transcript_key, "etag": etag}
        sha256 = hashlib.sha256(body).hexdigest()
        return Stored(_result(transcribed.transcript, {**pointer, "sha256": sha256}), transcribed.facts)


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
