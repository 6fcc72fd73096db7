"""The transcript as a client reads it: schema 1.x, all times in seconds of the call."""

from collections.abc import Mapping

from api.client.views import Quality, View


class Word(View):
    """One word as it is written, and how sure the model is of it, 0 to 1."""

    word: str
    start: float
    end: float
    confidence: float


class Utterance(View):
    """One party's turn; `speaker` is null where one channel holds all parties."""

    channel: int
    speaker: str | None
    start: float
    end: float
    text: str
    language: str | None = None
    confidence: float | None = None
    flags: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()


class Channel(View):
    """One leg of the call."""

    index: int
    role: str | None
    status: str = "active"
    language: str | None = None
    speech_s: float | None = None


class Suppressed(View):
    """Text that the sound does not support: left out, but never lost."""

    channel: int
    start: float
    end: float
    text: str
    reasons: tuple[str, ...]


class Monologue(View):
    """The longest turn."""

    speaker: str
    start: float
    duration: float


class Interruption(View):
    """`by` began while the other spoke, and outlasted them."""

    by: str
    at: float


class Conversation(View):
    """Who talked how much; null where one channel holds all parties."""

    talk_s: Mapping[str, float] | None = None
    talk_ratio: Mapping[str, float] | None = None
    words_per_minute: Mapping[str, int] = {}
    turns: int | None = None
    silence_s: float = 0.0
    longest_silence_s: float = 0.0
    overlap_s: float | None = None
    longest_monologue: Monologue | None = None
    interruptions: tuple[Interruption, ...] | None = None


class Processing(View):
    """With what the text was made."""

    model: str
    device: str | None = None
    engine_s: float | None = None


class Transcript(View):
    """The text of one call."""

    text: str
    language: str | None
    duration: float
    channels: tuple[Channel, ...]
    utterances: tuple[Utterance, ...]
    suppressed: tuple[Suppressed, ...] = ()
    conversation: Conversation | None = None
    quality: Quality | None = None
    warnings: tuple[str, ...] = ()
    processing: Processing | None = None
