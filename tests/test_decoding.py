"""What is no call gets its documented code; what becomes samples is listed in tests/audio/test_accepted.py."""

import io
from dataclasses import replace

import av
import numpy as np
import pytest
from audio.files import best_decoder, chunk, decode, encoded, loudest_hz, speech_bytes, wave, wave_format, written
from corpus.families.streams import two_streams

from shared.errors import jobs
from worker.audio.decode import Decoder
from worker.audio.sandbox import Isolation


def test_wideband_amr_is_accepted():
    silence = b"#!AMR-WB\n" + b"\x7c" * 50

    recording = decode(silence)

    assert (recording.codec, recording.source_sample_rate_hz) == ("amr_wb", 16_000)
    assert recording.duration_s == pytest.approx(1.0)


@pytest.mark.parametrize(
    "data",
    [written("WAV", "ULAW", channels=2), encoded("flac", "flac", 8_000, channels=2)],
    ids=["reader", "child"],
)
def test_both_legs_of_a_call_stay_apart(data):
    recording = decode(data)

    assert recording.samples.shape == (2, 16_000)
    assert [round(loudest_hz(leg), -1) for leg in recording.samples] == [440, 880]


def test_both_ways_give_the_same_samples():
    by_reader = decode(written("WAV", "PCM_16"))
    by_child = decode(written("AU", "PCM_16"))

    assert abs(by_reader.samples.astype(int) - by_child.samples).max() <= 1


def test_isolation_by_limits_decodes_too():
    recording = decode(encoded("flac", "flac", 8_000), Decoder(Isolation.LIMITS))

    assert loudest_hz(recording.samples[0]) == pytest.approx(440, abs=2)


def test_the_position_of_the_file_is_irrelevant(tmp_path):
    path = tmp_path / "call"
    path.write_bytes(encoded("flac", "flac", 8_000))

    with path.open("rb") as file:
        file.seek(0, 2)
        recording = best_decoder().decode(file)

    assert recording.duration_s == 1.0


def _flac_of_a_day():
    """Four hours are allowed: STREAMINFO says 24, in the 36 bits from byte 21 on."""
    data = bytearray(encoded("flac", "flac", 8_000))
    samples = 24 * 3_600 * 8_000
    data[21] = data[21] & 0xF0 | samples >> 32
    data[22:26] = (samples & 0xFFFF_FFFF).to_bytes(4, "big")
    return bytes(data)


def _film(*, has_sound):
    target = io.BytesIO()
    with av.open(target, "w", format="matroska") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        sound = container.add_stream("pcm_s16le", rate=8_000, layout="mono") if has_sound else None
        frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound is not None:
            block = av.AudioFrame.from_ndarray(np.zeros((1, 8_000), np.int16), format="s16", layout="mono")
            block.sample_rate = 8_000
            container.mux(sound.encode(block))
    return target.getvalue()


def _float_wave(value):
    samples = np.zeros(8_000, np.float32)
    samples[4_000] = value
    return wave(wave_format(3, 32), samples.tobytes())


SPEECH = speech_bytes()
G729 = wave(wave_format(0x0083, 0, bytes_a_frame=10), b"\x11" * 1_000)

REFUSED = {
    "nothing": (jobs.EmptyFile, lambda: b""),
    "text": (jobs.UnsupportedFormat, lambda: b"Dear Sir or Madam, please find attached the call.wav\n"),
    "ffconcat": (jobs.UnsupportedFormat, lambda: b"ffconcat version 1.0\nfile '/etc/passwd'\n"),
    "sdp": (jobs.UnsupportedFormat, lambda: b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n"),
    "m3u8": (jobs.UnsupportedFormat, lambda: b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n"),
    "zip": (jobs.UnsupportedFormat, lambda: b"PK\x03\x04" + bytes(100)),
    "png": (jobs.UnsupportedFormat, lambda: b"\x89PNG\r\n\x1a\n" + bytes(100)),
    "wma": (jobs.UnsupportedFormat, lambda: bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(100)),
    "rifx": (jobs.UnsupportedFormat, lambda: wave(wave_format(), SPEECH, magic=b"RIFX")),
    "avi": (jobs.UnsupportedFormat, lambda: b"RIFF\x00\x10\x00\x00AVI LIST" + bytes(100)),
    "bare mu-law": (jobs.UnsupportedFormat, lambda: b"\x7f" * 8_000),
    "tag without audio": (jobs.UnsupportedFormat, lambda: b"ID3\x04\0\0\0\0\0\x20" + b"text" * 500),
    "film with sound": (jobs.UnsupportedFormat, lambda: _film(has_sound=True)),
    "film without sound": (jobs.NoAudioStream, lambda: _film(has_sound=False)),
    "two streams": (jobs.MultipleAudioStreams, two_streams),
    "G.729": (jobs.UnsupportedCodec, lambda: G729),
    "odd bit depth": (jobs.UnsupportedCodec, lambda: wave(wave_format(1, 12, bytes_a_frame=2), SPEECH)),
    "block of another size": (jobs.UnsupportedCodec, lambda: wave(wave_format(1, 16, bytes_a_frame=3), SPEECH)),
    "AC-3": (jobs.UnsupportedCodec, lambda: encoded("matroska", "ac3", 48_000)),
    "no rate": (jobs.UnsupportedSampleRate, lambda: wave(wave_format(rate_hz=0), SPEECH)),
    "high rate": (jobs.UnsupportedSampleRate, lambda: wave(wave_format(rate_hz=192_001), SPEECH)),
    "no channel": (jobs.UnsupportedChannels, lambda: wave(wave_format(channels=0), SPEECH)),
    "nine channels": (jobs.UnsupportedChannels, lambda: wave(wave_format(channels=9), SPEECH)),
    "header alone": (jobs.NoAudioDecoded, lambda: wave(wave_format(), b"")),
    "19 ms": (jobs.NoAudioDecoded, lambda: wave(wave_format(), SPEECH[: 19 * 16])),
    "no data": (jobs.NoAudioDecoded, lambda: b"RIFF\x18\0\0\0WAVE" + chunk(b"fmt ", wave_format())),
    "no format": (jobs.DecodeFailed, lambda: b"RIFF\x18\0\0\0WAVE" + chunk(b"data", SPEECH)),
    "2,000 chunks": (jobs.DecodeFailed, lambda: b"RIFF\x18\0\0\0WAVE" + chunk(b"JUNK", b"") * 2_000),
    "NaN": (jobs.InvalidSamples, lambda: _float_wave(float("nan"))),
    "infinite": (jobs.InvalidSamples, lambda: _float_wave(float("inf"))),
    "too loud": (jobs.InvalidSamples, lambda: _float_wave(8.5)),
    "start of an MP3": (jobs.DecodeFailed, lambda: encoded("mp3", "libmp3lame", 8_000)[261:300]),
    "M4A without index": (jobs.DecodeFailed, lambda: encoded("mp4", "aac", 16_000)[:2_000]),
    "a day of FLAC": (jobs.AudioTooLong, _flac_of_a_day),
}


@pytest.mark.parametrize(("error", "make"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_call_has_a_code(error, make):
    with pytest.raises(error):
        decode(make())


@pytest.mark.parametrize(
    "data",
    [written("WAV", "PCM_16", duration_s=3), encoded("adts", "aac", 16_000, 3.0), encoded("flac", "flac", 8_000, 3.0)],
    ids=["header of WAV", "no promise", "header of FLAC"],
)
def test_a_longer_call_is_refused(data):
    short = replace(best_decoder(), max_duration_s=2.0)

    with pytest.raises(jobs.AudioTooLong):
        decode(data, short)
