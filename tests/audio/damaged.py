"""Calls of a minute whose every moment has a pitch of its own: what damage costs them can be told by ear."""

import io
from functools import cache
from itertools import pairwise

import av
import numpy as np
import soundfile
from audio.files import encoded_samples, sweep
from audio.samples import remuxed

CALL_S = 60.0
_WINDOW, _HOP = 2_048, 1_600  # an eighth of a second every 0.1 s
_PITCH_HZ = 15  # what the sweep climbs in a third of a second


@cache
def by_ffmpeg(muxer, codec, rate_hz, **options):
    return encoded_samples(muxer, codec, rate_hz, sweep(rate_hz, CALL_S), **options)


@cache
def by_sndfile(form, subtype, rate_hz):
    target = io.BytesIO()
    soundfile.write(target, sweep(rate_hz, CALL_S), rate_hz, format=form, subtype=subtype)
    return target.getvalue()


def aac():
    return by_ffmpeg("mp4", "aac", 16_000, movflags="faststart")


def opus():
    return by_ffmpeg("ogg", "libopus", 48_000)


# Damage shows in all of these: by a sum, by a sync word, by an index, or by a packet that makes no sense.
SHOWS_DAMAGE = {
    "MP3": lambda: by_ffmpeg("mp3", "libmp3lame", 16_000),
    "MP3 without index": lambda: by_ffmpeg("mp3", "libmp3lame", 16_000, write_xing="0"),
    "ADTS": lambda: remuxed("adts", aac()),
    "M4A": aac,
    "M4A in fragments": lambda: by_ffmpeg(
        "mp4", "aac", 8_000, movflags="frag_keyframe+empty_moov", frag_duration="1000000"
    ),
    "ALAC": lambda: by_ffmpeg("ipod", "alac", 8_000, movflags="faststart"),
    "FLAC": lambda: by_ffmpeg("flac", "flac", 8_000),
    "AMR": lambda: by_ffmpeg("amr", "libopencore_amrnb", 8_000),
    "AMR in 3GP": lambda: by_ffmpeg("3gp", "libopencore_amrnb", 8_000, movflags="faststart"),
    "IMA ADPCM": lambda: by_sndfile("WAV", "IMA_ADPCM", 8_000),
    "MS ADPCM": lambda: by_sndfile("WAV", "MS_ADPCM", 8_000),
    "Opus in Ogg": opus,
    "Vorbis in Ogg": lambda: by_sndfile("OGG", "VORBIS", 16_000),
    "FLAC in Ogg": lambda: by_ffmpeg("ogg", "flac", 8_000),
    "Opus in WebM": lambda: remuxed("webm", opus()),
    "FLAC in Matroska": lambda: by_ffmpeg("matroska", "flac", 8_000),
}
# These carry nothing to know it by: 300 bytes are 300 wrong bytes, a glitch of 0.04 to 0.2 s.
HIDES_DAMAGE = {
    "GSM": lambda: by_sndfile("WAV", "GSM610", 8_000),
    "mu-law": lambda: by_sndfile("WAV", "ULAW", 8_000),
    "AIFF": lambda: by_sndfile("AIFF", "PCM_16", 8_000),
}


def pitches_hz(samples):
    """The loudest pitch at every 0.1 s of one channel."""
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP] * np.hanning(_WINDOW)
    return np.abs(np.fft.rfft(windows.astype(np.float32))).argmax(axis=1) * 16_000 / _WINDOW


def kept_share(clean, heard):
    """The share of `clean` that is heard in `heard` too, a third of a second early or late at most."""
    wanted_hz, got_hz = pitches_hz(clean), pitches_hz(heard)
    shared = min(len(wanted_hz), len(got_hz))
    is_kept = np.abs(wanted_hz[:shared] - got_hz[:shared]) <= _PITCH_HZ
    return np.count_nonzero(is_kept) / len(wanted_hz)


def whole_until_s(data, size):
    """How much of a call lies in the first `size` bytes in packets, or pages, that are whole."""
    with av.open(io.BytesIO(data)) as container:
        packets = [packet for packet in container.demux(container.streams.audio[0]) if packet.size]
    places = sorted({packet.pos for packet in packets} | {len(data)})
    ends = dict(pairwise(places))
    whole = [packet for packet in packets if ends[packet.pos] <= size]
    return max(float((packet.pts + packet.duration) * packet.time_base) for packet in whole)
