"""The other party, heard through this party's leg: flagged, never deleted, never decided by the text."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from worker.audio.channels import Leg
from worker.speech.front.vad import SAMPLE_RATE_HZ
from worker.speech.spoken import Utterance

WINDOW = SAMPLE_RATE_HZ // 2
NEAR_DB = 3.0
MIN_SHARE = 0.8
FLOOR = 1e-7  # added to both energies: silence against silence is 0 dB
MIN_POWER = 1e-5  # -50 dBFS: a window counts if one leg is above


def is_bleed(utterance: Utterance, legs: Sequence[Leg]) -> bool:
    """Say whether an utterance lies at the level at which the other leg leaks into this one.

    True if at least 80 % of its windows of 0.5 s are within 3 dB of the leg's crosstalk level.
    """
    own = next(leg for leg in legs if leg.index == utterance.channel)
    others = [leg for leg in legs if leg.index != utterance.channel]
    if own.crosstalk_db is None or len(others) != 1:
        return False
    first, last = (ms * SAMPLE_RATE_HZ // 1000 for ms in (utterance.start_ms, utterance.end_ms))
    own_power, other_power = (_powers(leg.samples[first:last]) for leg in (own, others[0]))
    is_counted = np.maximum(own_power, other_power) > MIN_POWER
    level_db = 10 * np.log10((own_power + FLOOR) / (other_power + FLOOR))
    near = np.abs(level_db - own.crosstalk_db) <= NEAR_DB
    return bool(is_counted.any() and near[is_counted].mean() >= MIN_SHARE)


def _powers(samples: NDArray[np.int16]) -> NDArray[np.float64]:
    """Give the mean square of each half second (the last may be shorter), full scale = 1, without DC."""
    starts = range(0, max(len(samples), 1), WINDOW)
    pieces = (samples[start : start + WINDOW].astype(np.float64) / 32768 for start in starts)
    return np.array([float(np.var(piece)) if len(piece) else 0.0 for piece in pieces])
