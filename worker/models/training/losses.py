"""The three losses: next token, phoneme of each position, and where attention must look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from worker.models.training.batches import IGNORED

if TYPE_CHECKING:
    from torch import Tensor

    from worker.models.training.batches import Batch
    from worker.models.training.net import Net

# (decoder layer, head) of the cross attention that is told where to look: the first layer at
# the token that was just written, the last at the one to be written next. The latter become
# the alignment heads of the exported model.
LOOKING_BACK = ((0, 0), (0, 1))
LOOKING_AHEAD = ((1, 0), (1, 1))
PHONE_WEIGHT = 0.6
GUIDE_WEIGHT = 0.5


def losses(net: Net, batch: Batch) -> tuple[Tensor, Tensor]:
    """Return the weighted sum, and what to report.

    The report has four numbers: loss a token, share of right tokens, loss a phoneme, loss of
    the guided attention.
    """
    encoded = net.encode(batch.features, batch.offsets)
    scores, crossings = net.decode(batch.tokens, encoded)
    flat, targets = scores.flatten(0, 1), batch.targets.flatten()
    token = functional.cross_entropy(flat, targets, ignore_index=IGNORED)
    phone = functional.cross_entropy(net.phones(encoded).flatten(0, 1), batch.phones.flatten(), ignore_index=IGNORED)
    before = torch.cat([torch.full_like(batch.guide[:, :1], torch.nan), batch.guide[:, :-1]], 1)
    back = sum(_guided(crossings[layer][:, head], before) for layer, head in LOOKING_BACK)
    ahead = sum(_guided(crossings[layer][:, head], batch.guide) for layer, head in LOOKING_AHEAD)
    guide = (back + ahead) / (len(LOOKING_BACK) + len(LOOKING_AHEAD))
    asked = targets != IGNORED
    right = (flat.argmax(-1) == targets)[asked].float().mean()
    report = torch.stack([token.detach(), right, phone.detach(), guide.detach()])
    return token + PHONE_WEIGHT * phone + GUIDE_WEIGHT * guide, report


def _guided(scores: Tensor, guide: Tensor) -> Tensor:
    """Negative log of the attention that falls where the token is spoken.

    scores: (B, L, T) before the softmax. guide: (B, L, 2), NaN where nothing is known.
    """
    places = torch.arange(scores.shape[-1], device=scores.device)
    inside = (places >= guide[..., :1]) & (places <= guide[..., 1:])
    known = inside.any(-1)
    within = scores.masked_fill(~inside, -1e4).logsumexp(-1)
    return (scores.logsumexp(-1) - within)[known].sum() / known.sum().clamp(min=1)
