"""What was said, as values: a decoded text, words with their times, what a window gave, one party's utterance.

Times are whole milliseconds of the call, so that order and equality are exact.
"""

import zlib
from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """The text of one window, as token ids below the end of text, and the figures of its decoding."""

    tokens: tuple[int, ...]
    text: str
    avg_logprob: float
    no_speech_prob: float
    is_loop: bool

    @property
    def compression_ratio(self) -> float:
        """How well the text compresses; high means that it repeats itself."""
        return compression_ratio(self.text)


@dataclass(frozen=True, slots=True)
class Word:
    """One word, its place in the call, how sure the model is of it (0 to 1), and whether its times had to be mended."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float
    is_mended: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """What the decoder says about its own text: the evidence that the guards weigh.

    `avg_logprob` is per token, `no_speech_prob` 0 to 1, `temperature` 0.0 where decoding was deterministic.
    """

    avg_logprob: float
    no_speech_prob: float
    temperature: float


@dataclass(frozen=True, slots=True)
class Segment:
    """Text of one window that is contiguous in the call. `reasons`: why the window as a whole is not to be trusted."""

    channel: int
    index: int
    language: str
    words: tuple[Word, ...]
    figures: Figures
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one party said in one go: at least one word."""

    channel: int
    language: str
    words: tuple[Word, ...]
    figures: Figures
    reasons: tuple[str, ...] = ()

    @property
    def start_ms(self) -> int:
        """Where its first word starts."""
        return self.words[0].start_ms

    @property
    def end_ms(self) -> int:
        """Where its last word ends."""
        return self.words[-1].end_ms

    @property
    def text(self) -> str:
        """Its words, joined by spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def is_mended(self) -> bool:
        """Whether any of its times had to be mended."""
        return any(word.is_mended for word in self.words)

    @property
    def confidence(self) -> float:
        """The mean of its words, 0 to 1."""
        return fmean(word.confidence for word in self.words)


def compression_ratio(text: str) -> float:
    """Bytes of the text for each byte of its zlib form; 0 for no text."""
    content = text.encode()
    return len(content) / len(zlib.compress(content))
