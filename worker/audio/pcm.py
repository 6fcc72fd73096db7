"""Samples as numbers: from the bytes of a WAV file to blocks, and from any rate to 16,000 Hz."""

import os
from collections.abc import Callable, Iterator

import numpy as np
import soxr
from numpy.typing import NDArray

from shared.errors.jobs import InvalidSamples
from worker.audio.recording import SAMPLE_RATE_HZ, FloatSamples, Samples
from worker.audio.riff import WaveHeader

_FULL_SCALE = 32_768.0
_MAX_FLOAT = 8.0
_BLOCK_S = 10
# Bounds the memory of a block whatever rate, width and number of channels a file claims.
_MAX_BLOCK_BYTES = 4_194_304

_Bytes = NDArray[np.uint8]


def read_blocks(descriptor: int, header: WaveHeader) -> Iterator[FloatSamples]:
    """Read the samples of a plain WAV file in blocks of at most 10 s.

    Yields:
        float32 in [-1, 1] (float audio: [-8, 8]), shape (samples, channels), at the file's own rate.

    Raises:
        InvalidSamples: float audio with NaN, Inf or a magnitude above 8.
    """
    form = header.format
    frames = min(_BLOCK_S * form.sample_rate_hz, _MAX_BLOCK_BYTES // form.bytes_a_frame)
    offset, end = header.data_offset, header.data_offset + header.data_bytes
    while offset < end:
        raw = os.pread(descriptor, min(frames * form.bytes_a_frame, end - offset), offset)
        raw = raw[: len(raw) - len(raw) % form.bytes_a_frame]
        if not raw:
            return
        offset += len(raw)
        yield _READERS[form.codec](np.frombuffer(raw, np.uint8)).reshape(-1, form.channels)


class Resampler:
    """Brings a stream of blocks to 16,000 Hz, the delay of the filter taken out."""

    def __init__(self, sample_rate_hz: int, channels: int) -> None:
        """Expect float32 blocks of shape (samples, channels) at `sample_rate_hz`."""
        self._channels = channels
        self._stream = None
        if sample_rate_hz != SAMPLE_RATE_HZ:
            self._stream = soxr.ResampleStream(sample_rate_hz, SAMPLE_RATE_HZ, channels, dtype="float32", quality="HQ")

    def feed(self, block: FloatSamples) -> Samples:
        """Give what can be told so far: int16, shape (channels, samples)."""
        return _as_int16(block if self._stream is None else self._stream.resample_chunk(block))

    def finish(self) -> Samples:
        """Give the rest; the resampler is used up."""
        nothing = np.zeros((0, self._channels), np.float32)
        return _as_int16(nothing if self._stream is None else self._stream.resample_chunk(nothing, last=True))


def as_float(samples: NDArray[np.generic]) -> FloatSamples:
    """Turn native samples of any kind into float32 of full scale 1, the shape unchanged.

    Raises:
        InvalidSamples: float samples with NaN, Inf or a magnitude above 8.
    """
    if samples.dtype == np.uint8:
        return (samples.astype(np.float32) - 128.0) / 128.0
    if samples.dtype == np.int16:
        return samples.astype(np.float32) / np.float32(_FULL_SCALE)
    if samples.dtype == np.int32:
        return samples.astype(np.float32) / np.float32(2.0**31)
    return _checked_float(samples)


def _checked_float(samples: NDArray[np.generic]) -> FloatSamples:
    """Compare in the file's own width: a float64 of 1e300 must not overflow on its way to float32."""
    # A NaN compares as false, so it fails the test that every sample must pass.
    if not bool(np.all(np.abs(samples) <= _MAX_FLOAT)):
        raise InvalidSamples
    return samples.astype(np.float32)


def _as_int16(block: FloatSamples) -> Samples:
    scaled = np.rint(block * np.float32(_FULL_SCALE))
    samples: Samples = np.clip(scaled, -_FULL_SCALE, _FULL_SCALE - 1).astype(np.int16)
    return samples.T


def _int24(raw: _Bytes) -> FloatSamples:
    """Widen three bytes to the upper three of an int32."""
    wide = np.zeros((len(raw) // 3, 4), np.uint8)
    wide[:, 1:] = raw.reshape(-1, 3)
    return as_float(wide.reshape(-1).view("<i4"))


def _alaw_table() -> FloatSamples:
    """Build the 256 values of ITU-T G.711 A-law, in units of full scale."""
    code = np.arange(256) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    linear = (mantissa << 4) + 8
    magnitude = np.where(exponent > 0, (linear + 256) << np.maximum(exponent - 1, 0), linear)
    return as_float(np.where(code & 0x80, magnitude, -magnitude).astype(np.int16))


def _mulaw_table() -> FloatSamples:
    """Build the 256 values of ITU-T G.711 mu-law, in units of full scale."""
    code = ~np.arange(256)
    magnitude = ((((code & 15) << 3) + 132) << ((code >> 4) & 7)) - 132
    return as_float(np.where(code & 0x80, -magnitude, magnitude).astype(np.int16))


_ALAW = _alaw_table()
_MULAW = _mulaw_table()

_READERS: dict[str, Callable[[_Bytes], FloatSamples]] = {
    "pcm_u8": as_float,
    "pcm_s16le": lambda raw: as_float(raw.view("<i2")),
    "pcm_s24le": _int24,
    "pcm_s32le": lambda raw: as_float(raw.view("<i4")),
    "pcm_f32le": lambda raw: as_float(raw.view("<f4")),
    "pcm_f64le": lambda raw: as_float(raw.view("<f8")),
    "pcm_alaw": lambda raw: _ALAW[raw],
    "pcm_mulaw": lambda raw: _MULAW[raw],
}
