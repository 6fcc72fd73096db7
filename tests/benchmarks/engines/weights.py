"""Whisper models of random weights in any shape: for what a shape costs, never for words.

Tokenizer and token order are the shipped model's, filled up to the size of the real vocabulary, so that the last
layer costs what it costs there. All but words are made impossible, the end of text too: a text is as long as it may be.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import WhisperSpec
from numpy.typing import NDArray

from worker.speech.model import shipped_model

POSITIONS, LONGEST_TEXT = 1_500, 448
IMPOSSIBLE = -1e4

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """Layers of encoder and decoder, width, heads, spectrum bands and tokens."""

    encoder: int
    decoder: int
    width: int
    heads: int
    mels: int
    tokens: int


TINY = Shape(encoder=4, decoder=4, width=384, heads=6, mels=80, tokens=51_865)
TURBO = Shape(encoder=32, decoder=4, width=1_280, heads=20, mels=128, tokens=51_866)


def build(directory: Path, shape: Shape, quantization: str, seed: int = 4) -> Path:
    """Write a model directory as faster-whisper loads it; turbo's shape takes some 20 s and 3.3 GB of memory."""
    directory.mkdir(parents=True, exist_ok=True)
    tokens = _tokens(shape.tokens)
    spec = WhisperSpec(shape.encoder, shape.heads, shape.decoder, shape.heads)
    _Filler(shape, np.random.default_rng(seed)).fill(spec, _bias(tokens))
    spec.register_vocabulary(tokens)
    spec.config.lang_ids = [
        place for place, token in enumerate(tokens) if token in {"<|en|>", "<|fr|>", "<|de|>", "<|it|>"}
    ]
    spec.config.alignment_heads = [(shape.decoder - 1, head) for head in range(min(6, shape.heads))]
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = []
    spec.validate()
    spec.optimize(quantization=quantization)
    spec.save(str(directory))
    (directory / "vocabulary.json").write_text(json.dumps(tokens), "utf-8")
    (directory / "preprocessor_config.json").write_text(json.dumps({"feature_size": shape.mels}), "utf-8")
    shutil.copy(shipped_model() / "tokenizer.json", directory)
    return directory


def _tokens(count: int) -> list[str]:
    known: list[str] = json.loads((shipped_model() / "vocabulary.json").read_text("utf-8"))
    return [*known, *(f"<|filler-{place}|>" for place in range(count - len(known)))]


def _bias(tokens: list[str]) -> Array:
    allowed = [token.startswith("Ġ") or token == "<|nospeech|>" for token in tokens]
    return np.where(allowed, 0.0, IMPOSSIBLE).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Filler:
    """Gives every layer other values: equal ones would be stored once."""

    shape: Shape
    rng: np.random.Generator

    def fill(self, spec: Any, bias: Array) -> None:
        width = self.shape.width
        for conv, bands in ((spec.encoder.conv1, self.shape.mels), (spec.encoder.conv2, width)):
            conv.weight = self._drawn(width, bands, 3) / np.float32(np.sqrt(3 * bands))
            conv.bias = np.zeros(width, np.float32)
        spec.encoder.position_encodings.encodings = self._drawn(POSITIONS, width) * np.float32(0.3)
        spec.decoder.position_encodings.encodings = self._drawn(LONGEST_TEXT, width)
        spec.decoder.embeddings.weight = self._drawn(len(bias), width)
        spec.decoder.projection.weight = self._drawn(len(bias), width) / np.float32(np.sqrt(width))
        spec.decoder.projection.bias = bias
        for part in (spec.encoder, spec.decoder):
            self._norm(part.layer_norm)
            for layer in part.layer:
                self._layer(layer)

    def _layer(self, layer: Any) -> None:
        width = self.shape.width
        self._attention(layer.self_attention, (3 * width, width))
        if hasattr(layer, "attention"):
            self._attention(layer.attention, (width, 2 * width, width))
        self._norm(layer.ffn.layer_norm)
        self._linear(layer.ffn.linear_0, 4 * width, width)
        self._linear(layer.ffn.linear_1, width, 4 * width)

    def _attention(self, attention: Any, sizes: tuple[int, ...]) -> None:
        self._norm(attention.layer_norm)
        for linear, size in zip(attention.linear, sizes, strict=True):
            self._linear(linear, size, self.shape.width)

    def _linear(self, linear: Any, rows: int, columns: int) -> None:
        linear.weight = self._drawn(rows, columns) / np.float32(np.sqrt(columns))
        linear.bias = np.zeros(rows, np.float32)

    def _norm(self, norm: Any) -> None:
        norm.gamma = np.ones(self.shape.width, np.float32)
        norm.beta = np.zeros(self.shape.width, np.float32)

    def _drawn(self, *sizes: int) -> Array:
        return self.rng.standard_normal(sizes, np.float32)
