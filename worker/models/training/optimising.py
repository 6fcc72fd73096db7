"""Muon for the hidden matrices, AdamW for the rest, over several processes.

Muon: momentum, made orthogonal by Newton-Schulz steps (Jordan and others, 2024). At this size
it needs far fewer steps than AdamW. Each process works on its share of the matrices.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import torch
from torch import distributed

if TYPE_CHECKING:
    from torch import Tensor, nn

MUON_RATE = 0.008
ADAM_RATE = 1e-3
MOMENTUM = 0.95
DECAY = 0.01
# Jordan's quintic, tuned for speed: singular values end between 0.7 and 1.2.
QUINTIC = (3.4445, -4.7750, 2.0315)
NEWTON_SCHULZ_STEPS = 5


class Optimiser:
    """Steps all parameters of a net; gradients must be equal in all processes."""

    def __init__(self, net: nn.Module, rank: int, processes: int) -> None:
        """Sort the parameters: matrices of hidden layers, and all else."""
        self._rank, self._processes = rank, processes
        groups: dict[tuple[int, int], list[tuple[nn.Parameter, bool]]] = defaultdict(list)
        rest = []
        for name, parameter in net.named_parameters():
            if parameter.ndim == 1 or name.startswith(("tokens", "places", "phones")):
                rest.append(parameter)
                continue
            rows, columns = parameter.flatten(1).shape
            key = (min(rows, columns), max(rows, columns))
            groups[key].append((parameter, rows > columns))
        self._groups = list(groups.values())
        self._momenta = [
            torch.zeros(len(members), *key, device=members[0][0].device) for key, members in groups.items()
        ]
        self._adam = torch.optim.AdamW(rest, ADAM_RATE, betas=(0.9, 0.98), weight_decay=DECAY)

    def step(self, scale: float) -> None:
        """Take a step at a share `scale` of the peak rates."""
        for group in self._adam.param_groups:
            group["lr"] = ADAM_RATE * scale
        self._adam.step()
        for members, momentum in zip(self._groups, self._momenta, strict=True):
            self._muon(members, momentum, MUON_RATE * scale)

    def state(self) -> dict[str, object]:
        """What a checkpoint must hold."""
        return {"momenta": self._momenta, "adam": self._adam.state_dict()}

    def restore(self, state: dict[str, object]) -> None:
        """Take up a checkpoint's state."""
        for momentum, saved in zip(self._momenta, state["momenta"], strict=True):
            momentum.copy_(saved)
        self._adam.load_state_dict(state["adam"])

    @torch.no_grad()
    def _muon(self, members: list[tuple[nn.Parameter, bool]], momentum: Tensor, rate: float) -> None:
        gradients = torch.stack([_wide(one.grad, tall=tall) for one, tall in members])
        momentum.lerp_(gradients, 1 - MOMENTUM)
        updates = torch.zeros_like(momentum)
        mine = slice(self._rank, None, self._processes)
        updates[mine] = orthogonal(gradients[mine].lerp(momentum[mine], MOMENTUM))
        if self._processes > 1:
            distributed.all_reduce(updates)
        for (parameter, tall), update in zip(members, updates, strict=True):
            rows, columns = parameter.flatten(1).shape
            turned = update.T if tall else update
            parameter.mul_(1 - rate * DECAY)
            scale = max(1.0, rows / columns) ** 0.5
            parameter.sub_(turned.reshape(parameter.shape), alpha=rate * scale)


def orthogonal(matrices: Tensor) -> Tensor:
    """Bring the singular values of (n, rows, columns), rows <= columns, near 1."""
    x = matrices / (matrices.norm(dim=(1, 2), keepdim=True) + 1e-7)
    first, second, third = QUINTIC
    for _ in range(NEWTON_SCHULZ_STEPS):
        square = x @ x.mT
        x = first * x + (second * square + third * square @ square) @ x
    return x


def _wide(gradient: Tensor, *, tall: bool) -> Tensor:
    flat = gradient.flatten(1)
    return flat.T if tall else flat
