"""Makes recordings: by FFmpeg, by libsndfile, and by hand where neither would write such a file."""

import io
import struct
import tempfile
from functools import cache
from pathlib import Path

import av
import numpy as np
import soundfile

from worker.audio.decode import open_decoder
from worker.audio.recording import Recording

TONE_HZ = 440


def tone(rate_hz, duration_s, channels=1):
    """A tone at -10 dBFS in the first channel, an octave higher in each further one; int16, (samples, channels)."""
    moments = np.arange(int(rate_hz * duration_s)) / rate_hz
    waves = [np.sin(2 * np.pi * TONE_HZ * 2**channel * moments) for channel in range(channels)]
    return (np.stack(waves, axis=1) * 10_000).astype(np.int16)


def sweep(rate_hz, duration_s):
    """A rising tone, so that no two moments sound alike; int16, (samples, 1)."""
    moments = np.arange(int(rate_hz * duration_s)) / rate_hz
    phase = 2 * np.pi * (300 * moments + (3_000 - 300) / (2 * duration_s) * moments**2)
    return (np.sin(phase)[:, None] * 10_000).astype(np.int16)


@cache
def encoded(muxer, codec, rate_hz, duration_s=1.0, channels=1, **options):
    """A tone, encoded by FFmpeg."""
    return encoded_samples(muxer, codec, rate_hz, tone(rate_hz, duration_s, channels), **options)


def encoded_samples(muxer, codec, rate_hz, samples, **options):
    """Samples (int16, shape (samples, channels)), encoded by FFmpeg."""
    layout = "mono" if samples.shape[1] == 1 else "stereo"
    target = tempfile.NamedTemporaryFile()  # noqa: SIM115  a name, because the "faststart" of MP4 opens it again
    with av.open(target.name, "w", format=muxer, options=options) as container:
        stream = container.add_stream(codec, rate=rate_hz, layout=layout)
        context = stream.codec_context
        whole = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout=layout)
        whole.sample_rate = rate_hz
        resampler = av.AudioResampler(context.format.name, layout, rate_hz, context.frame_size or 1024)
        position = 0
        for frame in [*resampler.resample(whole), *resampler.resample(None)]:
            frame.pts = position
            position += frame.samples
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with target:
        return Path(target.name).read_bytes()


@cache
def written(form, subtype, rate_hz=8_000, duration_s=1.0, channels=1):
    """A tone, written by libsndfile."""
    target = io.BytesIO()
    soundfile.write(target, tone(rate_hz, duration_s, channels) / 32_768, rate_hz, format=form, subtype=subtype)
    return target.getvalue()


def wave_format(tag=1, bits=16, rate_hz=8_000, channels=1, bytes_a_frame=None):
    bytes_a_frame = channels * bits // 8 if bytes_a_frame is None else bytes_a_frame
    return struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * bytes_a_frame, bytes_a_frame, bits)


def chunk(name, body, size=None):
    return name + struct.pack("<I", len(body) if size is None else size) + body + b"\0" * (len(body) % 2)


def wave(form, data, data_size=None, riff_size=None, magic=b"RIFF"):
    """A WAV file by hand; a given size is written instead of the true one."""
    body = b"WAVE" + chunk(b"fmt ", form) + chunk(b"data", data, data_size)
    return magic + struct.pack("<I", len(body) if riff_size is None else riff_size) + body


def speech_bytes(duration_s=1.0, rate_hz=8_000, channels=1):
    return tone(rate_hz, duration_s, channels).tobytes()


@cache
def best_decoder():
    """The decoder that this machine allows."""
    return open_decoder("preferred")


def decode(data, decoder=None) -> Recording:
    """Decode `data` from a real file, as a worker does."""
    decoder = decoder or best_decoder()
    with tempfile.TemporaryFile() as file:
        file.write(data)
        return decoder.decode(file)


def loudest_hz(samples):
    """The frequency with most energy in one channel."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return spectrum.argmax() * 16_000 / len(samples)


def damaged(data, count=300):
    """`data` with `count` random bytes in its middle."""
    middle = len(data) // 2
    return data[:middle] + np.random.default_rng(7).bytes(count) + data[middle + count :]
