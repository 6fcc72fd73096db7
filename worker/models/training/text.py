"""Draws sentences from the templates, slots and word lists under `text/`."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

LANGUAGES = ("en", "fr", "de", "it")

FOLDER = Path(__file__).parent / "text"
SHARE_OF_WORDS = 0.3
SHARE_OF_PAIRS = 0.17
COMMA_SHARE, FILLER_SHARE = 0.06, 0.2
HELD_OUT_IN = 16
SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The text of one language: templates with slots, their fillers, and words."""

    language: str
    templates: tuple[str, ...]
    fillers: dict[str, list[str]]
    words: tuple[str, ...]

    def sentence(self, rng: random.Random) -> str:
        """Draw a template and fill its slots."""
        template = rng.choice(self.templates)
        return SLOT.sub(lambda slot: rng.choice(self.fillers[slot[1]]), template)

    def word_sequence(self, rng: random.Random) -> str:
        """Draw words without any sense, so that a model listens instead of guessing."""
        words = [self._word(rng) for _ in range(rng.randint(2, 9))]
        for place in range(1, len(words) - 1):
            if rng.random() < COMMA_SHARE:
                words[place] += ","
        mark = rng.choice(("?", ".", ".", "."))
        space = " " if mark == "?" and self.language == "fr" else ""
        text = " ".join(words)
        return text[0].upper() + text[1:] + space + mark

    def _word(self, rng: random.Random) -> str:
        """Draw from the word list, and sometimes one word of a filler (numbers, names)."""
        if rng.random() < FILLER_SHARE:
            filler = rng.choice(self.fillers[rng.choice(list(self.fillers))])
            return rng.choice(filler.replace(",", "").split())
        return rng.choice(self.words)


def load_phrasebook(language: str) -> Phrasebook:
    """Read the three files of a language."""
    folder = FOLDER / language
    return Phrasebook(
        language,
        tuple((folder / "templates.txt").read_text(encoding="utf-8").split("\n")[:-1]),
        json.loads((folder / "slots.json").read_text(encoding="utf-8")),
        tuple((folder / "words.txt").read_text(encoding="utf-8").split("\n")[:-1]),
    )


def is_held_out(text: str) -> bool:
    """Say whether a text belongs to the evaluation and must never be trained on."""
    return zlib.crc32(text.encode()) % HELD_OUT_IN == 0


def draw(book: Phrasebook, rng: random.Random, *, held_out: bool = False) -> str:
    """Draw one utterance; `held_out` chooses the side of the evaluation, of both sentences of a pair."""
    if not held_out and rng.random() < SHARE_OF_WORDS:
        return _draw(book.word_sequence, rng, held_out=held_out)
    count = 2 if rng.random() < SHARE_OF_PAIRS else 1
    return " ".join(_draw(book.sentence, rng, held_out=held_out) for _ in range(count))


def _draw(source: Callable[[random.Random], str], rng: random.Random, *, held_out: bool) -> str:
    while True:
        text = source(rng)
        if is_held_out(text) == held_out:
            return text
