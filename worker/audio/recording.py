"""A decoded call: its samples, where they came from and what was lost on the way.

Also the store that samples are written into while their number is not known yet.
"""

import mmap
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.errors.jobs import AudioTooLong, DecodeMemoryLimit, UnsupportedChannels, UnsupportedSampleRate

SAMPLE_RATE_HZ = 16_000
MIN_SAMPLE_RATE_HZ = 4_000
MAX_SAMPLE_RATE_HZ = 192_000
MAX_CHANNELS = 8
BYTES_A_SAMPLE = 2
# What encoders add to a call at both ends, at most: no call is too long for it.
PADDING_S = 0.5
# 20 ms: less than this is no call.
MIN_SAMPLES = SAMPLE_RATE_HZ // 50

Samples = NDArray[np.int16]
FloatSamples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of the call that could not be decoded and holds silence, in seconds from the start."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording, whole or with its holes named.

    Attributes:
        samples: int16, shape (channels, samples), at 16,000 Hz; gaps hold silence.
        source_sample_rate_hz: the rate before resampling.
        codec: FFmpeg's name, as `pcm_mulaw`, `mp3`, `opus`.
        declared_duration_s: what the header promised; None where a container makes no promise.
        bad_packets: packets that the codec refused, or whose place in time had to be guessed.
        gaps: in order of time, not overlapping.
        warnings: codes of the contract, each once.
        is_plain_wave: our own reader read it, behind a RIFF header of the short form that players have always known.
    """

    samples: Samples
    source_sample_rate_hz: int
    codec: str
    declared_duration_s: float | None
    bad_packets: int
    gaps: tuple[Gap, ...]
    warnings: tuple[str, ...]
    is_plain_wave: bool = False

    @property
    def duration_s(self) -> float:
        """Length of what was decoded, silence in gaps included, in seconds."""
        return float(self.samples.shape[1]) / SAMPLE_RATE_HZ

    @property
    def facts(self) -> dict[str, Any]:
        """What the job tells of its audio."""
        return {
            "duration_s": self.duration_s,
            "sample_rate_hz": self.source_sample_rate_hz,
            "channels": int(self.samples.shape[0]),
            "codec": self.codec,
        }


class SampleStore:
    """Takes blocks of samples one after another, without copying what it holds.

    A page of an anonymous mapping costs memory only once it is written, so the room for the longest
    accepted call is free, and growing never copies.
    """

    def __init__(self, channels: int, max_duration_s: float) -> None:
        """Make room for `max_duration_s` of `channels` channels.

        Raises:
            DecodeMemoryLimit: the machine refuses even the address space.
        """
        self._capacity = int(max_duration_s * SAMPLE_RATE_HZ) + 1
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | getattr(mmap, "MAP_NORESERVE", 0)
        try:
            room = mmap.mmap(-1, channels * self._capacity * BYTES_A_SAMPLE, flags=flags)
        except OSError as error:
            raise DecodeMemoryLimit from error
        self._samples: Samples = np.frombuffer(room, dtype=np.int16).reshape(channels, self._capacity)
        self._count = 0

    def append(self, block: Samples) -> None:
        """Add `block`, int16 of shape (channels, samples).

        Raises:
            AudioTooLong: the call is longer than the room that was asked for.
        """
        end = self._count + block.shape[1]
        if end > self._capacity:
            raise AudioTooLong
        self._samples[:, self._count : end] = block
        self._count = end

    def samples(self) -> Samples:
        """Give what was added: a view, int16 of shape (channels, samples)."""
        return self._samples[:, : self._count]


def check_shape(channels: int, rate_hz: int) -> None:
    """Refuse a number of channels or a sample rate (Hz) that the contract does not accept."""
    if not MIN_SAMPLE_RATE_HZ <= rate_hz <= MAX_SAMPLE_RATE_HZ:
        raise UnsupportedSampleRate
    if not 1 <= channels <= MAX_CHANNELS:
        raise UnsupportedChannels
