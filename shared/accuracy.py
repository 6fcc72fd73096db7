"""Word error rate after our normalisation: one yardstick for the demo, the evaluation and the canary."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import jiwer

_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Words that were wrong (replaced, left out, invented) and words that were spoken; adds up over calls."""

    wrong_words: int = 0
    spoken_words: int = 0

    def __add__(self, other: "Accuracy") -> "Accuracy":
        return Accuracy(self.wrong_words + other.wrong_words, self.spoken_words + other.spoken_words)

    @property
    def wer(self) -> float:
        """Wrong words a spoken word: 0 is perfect; above 1 if more was invented than said."""
        return self.wrong_words / max(self.spoken_words, 1)


def normalise(text: str) -> str:
    """Leave only what a listener would call a difference: words, in lower case.

    "L'appel: c'est NOTÉ." becomes "l appel c est noté". Accents stay, for they change the word; an apostrophe or a
    hyphen ends a word, so that "o'clock", "o' clock" and "e-mail", "e mail" are the same however they are set.
    """
    return " ".join(_NO_WORD.sub(" ", unicodedata.normalize("NFC", text).casefold()).split())


def compare(reference: str, hypothesis: str) -> Accuracy:
    """Count the wrong words of `hypothesis` against what was said."""
    said, heard = normalise(reference), normalise(hypothesis)
    if not said:
        return Accuracy(len(heard.split()), 0)
    counts = jiwer.process_words(said, heard)
    return Accuracy(counts.substitutions + counts.deletions + counts.insertions, len(said.split()))


def total(parts: Iterable[Accuracy]) -> Accuracy:
    """All parts as one: the legs of a call, or the calls of a set."""
    return sum(parts, start=Accuracy())
