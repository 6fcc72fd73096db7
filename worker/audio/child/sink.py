"""Where decoded blocks go: resampled, bounded and out through a descriptor."""

import os

import numpy as np

from shared.errors.jobs import AudioTooLong
from worker.audio.pcm import Resampler
from worker.audio.recording import BYTES_A_SAMPLE, PADDING_S, SAMPLE_RATE_HZ, FloatSamples


class Sink:
    """Writes blocks of any rate as interleaved int16 at 16,000 Hz, one resampler run for each stretch."""

    def __init__(self, descriptor: int, max_duration_s: float) -> None:
        self._descriptor = descriptor
        self.max_duration_s = max_duration_s
        self._left = int((max_duration_s + PADDING_S) * SAMPLE_RATE_HZ)
        self._waiting: list[FloatSamples] = []
        self._waiting_samples = 0
        self._resampler: Resampler | None = None
        self.channels = 0
        self.sample_rate_hz = 0

    def begin(self, sample_rate_hz: int, channels: int) -> None:
        """Expect blocks of another rate from here on; the first call decides the number of channels."""
        self.finish()
        self.channels = self.channels or channels
        self.sample_rate_hz = sample_rate_hz
        self._resampler = Resampler(sample_rate_hz, self.channels)

    def silence(self, samples: int) -> None:
        """Write `samples` samples of silence, a second at a time."""
        while samples > 0:
            part = min(samples, self.sample_rate_hz)
            self.put(np.zeros((part, self.channels), np.float32))
            samples -= part

    def put(self, block: FloatSamples) -> None:
        """Write float32 of shape (samples, any channels); resampled a second at a time, for speed."""
        self._waiting.append(with_channels(block, self.channels))
        self._waiting_samples += len(block)
        if self._waiting_samples >= self.sample_rate_hz:
            self._resample()

    def finish(self) -> None:
        """Write what the resampler still holds."""
        if self._resampler is not None:
            self._resample()
            self._write(self._resampler.finish().T.tobytes())
            self._resampler = None

    def _resample(self) -> None:
        assert self._resampler is not None
        if self._waiting:
            # A damaged packet may decode to anything, and one NaN would spoil what the filter gives for long.
            block = np.clip(np.nan_to_num(np.concatenate(self._waiting)), -1.0, 1.0)
            self._write(self._resampler.feed(block).T.tobytes())
            self._waiting, self._waiting_samples = [], 0

    def _write(self, samples: bytes) -> None:
        self._left -= len(samples) // (BYTES_A_SAMPLE * self.channels)
        if self._left < 0:
            raise AudioTooLong
        rest = memoryview(samples)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]


def with_channels(block: FloatSamples, channels: int) -> FloatSamples:
    """Fit a block to the number of channels of the call: what is missing repeats the last, the rest is left out."""
    if block.shape[1] == channels:
        return block
    return np.stack([block[:, min(index, block.shape[1] - 1)] for index in range(channels)], axis=1)
