"""One audio stream of an accepted codec, opened by the one demuxer it needs, or a named error."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from shared.containers import Container
from shared.errors.jobs import DecodeFailed, MultipleAudioStreams, NoAudioStream, UnsupportedCodec, UnsupportedFormat
from worker.audio.child.references import point_elsewhere
from worker.audio.child.view import FileView
from worker.audio.pcm import as_float
from worker.audio.recording import FloatSamples
from worker.audio.sources import Source

_CODECS = frozenset({
    "adpcm_ima_wav", "adpcm_ms", "gsm_ms", "mp3", "aac", "alac", "flac", "opus", "vorbis", "amr_nb", "amr_wb",
})  # fmt: skip
# What PyAV raises about a file: FFmpeg's own errors, and Python's where a number makes no sense.
_BROKEN = (av.error.FFmpegError, ValueError, RuntimeError, OSError)


def open_container(source: Source) -> Any:
    """Open the file with the one demuxer that its first bytes name, and nothing else to reach for.

    Raises:
        DecodeFailed: broken beyond reading, or its sound lies in another file.
    """
    options = {"format_whitelist": source.container.value, "protocol_whitelist": "none", "probesize": "1000000"}
    if source.container is Container.MP4 and point_elsewhere(FileView(source)):
        raise DecodeFailed
    with errors_translated():
        return av.open(FileView(source), format=source.container.value, options=options, metadata_errors="ignore")


@contextmanager
def errors_translated() -> Iterator[None]:
    """Give what PyAV raises about a file its name; FFmpeg's lack of memory is Python's MemoryError already."""
    try:
        yield
    except MemoryError:
        raise
    except _BROKEN as error:
        raise DecodeFailed from error


def only_audio_stream(container: Any) -> Any:
    """Give the audio stream of a file that has exactly one, and no film."""
    if any(not stream.disposition & av.stream.Disposition.attached_pic for stream in container.streams.video):
        raise UnsupportedFormat if container.streams.audio else NoAudioStream
    if not container.streams.audio:
        raise NoAudioStream
    if len(container.streams.audio) > 1:
        raise MultipleAudioStreams
    return container.streams.audio[0]


def codec_name(stream: Any) -> str:
    """Give FFmpeg's name of the codec, if it is one of ours."""
    context = stream.codec_context
    name = context.codec.canonical_name if context else ""
    if name not in _CODECS and not name.startswith("pcm_"):
        raise UnsupportedCodec
    stream.thread_type = "NONE"
    context.thread_count = 1
    return str(name)


def decoder_of(stream: Any) -> Any:
    """Give the decoder: for AMR-NB the one that knows silence frames (DTX), which FFmpeg's own does not."""
    context = stream.codec_context
    name = context.codec.canonical_name
    if name == "alac":
        # An ALAC packet tells its own length; FFmpeg takes the remainder that CAF tells off a second time.
        context.flags2 |= av.codec.context.Flags2.skip_manual
    if name != "amr_nb" or "libopencore_amrnb" not in av.codecs_available:
        return context
    decoder = av.CodecContext.create("libopencore_amrnb", "r")
    decoder.sample_rate = 8_000
    decoder.layout = "mono"
    return decoder


def as_block(frame: Any, codec: str) -> FloatSamples:
    """Give a frame as float32 of shape (samples, channels)."""
    samples: NDArray[np.generic] = frame.to_ndarray()
    samples = samples.T if frame.format.is_planar else samples.reshape(-1, frame.layout.nb_channels)
    if samples.dtype == np.float32 and not codec.startswith("pcm_"):
        return samples.astype(np.float32, copy=False)
    return as_float(samples)
