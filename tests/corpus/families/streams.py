"""Too many streams, none, or one that changes midway; and good calls that look odd from outside."""

import io

import av
import numpy as np
from audio.files import encoded, speech_bytes, wave, wave_format
from corpus.entries import Entry, heard, refused


def two_streams():
    first = encoded("matroska", "flac", 16_000)
    target = io.BytesIO()
    with av.open(io.BytesIO(first)) as source, av.open(target, "w", format="matroska") as container:
        streams = [container.add_stream_from_template(source.streams.audio[0]) for _ in range(2)]
        for packet in source.demux():
            if packet.size:
                packet.stream = streams[0]
                container.mux(packet)
    return target.getvalue()


def film(*, has_sound, muxer="matroska", codec="pcm_s16le"):
    target = io.BytesIO()
    with av.open(target, "w", format=muxer) as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        sound = container.add_stream(codec, rate=8_000, layout="mono") if has_sound else None
        frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound is not None:
            block = av.AudioFrame.from_ndarray(np.zeros((1, 8_000), np.int16), format="s16", layout="mono")
            block.sample_rate, block.pts = 8_000, 0
            container.mux(sound.encode(block))
    return target.getvalue()


def mp3(rate_hz):
    return encoded("mp3", "libmp3lame", rate_hz, 2.0, write_xing="0", id3v2_version="0")


def opus():
    return encoded("ogg", "libopus", 48_000, 2.0)


def short_opus():
    """Of each link but the first FFmpeg gives no sound, and no word of it."""
    return encoded("ogg", "libopus", 48_000, 0.8)


def flac_in_ogg(rate_hz):
    return encoded("ogg", "flac", rate_hz, 2.0)


def dead_leg():
    legs = np.zeros((16_000, 2), np.int16)
    legs[:, 0] = np.frombuffer(speech_bytes(2.0), np.int16)
    return wave(wave_format(channels=2), legs.tobytes())


ENTRIES: list[Entry] = [
    refused("68", "two audio streams", two_streams, "multiple_audio_streams"),
    refused("69", "a film without sound", lambda: film(has_sound=False), "no_audio_stream"),
    refused("70", "a film with sound", lambda: film(has_sound=True), "unsupported_format"),
    refused(
        "70b", "a film with sound, MP4", lambda: film(has_sound=True, muxer="mp4", codec="alac"), "unsupported_format"
    ),
    heard("82", "chained Ogg", lambda: opus() + opus(), "parameters_changed", duration_s=4.0),
    heard(
        "82b",
        "chained Ogg of two rates",
        lambda: flac_in_ogg(8_000) + flac_in_ogg(16_000),
        "audio_incomplete",
        duration_s=2.0,
    ),
    heard("82c", "chained Ogg, short and alike", lambda: short_opus() * 3, "audio_incomplete"),
    heard("82d", "chained FLAC", lambda: flac_in_ogg(8_000) * 3, "parameters_changed", duration_s=6.0),
    heard("83", "MP3 of two rates", lambda: mp3(16_000) + mp3(24_000), "parameters_changed"),
    heard("84", "a WAV that is called .mp3", wave(wave_format(), speech_bytes()), duration_s=1.0),
    heard("88", "stereo with a dead leg", dead_leg, duration_s=2.0),
]
