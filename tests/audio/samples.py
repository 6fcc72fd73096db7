"""A recording of every kind that is accepted: one second, a tone in each channel.

AMR-WB is the exception: no encoder is to be had, so its frames are made by hand and hold noise.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import av
import numpy as np
from audio.files import encoded, written


@dataclass(frozen=True)
class Sample:
    """One recording.

    `container` is a word of the list in api/README.md. `more_s` is what a codec adds to the second and its
    container does not tell how to take away: the delay of the encoder, and the rest of the last frame.
    """

    container: str
    codec: str
    make: Callable[[], bytes]
    channels: int = 2
    more_s: float = 0.0
    has_tone: bool = True


@cache
def remuxed(muxer, data):
    """The packets of `data` in another container."""
    target = io.BytesIO()
    with av.open(io.BytesIO(data)) as source, av.open(target, "w", format=muxer) as container:
        stream = container.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = stream
                container.mux(packet)
    return target.getvalue()


def wideband_amr():
    """Fifty frames of 20 ms: the 132 bits of the lowest rate (3GPP TS 26.201), drawn at random."""
    frames = np.random.default_rng(2).integers(0, 256, (50, 17), np.uint8)
    frames[:, -1] &= 0xF0
    return b"#!AMR-WB\n" + b"".join(b"\x04" + frame.tobytes() for frame in frames)


def by_sndfile(form, subtype, codec, **more):
    channels = 1 if subtype == "GSM610" else 2
    container = {"OGG": "Ogg", "WAVEX": "WAV"}.get(form, form)
    rate_hz = 16_000 if form == "OGG" else 8_000
    return Sample(container, codec, lambda: written(form, subtype, rate_hz, channels=channels), channels, **more)


def by_ffmpeg(container, codec, args, channels=2, more_s=0.0, **options):
    return Sample(container, codec, lambda: encoded(*args, channels=channels, **options), channels, more_s)


PLAIN = {
    "PCM_U8": "pcm_u8", "PCM_16": "pcm_s16le", "PCM_24": "pcm_s24le", "PCM_32": "pcm_s32le", "FLOAT": "pcm_f32le",
    "DOUBLE": "pcm_f64le", "ULAW": "pcm_mulaw", "ALAW": "pcm_alaw",
}  # fmt: skip
BIG_ENDIAN = {"PCM_16": "pcm_s16be", "PCM_24": "pcm_s24be", "FLOAT": "pcm_f32be", "ULAW": "pcm_mulaw"}
PACKED = {"IMA_ADPCM": "adpcm_ima_wav", "MS_ADPCM": "adpcm_ms", "GSM610": "gsm_ms"}
LONG = {"rf64": "always"}

SAMPLES = [
    *(by_sndfile(form, subtype, codec) for form in ("WAV", "RF64", "W64") for subtype, codec in PLAIN.items()),
    *(by_sndfile("WAVEX", subtype, PLAIN[subtype]) for subtype in ("PCM_16", "ULAW")),
    *(by_sndfile(form, subtype, codec) for form in ("WAV", "W64") for subtype, codec in PACKED.items()),
    *(by_sndfile(form, subtype, codec) for form in ("AIFF", "AU", "CAF") for subtype, codec in BIG_ENDIAN.items()),
    by_sndfile("CAF", "ALAC_16", "alac"),
    by_sndfile("OGG", "VORBIS", "vorbis"),
    by_sndfile("OGG", "OPUS", "opus"),
    by_ffmpeg("RF64", "adpcm_ms", ("wav", "adpcm_ms", 8_000), **LONG),
    by_ffmpeg("RF64", "mp3", ("wav", "libmp3lame", 16_000), more_s=0.080, **LONG),
    by_ffmpeg("WAV", "mp3", ("wav", "libmp3lame", 16_000), more_s=0.080),
    by_ffmpeg("W64", "mp3", ("w64", "libmp3lame", 16_000), more_s=0.080),
    by_ffmpeg("MP3", "mp3", ("mp3", "libmp3lame", 8_000)),
    by_ffmpeg("MP3", "mp3", ("mp3", "libmp3lame", 44_100)),
    by_ffmpeg("MP3", "mp3", ("mp3", "libmp3lame", 16_000), more_s=0.080, write_xing="0"),
    by_ffmpeg("FLAC", "flac", ("flac", "flac", 8_000)),
    by_ffmpeg("Ogg", "flac", ("ogg", "flac", 8_000)),
    by_ffmpeg("Ogg", "opus", ("ogg", "libopus", 48_000)),
    by_ffmpeg("AAC", "aac", ("adts", "aac", 16_000), more_s=0.088),
    by_ffmpeg("AAC", "aac", ("adts", "aac", 8_000), more_s=0.152),
    by_ffmpeg("AMR", "amr_nb", ("amr", "libopencore_amrnb", 8_000), channels=1),
    Sample("AMR", "amr_wb", wideband_amr, 1, has_tone=False),
    by_ffmpeg("M4A", "aac", ("mp4", "aac", 44_100)),
    by_ffmpeg("M4A", "aac", ("ipod", "aac", 8_000), more_s=0.024),
    by_ffmpeg("M4A", "aac", ("mp4", "aac", 16_000), more_s=0.088, movflags="frag_keyframe+empty_moov"),
    by_ffmpeg("M4A", "alac", ("ipod", "alac", 44_100)),
    by_ffmpeg("M4A", "amr_nb", ("3gp", "libopencore_amrnb", 8_000), channels=1),
    by_ffmpeg("WebM", "opus", ("webm", "libopus", 48_000)),
    Sample("WebM", "vorbis", lambda: remuxed("webm", written("OGG", "VORBIS", 16_000, channels=2))),
    by_ffmpeg("WebM", "flac", ("matroska", "flac", 16_000)),
    by_ffmpeg("WebM", "aac", ("matroska", "aac", 16_000), more_s=0.024),
]


def name_of(sample):
    return f"{sample.container} {sample.codec}"
