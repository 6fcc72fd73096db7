"""The engine's calls for one batch: encode, detect the language, generate text. Nothing else runs the network.

The calls and their traps are CTranslate2's: `max_length` counts prompt and text in one odd way, so 448 is
passed always (224 new tokens); avg_logprob is the score per token, the end of text included.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ctranslate2 import StorageView
from numpy.typing import NDArray

from worker.speech.model import SpeechModel

MAX_LENGTH = 448
MAX_NEW_TOKENS = 224
BEAM_SIZE = 5
TOKENS_PER_SPEECH_S = 8  # nobody speaks faster for long: more is a loop
FREE_TOKENS = 16
UNREPEATED = {"no_repeat_ngram_size": 3, "repetition_penalty": 1.1}


@dataclass(frozen=True, slots=True)
class Row:
    """What one window is decoded as: its language and its seconds of speech."""

    language: str
    speech_s: float


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


@dataclass(frozen=True, slots=True, eq=False)
class DeviceRows:
    """Some rows of an encoder output that lies on a GPU: the same memory, further on, kept alive."""

    encoded: Any
    first: int
    last: int

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        """The protocol by which CTranslate2 takes memory of a device."""
        whole = self.encoded.__cuda_array_interface__
        _rows, *inner = whole["shape"]
        row_bytes = int(np.dtype(whole["typestr"]).itemsize * np.prod(inner))
        pointer, is_readonly = whole["data"]
        place = {"shape": (self.last - self.first, *inner), "data": (pointer + self.first * row_bytes, is_readonly)}
        return {**whole, **place}


def compression_ratio(text: str) -> float:
    """Bytes of the text for each byte of its zlib form; 0 for no text."""
    content = text.encode()
    return len(content) / len(zlib.compress(content))


def encode(model: SpeechModel, features: NDArray[np.float32]) -> StorageView:
    """Give the encoder's output for features of shape (rows, mels, 3000): shape (rows, 1500, width)."""
    return model.whisper.model.encode(StorageView.from_array(features))


def rows(encoded: StorageView, first: int, last: int) -> StorageView:
    """Give the rows `first` to `last` (left out) of an encoder output, without a copy."""
    if encoded.device == "cuda":
        return StorageView.from_array(DeviceRows(encoded, first, last))
    return StorageView.from_array(np.asarray(encoded)[first:last])


def detect(model: SpeechModel, encoded: StorageView) -> list[dict[str, float]]:
    """Give, for each row, the probability of each language that the model knows."""
    found = model.whisper.model.detect_language(encoded)
    return [{token[2:-2]: float(probability) for token, probability in row} for row in found]


def generate(
    model: SpeechModel, encoded: StorageView, batch: Sequence[Row], options: dict[str, float] | None = None
) -> list[Hypothesis]:
    """Decode a batch without sampling.

    Args:
        model: the loaded model.
        encoded: one row of encoder output for each row of `batch`.
        batch: language and speech of each row; the languages may differ.
        options: more options of CTranslate2's `generate`, `UNREPEATED` or none.

    Returns:
        One hypothesis a row; on a CPU the same as if the row were decoded alone.
    """
    tokenizers = [model.tokenizer(row.language) for row in batch]
    results = model.whisper.model.generate(
        encoded,
        [[*tokenizer.sot_sequence, tokenizer.no_timestamps] for tokenizer in tokenizers],
        beam_size=BEAM_SIZE,
        max_length=MAX_LENGTH,
        suppress_blank=True,
        suppress_tokens=list(model.suppressed),
        return_scores=True,
        return_no_speech_prob=True,
        **(options or {}),
    )
    return [
        _hypothesis(tokenizer, row, result) for tokenizer, row, result in zip(tokenizers, batch, results, strict=True)
    ]


def _hypothesis(tokenizer: Any, row: Row, result: Any) -> Hypothesis:
    ids = result.sequences_ids[0]
    return Hypothesis(
        tokens=tuple(token for token in ids if token < tokenizer.eot),
        text=tokenizer.decode(ids).strip(),
        avg_logprob=result.scores[0] * len(ids) / (len(ids) + 1),
        no_speech_prob=float(result.no_speech_prob),
        is_loop=len(ids) >= min(MAX_NEW_TOKENS, FREE_TOKENS + TOKENS_PER_SPEECH_S * row.speech_s),
    )
