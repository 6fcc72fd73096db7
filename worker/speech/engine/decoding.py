"""The network's calls for one batch: encode, detect the language, generate text. Nothing else runs it, but `words`.

The calls and their traps are CTranslate2's: `max_length` counts prompt and text in one odd way, so 448 is
passed always (224 new tokens); avg_logprob is the score per token, the end of text included.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ctranslate2 import StorageView

from worker.speech.engine.ladder import RUNGS
from worker.speech.engine.values import Decoded, Row
from worker.speech.model import SpeechModel
from worker.speech.spoken import Hypothesis
from worker.speech.windows import Window

FRAMES = 3000  # 30 s in steps of 10 ms: shorter encoder input ruins short telephone utterances
MAX_LENGTH = 448
MAX_NEW_TOKENS = 224
TOKENS_PER_SPEECH_S = 8  # nobody speaks faster for long: more is a loop
FREE_TOKENS = 16


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


def encode(model: SpeechModel, batch: Sequence[Row]) -> StorageView:
    """Give the encoder's output of a batch: shape (rows, 1500, width).

    Features are normalised for each window alone, then padded with zeros here: padding the audio instead would
    change the level that the normalisation works from.
    """
    padded = np.zeros((len(batch), model.mels, FRAMES), np.float32)
    for line, row in zip(padded, batch, strict=True):
        line[:, : row.features.shape[1]] = row.features
    return model.whisper.model.encode(StorageView.from_array(padded))


def warm_up(model: SpeechModel, count: int) -> None:
    """Run a batch of so many silent rows: a GPU makes its context and chooses its kernels now, not in a call."""
    silence = np.zeros((model.mels, FRAMES), np.float32)
    row = Row(Window(0, 0, np.zeros(0, np.int16), ()), silence, model.languages[0])
    encoded = encode(model, [row] * count)
    detect(model, encoded)
    generate(model, encoded, [row] * count)


def rows(encoded: StorageView, first: int, last: int) -> StorageView:
    """Give the rows `first` to `last` (left out) of an encoder output, without a copy."""
    if encoded.device == "cuda":
        return StorageView.from_array(DeviceRows(encoded, first, last))
    return StorageView.from_array(np.asarray(encoded)[first:last])


def detect(model: SpeechModel, encoded: StorageView) -> list[dict[str, float]]:
    """Give, for each row, the probability of each language that the model knows."""
    found = model.whisper.model.detect_language(encoded)
    return [{token[2:-2]: float(probability) for token, probability in row} for row in found]


def generate(model: SpeechModel, encoded: StorageView, batch: Sequence[Row]) -> list[Decoded]:
    """Decode rows of one rung; their languages may differ.

    Args:
        model: the loaded model.
        encoded: one row of encoder output for each row of `batch`.
        batch: with their languages, all of the same rung.

    Returns:
        One text a row; on a CPU and a rung without sampling the same as if the row were decoded alone.
    """
    tokenizers = [model.tokenizer(row.language or "") for row in batch]
    results = model.whisper.model.generate(
        encoded,
        [[*tokenizer.sot_sequence, tokenizer.no_timestamps] for tokenizer in tokenizers],
        max_length=MAX_LENGTH,
        suppress_blank=True,
        suppress_tokens=list(model.suppressed),
        return_scores=True,
        return_no_speech_prob=True,
        **RUNGS[batch[0].rung].options,
    )
    return [_decoded(result) for result in results]


def text_tokens(model: SpeechModel, row: Row, decoded: Decoded) -> tuple[int, ...]:
    """Give the tokens that are text: those below the end of text."""
    end = model.tokenizer(row.language or "").eot
    return tuple(token for token in decoded.ids if token < end)


def hypothesis(model: SpeechModel, row: Row, decoded: Decoded) -> Hypothesis:
    """Read what the network gave for a row. It needs no network, so it is done in the thread of the row's job."""
    count = len(decoded.ids)
    return Hypothesis(
        tokens=text_tokens(model, row, decoded),
        text=model.tokenizer(row.language or "").decode(list(decoded.ids)).strip(),
        avg_logprob=decoded.score * count / (count + 1),
        no_speech_prob=decoded.no_speech_prob,
        is_loop=count >= min(MAX_NEW_TOKENS, FREE_TOKENS + TOKENS_PER_SPEECH_S * row.window.speech_s),
    )


def _decoded(result: Any) -> Decoded:
    """Take the likeliest of the hypotheses: sampling gives several, beam search one."""
    best = max(range(len(result.scores)), key=lambda place: result.scores[place])
    return Decoded(tuple(result.sequences_ids[best]), result.scores[best], float(result.no_speech_prob))
