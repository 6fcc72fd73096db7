"""A short transcript, and the facts of its audio; each attempt writes one of its own, so that a second shows."""

from functools import cache

from shared.job import Job
from shared.protocol.intents import Listening
from shared.transcript import AudioFacts, Conversation, Processing, Quality, Transcript

FACTS = {"duration_s": 14.0, "sample_rate_hz": 8_000, "channels": 2, "codec": "pcm_mulaw"}
LISTENING = Listening(b"peaks", "audio/webm", b"sound")


def transcript_of(job: Job, attempt: str) -> Transcript:
    """What `attempt` heard."""
    return _example().model_copy(update={"job_id": job.id, "text": attempt})


@cache
def _example() -> Transcript:
    return Transcript(
        job_id="",
        revision=1,
        reference=None,
        created_at="2026-01-15T10:00:00.000Z",
        text="",
        language="fr",
        language_confidence=0.98,
        language_candidates=(),
        duration=14.0,
        audio=AudioFacts(declared_duration=14.0, decoded_duration=14.0, bad_packets=0, gaps=()),
        channels=(),
        utterances=(),
        suppressed=(),
        conversation=_conversation(),
        quality=Quality(mean_confidence=None, low_confidence_ratio=None, coverage=None, needs_review=False),
        warnings=(),
        processing=_processing(),
    )


def _conversation() -> Conversation:
    return Conversation(
        talk_s={},
        talk_ratio={},
        words_per_minute={},
        turns=0,
        silence_s=14.0,
        longest_silence_s=14.0,
        overlap_s=0.0,
        longest_monologue=None,
        interruptions=(),
    )


def _processing() -> Processing:
    return Processing(
        model="default",
        model_sha256="0" * 64,
        engine="stub",
        engine_version="1",
        compute_type="int8",
        device="cpu",
        options_sha256="0" * 64,
        attempt=1,
        decode_s=0.1,
        engine_s=1.0,
        worker_version="1",
    )
