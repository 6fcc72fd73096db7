"""What the decoding process reports of a file, checked like any other input, and the verdict on it."""

import math
import re
from dataclasses import dataclass
from itertools import pairwise

from shared.errors.jobs import DecodeFailed, NoAudioDecoded
from worker.audio.recording import MIN_SAMPLES, SAMPLE_RATE_HZ, Gap, Recording, Samples, check_shape
from worker.audio.sources import Source

# As FFmpeg names codecs.
_CODEC = re.compile("[a-z0-9_]{1,32}")
_MIN_GAP_S = 0.010
_MAX_SHORTFALL_S = 0.5


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a file before its first sample is read."""

    codec: str
    sample_rate_hz: int
    channels: int
    declared_s: float | None


def read_facts(answer: dict[str, object]) -> Facts:
    """Take what the process says of the file before the first sample."""
    codec, rate_hz, channels = answer.get("codec"), answer.get("sample_rate_hz"), answer.get("channels")
    declared_s = answer.get("declared_s")
    if not isinstance(codec, str) or not _CODEC.fullmatch(codec):
        raise DecodeFailed
    if type(rate_hz) is not int or type(channels) is not int:
        raise DecodeFailed
    check_shape(channels, rate_hz)
    is_told = isinstance(declared_s, float) and 0.0 <= declared_s < math.inf
    return Facts(codec, rate_hz, channels, declared_s if is_told else None)  # type: ignore[arg-type]


def judge(samples: Samples, facts: Facts, report: dict[str, object], source: Source) -> Recording:
    """Put the recording together; damage of any kind makes it incomplete."""
    if samples.shape[1] < MIN_SAMPLES:
        raise NoAudioDecoded
    duration_s = samples.shape[1] / SAMPLE_RATE_HZ
    gaps = _gaps(report.get("gaps"), duration_s)
    bad_packets = report.get("bad_packets")
    if type(bad_packets) is not int or bad_packets < 0:
        raise DecodeFailed
    is_short = facts.declared_s is not None and facts.declared_s - duration_s > _MAX_SHORTFALL_S
    is_holed = sum(gap.end_s - gap.start_s for gap in gaps) >= _MIN_GAP_S
    warnings = ["audio_incomplete"] if bad_packets or is_short or is_holed or source.is_cut else []
    if source.is_followed:
        warnings.append("trailing_data")
    told = report.get("warnings")
    if isinstance(told, list) and "parameters_changed" in told:
        warnings.append("parameters_changed")
    return Recording(samples, facts.sample_rate_hz, facts.codec, facts.declared_s, bad_packets, gaps, tuple(warnings))


def _gaps(told: object, duration_s: float) -> tuple[Gap, ...]:
    """Check that the gaps are pairs in order within the call."""
    try:
        gaps = tuple(Gap(float(start_s), float(end_s)) for start_s, end_s in told)  # type: ignore[attr-defined]
    except (TypeError, ValueError, OverflowError) as error:
        raise DecodeFailed from error
    edges = [0.0, *(edge for gap in gaps for edge in (gap.start_s, gap.end_s)), duration_s + _MIN_GAP_S]
    if not all(earlier <= later for earlier, later in pairwise(edges)):
        raise DecodeFailed
    return gaps
