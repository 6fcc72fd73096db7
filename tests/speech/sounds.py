"""Sounds that are no speech: chirps that come and go, enough to make a random model say different things."""

import numpy as np

from worker.speech.front.vad import SAMPLE_RATE_HZ, Span
from worker.speech.windows import pack


def chirps(rng, duration_s):
    """int16 at 16 kHz: four wavering tones, gated, with a little noise."""
    t = np.arange(int(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    tones = sum(
        np.sin(2 * np.pi * pitch * t * (1 + 0.2 * np.sin(t * rng.uniform(0.5, 3)))) * rng.uniform(0.1, 1)
        for pitch in rng.uniform(100, 3500, 4)
    )
    gate = np.sin(t * rng.uniform(1, 6)) > 0
    return (tones * gate * rng.uniform(300, 4000) + rng.standard_normal(len(t)) * 30).astype(np.int16)


def window(rng, channel, index, duration_s):
    """One window, all of it taken for speech."""
    leg = chirps(rng, duration_s)
    (made,) = pack(channel, leg, [Span(0, len(leg))])
    return type(made)(channel, index, leg, made.pieces)
