"""The promised document: a transcript, schema 1.0 (api/README.md describes it for those who read it).

Version 1.x only adds fields, so a reader ignores what it does not know. All fields are always present,
what is unknown is null; `start`, `end`, `at` and `duration` are seconds of the call, three decimals.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

Seconds = Annotated[float, AfterValidator(lambda value: round(value, 3))]
Ratio = Annotated[float, AfterValidator(lambda value: round(value, 3))]
Probability = Annotated[float, AfterValidator(lambda value: round(value, 2))]
Figure = Annotated[float, AfterValidator(lambda value: round(value, 2))]
Rate = Annotated[float, AfterValidator(lambda value: round(value, 1))]
Decibels = Annotated[float, AfterValidator(lambda value: round(value, 1))]


class Part(BaseModel):
    """A part of the document: frozen; fields of a later 1.x are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class LanguageCandidate(Part):
    """One language that was voted on, and its share of the vote."""

    language: str
    confidence: Probability


class Gap(Part):
    """A hole in the recording; the decoded call holds silence there."""

    start: Seconds
    end: Seconds


class AudioFacts(Part):
    """What decoding found. `declared_duration` is null where the container makes no promise."""

    declared_duration: Seconds | None
    decoded_duration: Seconds
    bad_packets: int
    gaps: tuple[Gap, ...]


class Channel(Part):
    """One leg of the call. `role`: agent, customer, other, mixed, or null where none applies."""

    index: int
    role: str | None
    status: Literal["active", "silent", "dual_mono"]
    language: str | None
    speech_s: Seconds
    rms_dbfs: Decibels
    clipped_ratio: Ratio
    crosstalk_db: Decibels | None


class Word(Part):
    """One word as it is written, punctuation included."""

    word: str
    start: Seconds
    end: Seconds
    confidence: Probability


class Utterance(Part):
    """What one party said in one go. `words` is empty if the job asked for none; else they join to `text`."""

    id: int
    channel: int
    speaker: str | None
    start: Seconds
    end: Seconds
    text: str
    language: str
    confidence: Probability
    flags: tuple[str, ...]
    avg_logprob: Figure
    no_speech_prob: Probability
    compression_ratio: Figure
    temperature: float
    words: tuple[Word, ...]


class Evidence(Part):
    """What speaks against a suppressed text; `chars_per_speech_s` is null where no speech was heard at all."""

    vad_speech_s: Seconds
    vad_speech_ratio: Ratio
    no_speech_prob: Probability
    avg_logprob: Figure
    compression_ratio: Figure
    chars_per_speech_s: Rate | None


class Suppressed(Part):
    """Text that the sound does not support: not in `text`, but never lost."""

    channel: int
    start: Seconds
    end: Seconds
    text: str
    reasons: tuple[str, ...]
    evidence: Evidence


class Monologue(Part):
    """The longest turn."""

    speaker: str
    start: Seconds
    duration: Seconds


class Interruption(Part):
    """`by` begins while the other speaks, and outlasts them."""

    by: str
    at: Seconds
    overlap_s: Seconds


class Conversation(Part):
    """Who talked how much. Null where one channel holds all parties: only silence and rate are known then."""

    talk_s: dict[str, Seconds] | None
    talk_ratio: dict[str, Ratio] | None
    words_per_minute: dict[str, int]
    turns: int | None
    silence_s: Seconds
    longest_silence_s: Seconds
    overlap_s: Seconds | None
    longest_monologue: Monologue | None
    interruptions: tuple[Interruption, ...] | None


class Quality(Part):
    """How far the transcript can be trusted; figures are null where there are no words, or no speech."""

    mean_confidence: Probability | None
    low_confidence_ratio: Ratio | None
    coverage: Ratio | None
    needs_review: bool


class Processing(Part):
    """With what, and how, the transcript was made."""

    model: str
    model_sha256: str
    engine: str
    engine_version: str
    compute_type: str
    device: str
    options_sha256: str
    attempt: int
    decode_s: Seconds
    engine_s: Seconds
    worker_version: str


class Transcript(Part):
    """The text of one call, one revision of it. Written once, never changed."""

    schema_version: Literal["1.0"] = "1.0"
    job_id: str
    revision: int
    reference: str | None
    created_at: str
    text: str
    language: str | None
    language_confidence: Probability | None
    language_candidates: tuple[LanguageCandidate, ...]
    duration: Seconds
    audio: AudioFacts
    channels: tuple[Channel, ...]
    utterances: tuple[Utterance, ...]
    suppressed: tuple[Suppressed, ...]
    conversation: Conversation
    quality: Quality
    warnings: tuple[str, ...]
    processing: Processing
