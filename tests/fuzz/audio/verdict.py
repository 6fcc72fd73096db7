"""What a recording may come to: one of the documented refusals, or a call that can be true."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from worker.audio.recording import MAX_CHANNELS, MIN_SAMPLES, PADDING_S, Recording

CAP_S = 600.0
"""The longest call of these runs: what grows beyond it must be stopped."""
REFUSALS = frozenset({
    "empty_file", "unsupported_format", "unsupported_codec", "unsupported_sample_rate", "unsupported_channels",
    "no_audio_stream", "multiple_audio_streams", "invalid_samples", "no_audio_decoded", "audio_too_long",
    "decode_failed", "decode_memory_limit",
})  # fmt: skip
"""`decode_timeout` is documented too, but a file of some kilobytes that takes so long is what is looked for."""
WARNINGS = frozenset({"header_repaired", "audio_incomplete", "trailing_data", "parameters_changed"})


@dataclass(frozen=True)
class Verdict:
    """What became of a file: `completed` or the code of the refusal, samples of each channel, and what is wrong."""

    outcome: str
    samples: int = 0
    channels: int = 0
    faults: tuple[str, ...] = ()


def refused(code: str) -> Verdict:
    return Verdict(code, faults=() if code in REFUSALS else (f"refused with {code}",))


def heard(recording: Recording) -> Verdict:
    channels, samples = recording.samples.shape
    edges = [0.0, *(edge for gap in recording.gaps for edge in (gap.start_s, gap.end_s)), recording.duration_s + 0.010]
    declared_s = recording.declared_duration_s
    truths = {
        "samples of another type": recording.samples.dtype == np.int16,
        "a shape that cannot be": 1 <= channels <= MAX_CHANNELS and samples >= MIN_SAMPLES,
        "longer than the cap": recording.duration_s <= CAP_S + PADDING_S,
        "gaps out of order": all(earlier <= later for earlier, later in pairwise(edges)),
        "a length that is none": declared_s is None or (math.isfinite(declared_s) and declared_s >= 0),
        "a rate that cannot be": 4_000 <= recording.source_sample_rate_hz <= 192_000,
        "bad packets that are no number": type(recording.bad_packets) is int and recording.bad_packets >= 0,
        "unknown warnings": set(recording.warnings) <= WARNINGS,
        "a warning twice": len(set(recording.warnings)) == len(recording.warnings),
    }
    faults = tuple(fault for fault, is_true in truths.items() if not is_true)
    return Verdict("completed", samples, channels, faults)
