"""How loud each leg is at each moment: what the waveform of a call is drawn from, a byte's worth an interval."""

import json
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from worker.audio.recording import SAMPLE_RATE_HZ, Samples
from worker.listening.pacing import Paced
from worker.listening.sound import Sound

SCHEMA_VERSION = "1.0"
STEP_S = 0.05
MOST_VALUES = 400_000
"""Fewer than this at four bytes each are 1.6 MB of JSON: a gateway's answer holds 6 MB."""

_STEP_SAMPLES = SAMPLE_RATE_HZ // 20
_BLOCK_STEPS = 12_000  # ten minutes: a few hundredths of a second of CPU
_FULL_SCALE = 32_768
_TOP = 255


def peaks_document(sound: Sound, pace: Paced) -> bytes:
    """Write the peaks of all legs: JSON, the greatest absolute sample of each interval from 0 to 255, full scale.

    Raises:
        TransientError: the job was abandoned.
    """
    duration_s = sound.recording.duration_s
    steps = steps_of(duration_s, len(sound.legs))
    channels = [{"index": leg.index, "role": leg.role, "peaks": _peaks(leg.samples, steps, pace)} for leg in sound.legs]
    document = {
        "schema_version": SCHEMA_VERSION,
        "object": "peaks",
        "job_id": sound.job_id,
        "duration": round(duration_s, 3),
        "interval_s": round(steps * STEP_S, 2),
        "channels": channels,
    }
    return json.dumps(document, separators=(",", ":")).encode()


def steps_of(duration_s: float, legs: int) -> int:
    """Give the interval in steps of 0.05 s: the least that keeps all legs of the call under 400,000 values."""
    most_a_leg = (MOST_VALUES - 1) // legs
    return max(1, math.ceil(math.ceil(duration_s / STEP_S) / most_a_leg))


def _peaks(samples: Samples, steps: int, pace: Paced) -> list[int]:
    """Give the peaks of one leg, int16, shape (samples,), an interval of `steps` each; the last may be shorter."""
    found = np.concatenate(list(_greatest(samples, pace)))
    edges = np.arange(0, len(found), steps)
    scaled = (np.maximum.reduceat(found, edges) * _TOP + _FULL_SCALE // 2) // _FULL_SCALE
    peaks: list[int] = scaled.tolist()
    return peaks


def _greatest(samples: Samples, pace: Paced) -> Iterator[NDArray[np.int32]]:
    """Give the greatest absolute sample of each step of 0.05 s, ten minutes at a time."""
    for start in range(0, len(samples), _BLOCK_STEPS * _STEP_SAMPLES):
        block = samples[start : start + _BLOCK_STEPS * _STEP_SAMPLES]
        with pace.step((len(samples) - start) / SAMPLE_RATE_HZ):
            yield _of_steps(block)


def _of_steps(block: Samples) -> NDArray[np.int32]:
    """Reduce whole steps as rows, which is several times faster than by edges, and what is left over alone."""
    whole = len(block) - len(block) % _STEP_SAMPLES
    parts = [block[:whole].reshape(-1, _STEP_SAMPLES), block[None, whole:]]
    # Not the absolute value: that of the lowest sample does not fit into 16 bits.
    found = [
        np.maximum(part.max(axis=1).astype(np.int32), -part.min(axis=1).astype(np.int32)) for part in parts if part.size
    ]
    return np.concatenate(found)
