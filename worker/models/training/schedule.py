"""The schedule of a training, by share of its time: window lengths and rates.

Time counts, not steps, so that a run on a busy machine still ends with low rates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

WARM_UP_STEPS = 150
COOL_DOWN_FROM = 0.3
LOWEST_RATE = 0.02

# From which share of the time on: kinds of windows as (weight, shortest s, longest s).
STAGES = (
    (0.0, ((1.0, 1.2, 6.0),)),
    (0.13, ((0.65, 1.2, 7.0), (0.35, 7.0, 14.0))),
    (0.26, ((0.40, 1.2, 7.0), (0.35, 7.0, 16.0), (0.25, 16.0, 30.0))),
    (0.32, ((0.60, 1.2, 7.0), (0.22, 7.0, 13.0), (0.18, 30.0, 30.0))),
    (0.58, ((0.25, 1.2, 7.0), (0.50, 7.0, 15.0), (0.25, 30.0, 30.0))),
    (0.75, ((0.20, 1.2, 7.0), (0.35, 8.0, 16.0), (0.45, 30.0, 30.0))),
)


def rate(step: int, progress: float) -> float:
    """The share of the peak rate: a short warm-up, a plateau, then down to nearly nothing."""
    cool = min(1.0, (1 - progress) / (1 - COOL_DOWN_FROM))
    return min(1.0, (step + 1) / WARM_UP_STEPS) * max(LOWEST_RATE, cool)


def draw_length(progress: float, rng: np.random.Generator) -> float:
    """Draw a window length in seconds."""
    kinds = [kinds for begin, kinds in STAGES if progress >= begin][-1]
    weights = [weight for weight, _, _ in kinds]
    _, low, high = kinds[int(rng.choice(len(kinds), p=weights))]
    return float(rng.uniform(low, high))
