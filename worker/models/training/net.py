"""The net: Whisper's architecture, small, with heads that only training uses.

Attention is written out because the fused CPU kernel is slow backwards, and because one
loss looks at the attention weights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from worker.models.training.features import MELS

POSITIONS = 1500
MAX_TOKENS = 448
TIMESTAMPS = 1501
CLOCK_SCALE = 0.1


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a net."""

    vocabulary: int
    phones: int
    width: int = 192
    heads: int = 4
    encoder_layers: int = 4
    decoder_layers: int = 2


class Attention(nn.Module):
    """Multi-head attention; keys have no bias, as in Whisper."""

    def __init__(self, width: int, heads: int) -> None:
        """Make the four projections; the last begins at zero."""
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)
        nn.init.zeros_(self.out.weight)

    def forward(self, x: Tensor, source: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        """Attend from `x` (batch, n, width) to `source` (batch, m, width).

        mask: added to the scores, or None. Returns the output and the log-weights' scores
        (batch, heads, n, m) before the softmax.
        """
        query = self._split(self.query(x)) * (x.shape[-1] // self.heads) ** -0.5
        key, value = self._split(self.key(source)), self._split(self.value(source))
        scores = query @ key.transpose(-1, -2)
        if mask is not None:
            scores = scores + mask
        mixed = scores.softmax(-1) @ value
        return self.out(mixed.transpose(1, 2).flatten(2)), scores

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)


class Block(nn.Module):
    """A pre-norm transformer block, with attention to the encoder where `crossing`."""

    def __init__(self, width: int, heads: int, *, crossing: bool) -> None:
        """Make the parts."""
        super().__init__()
        self.norm, self.attention = nn.LayerNorm(width), Attention(width, heads)
        if crossing:
            self.cross_norm, self.cross = nn.LayerNorm(width), Attention(width, heads)
        self.feed_norm = nn.LayerNorm(width)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        nn.init.zeros_(self.narrow.weight)

    def forward(
        self, x: Tensor, mask: Tensor | None = None, source: Tensor | None = None
    ) -> tuple[Tensor, Tensor | None]:
        """Transform `x` (batch, n, width); also return the scores of the cross attention."""
        normed, scores = self.norm(x), None
        x = x + self.attention(normed, normed, mask)[0]
        if source is not None:
            out, scores = self.cross(self.cross_norm(x), source, None)
            x = x + out
        return x + self.narrow(functional.gelu(self.widen(self.feed_norm(x)))), scores


class Net(nn.Module):
    """Encoder, decoder, and the phoneme head that only training uses."""

    def __init__(self, shape: Shape) -> None:
        """Make a net with fresh weights."""
        super().__init__()
        self.shape, width = shape, shape.width
        self.conv1 = nn.Conv1d(MELS, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.register_buffer("positions", sinusoids(POSITIONS, width), persistent=False)
        self.encoder = _blocks(shape.encoder_layers, shape, crossing=False)
        self.encoder_norm = nn.LayerNorm(width)
        self.tokens = nn.Embedding(shape.vocabulary, width)
        self.places = nn.Parameter(torch.randn(MAX_TOKENS, width) * 0.01)
        self.decoder = _blocks(shape.decoder_layers, shape, crossing=True)
        self.decoder_norm = nn.LayerNorm(width)
        self.phones = nn.Linear(width, shape.phones)
        self.clock = nn.Linear(width, width, bias=False)
        times = sinusoids(TIMESTAMPS, width) * CLOCK_SCALE
        self.register_buffer("times", times, persistent=False)
        nn.init.normal_(self.tokens.weight, std=0.02)
        nn.init.zeros_(self.clock.weight)

    def encode(self, features: Tensor, offsets: Tensor) -> Tensor:
        """Encode (batch, 80, frames) to (batch, frames / 2, width).

        offsets: int64, (batch,), the position that each window begins at.
        """
        x = functional.gelu(_convolve(features, self.conv1))
        x = functional.gelu(_convolve(x.transpose(1, 2), self.conv2))
        places = offsets[:, None] + torch.arange(x.shape[1], device=x.device)
        x = x + self.positions[places]
        for block in self.encoder:
            x, _ = block(x)
        return self.encoder_norm(x)

    def table(self) -> Tensor:
        """Return the embeddings, (vocabulary, width), those of timestamps with their time.

        The encoder's sines of a time, mapped by one matrix, tell all timestamps at once what
        1,501 free vectors would have to learn one by one.
        """
        text, times = self.tokens.weight.split((len(self.tokens.weight) - TIMESTAMPS, TIMESTAMPS))
        return torch.cat([text, times + self.clock(self.times)])

    def decode(self, tokens: Tensor, encoded: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Score the next tokens of (batch, n): (batch, n, vocabulary), and cross scores."""
        count = tokens.shape[1]
        table = self.table()
        x = functional.embedding(tokens, table) + self.places[:count]
        mask = torch.full((count, count), float("-inf"), device=x.device).triu(1)
        crossings = []
        for block in self.decoder:
            x, scores = block(x, mask, encoded)
            crossings.append(scores)
        return functional.linear(self.decoder_norm(x), table), crossings


def sinusoids(count: int, width: int) -> Tensor:
    """Whisper's fixed positions: sines, then cosines, (count, width)."""
    step = math.log(10_000) / (width // 2 - 1)
    angles = torch.arange(count)[:, None] * torch.exp(-step * torch.arange(width // 2))
    return torch.cat([angles.sin(), angles.cos()], 1)


def _blocks(count: int, shape: Shape, *, crossing: bool) -> nn.ModuleList:
    return nn.ModuleList(Block(shape.width, shape.heads, crossing=crossing) for _ in range(count))


def _convolve(x: Tensor, layer: nn.Conv1d) -> Tensor:
    """Convolve (batch, channels, n) to (batch, n / stride, width) as one matrix product."""
    patches = functional.pad(x, (1, 1)).unfold(2, 3, layer.stride[0])
    return functional.linear(patches.transpose(1, 2).flatten(2), layer.weight.flatten(1), layer.bias)
