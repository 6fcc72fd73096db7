"""How loud a leg is, window by window, and how alike two legs are: figures only, no verdict."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worker.audio.recording import SAMPLE_RATE_HZ, Samples

WINDOW_SAMPLES = SAMPLE_RATE_HZ // 2

_FULL_SCALE = 32_768.0
_CLIPPED_FROM = 32_736  # 0.999 of full scale
_BLOCK_WINDOWS = 64
_FLOOR_ENERGY = 1e-12  # -120 dBFS: digital silence has a level that JSON can hold
_RATIO_FLOOR = 1e-7
_COUNTED_ENERGY = 1e-5  # -50 dBFS
_MAX_LAG_SAMPLES = 60 * SAMPLE_RATE_HZ // 1_000
_COMPARED_SAMPLES = 60 * SAMPLE_RATE_HZ

Energies = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Level:
    """One leg without its DC offset: mean squares per window of 0.5 s, RMS, share of clipped samples."""

    energies: Energies
    rms_dbfs: float
    clipped_ratio: float


@dataclass(frozen=True, slots=True)
class Spread:
    """How the level of one leg over the other is distributed over the windows, in dB."""

    p10_db: float
    median_db: float
    p90_db: float

    @property
    def width_db(self) -> float:
        """From the tenth to the ninetieth percentile."""
        return self.p90_db - self.p10_db


def level_of(leg: Samples) -> Level:
    """Measure one leg (int16, shape (samples,), at least one), a few windows at a time."""
    sums, squares, counts, clipped = [], [], [], 0
    for start in range(0, len(leg), _BLOCK_WINDOWS * WINDOW_SAMPLES):
        block = leg[start : start + _BLOCK_WINDOWS * WINDOW_SAMPLES]
        edges = np.arange(0, len(block), WINDOW_SAMPLES)
        exact = block.astype(np.float64)
        sums.append(np.add.reduceat(exact, edges))
        squares.append(np.add.reduceat(exact * exact, edges))
        counts.append(np.diff(edges, append=len(block)))
        clipped += int(np.count_nonzero((block >= _CLIPPED_FROM) | (block <= -_CLIPPED_FROM)))
    total, square, count = np.concatenate(sums), np.concatenate(squares), np.concatenate(counts)
    dc = total.sum() / len(leg)
    about_dc = np.maximum(square - 2 * dc * total + dc * dc * count, 0.0) / _FULL_SCALE**2
    return Level(about_dc / count, _dbfs(float(about_dc.sum()) / len(leg)), clipped / len(leg))


def spread_of(first: Level, second: Level) -> Spread:
    """Compare two legs in the windows where one of them is above -50 dBFS; in all, if none is."""
    counted = np.maximum(first.energies, second.energies) > _COUNTED_ENERGY
    if not counted.any():
        counted[:] = True
    ratios_db = 10 * np.log10((first.energies[counted] + _RATIO_FLOOR) / (second.energies[counted] + _RATIO_FLOOR))
    p10_db, median_db, p90_db = np.percentile(ratios_db, (10, 50, 90))
    return Spread(float(p10_db), float(median_db), float(p90_db))


def likeness_of(first: Samples, second: Samples) -> float:
    """Give the best normalised correlation within ±60 ms over the first 60 s, 0 to 1, the sign ignored.

    The lagged products come from the power spectrum, so a minute costs three transforms.
    """
    count = min(len(first), _COMPARED_SAMPLES)
    one, two = (_without_dc(leg[:count]) for leg in (first, second))
    norm = float(np.sqrt(np.dot(one, one) * np.dot(two, two)))
    if norm == 0:
        return 0.0
    size = 1 << (count + _MAX_LAG_SAMPLES).bit_length()
    spectrum = np.fft.rfft(one, size)
    spectrum *= np.conj(np.fft.rfft(two, size))
    products = np.fft.irfft(spectrum, size)
    lags = np.concatenate((products[: _MAX_LAG_SAMPLES + 1], products[-_MAX_LAG_SAMPLES:]))
    return float(np.abs(lags).max()) / norm


def _without_dc(leg: Samples) -> NDArray[np.float32]:
    exact = leg.astype(np.float32)
    exact -= exact.mean(dtype=np.float64)
    return exact


def _dbfs(energy: float) -> float:
    return float(10 * np.log10(max(energy, _FLOOR_ENERGY)))
