"""The vocabulary: byte-level pieces of our own text and Whisper's special tokens.

faster-whisper and CTranslate2 find the special tokens by their order, and take a model as
multilingual when the empty string is an entry, so the order below is a contract.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from worker.models.training import text

if TYPE_CHECKING:
    from pathlib import Path

MERGES = 1000
SENTENCES = 12_000
TIMESTAMPS = 1501
# faster-whisper suppresses the first token of " -", " '" and " ♪" (its bytes begin with E2).
# Without pieces of their own that would be the space, which words need.
NEVER_SPOKEN = (("Ġ", "-"), ("Ġ", "'"), ("Ġ", "â"))
SECONDS_A_TIMESTAMP = 0.02


def special_tokens() -> list[str]:
    """List the special tokens in the order that faster-whisper expects."""
    languages = [f"<|{language}|>" for language in text.LANGUAGES]
    tasks = ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"]
    marks = ["<|nospeech|>", "<|notimestamps|>"]
    times = [f"<|{place * SECONDS_A_TIMESTAMP:.2f}|>" for place in range(TIMESTAMPS)]
    return ["<|endoftext|>", "<|startoftranscript|>", *languages, *tasks, *marks, *times]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A tokenizer and the ids of its special tokens."""

    tokenizer: Tokenizer

    def id_of(self, token: str) -> int:
        """Return the id of a token such as `<|en|>`; raises KeyError for an unknown one."""
        number = self.tokenizer.token_to_id(token)
        if number is None:
            raise KeyError(token)
        return number

    @property
    def end_of_text(self) -> int:
        """The first id that is not text."""
        return self.id_of("<|endoftext|>")

    @property
    def first_timestamp(self) -> int:
        """The id of `<|0.00|>`; the others follow in steps of 20 ms."""
        return self.id_of("<|0.00|>")

    def __len__(self) -> int:
        """Count the entries, special tokens included."""
        return self.tokenizer.get_vocab_size()

    def entries(self) -> list[str]:
        """List all entries, index = id."""
        return [self.tokenizer.id_to_token(number) for number in range(len(self))]


def make() -> Vocabulary:
    """Learn the pieces from drawn sentences."""
    pieces = _empty(models.BPE())
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    size = len(alphabet) + MERGES - len(NEVER_SPOKEN)
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False)
    pieces.train_from_iterator(_sentences(), trainer)
    learned = json.loads(pieces.to_str())["model"]
    merges = [*map(tuple, learned["merges"]), *NEVER_SPOKEN]
    entries = [*learned["vocab"], *map("".join, NEVER_SPOKEN)]
    numbers = {entry: number for number, entry in enumerate(entries)}
    return Vocabulary(_with_special_tokens(_empty(models.BPE(numbers, merges))))


def load(path: Path) -> Vocabulary:
    """Read a `tokenizer.json`."""
    return Vocabulary(Tokenizer.from_file(str(path)))


def _empty(model: models.BPE) -> Tokenizer:
    pieces = Tokenizer(model)
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces.decoder = decoders.ByteLevel()
    return pieces


def _sentences() -> list[str]:
    rng = random.Random(0)
    books = [text.load_phrasebook(language) for language in text.LANGUAGES]
    return [" " + text.draw(book, rng) for book in books for _ in range(SENTENCES // 4)]


def _with_special_tokens(pieces: Tokenizer) -> Tokenizer:
    """Add the empty string right behind the text pieces, then the special tokens."""
    pieces.add_tokens([AddedToken("<|empty|>", special=True, normalized=False)])
    pieces.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special_tokens()])
    return pieces
