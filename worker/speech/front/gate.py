"""Which frames of a leg are loud enough to be speech at all: the others are spared the network.

Half of a call's frames are the pauses of one party. Levels are in dBFS, 0 for a full square wave.
"""

import numpy as np
from numpy.typing import NDArray

SILENCE_DBFS = -120.0  # stands for digital silence, which has no level
ABOVE_FLOOR_DB = 6.0
LOWEST_DBFS = -75.0
HIGHEST_DBFS = -55.0
LOUDEST_FLOOR_DBFS = HIGHEST_DBFS - ABOVE_FLOOR_DB  # a line noisier than this hides quiet speech: no gate
FLOOR_PERCENTILE = 10
MARGIN_FRAMES = 16  # about 0.5 s: the network starts from nothing in each run and has to warm up
SHORTEST_GAP_FRAMES = 96  # about 3 s: leaving out less than this shifts more ends of speech than it saves


def levels_dbfs(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the level of each frame.

    Args:
        frames: float32 in [-1, 1], shape (frames, samples).

    Returns:
        float32, shape (frames,), in dBFS, at least -120.
    """
    power = np.einsum("ij,ij->i", frames, frames) / np.float32(frames.shape[1])
    levels: NDArray[np.float32] = 10 * np.log10(np.maximum(power, np.float32(10 ** (SILENCE_DBFS / 10))))
    return levels


def audible(levels: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Say which frames of a leg deserve the network's attention.

    Args:
        levels: dBFS of each frame of 32 ms of the whole leg, shape (frames,).

    Returns:
        bool, shape (frames,): frames at or above the gate, 16 on each side, and gaps of less than 96 between them;
        all of them on a noisy line.
    """
    if not len(levels):
        return np.zeros(0, np.bool_)
    floor = float(np.percentile(levels, FLOOR_PERCENTILE))
    if floor > LOUDEST_FLOOR_DBFS:
        return np.ones(len(levels), np.bool_)
    gate = min(max(floor + ABOVE_FLOOR_DB, LOWEST_DBFS), HIGHEST_DBFS)
    heard = _widened(levels >= gate)
    for first, last in runs(~heard):
        heard[first:last] = last - first < SHORTEST_GAP_FRAMES
    return heard


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Give the first and one-past-last index of each stretch of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _widened(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Make true what lies within the margin of something true."""
    before = np.concatenate([[0], np.cumsum(mask)])
    places = np.arange(len(mask))
    low = np.maximum(places - MARGIN_FRAMES, 0)
    high = np.minimum(places + MARGIN_FRAMES + 1, len(mask))
    return before[high] > before[low]
