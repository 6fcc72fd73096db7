"""The RIFF reader against libsndfile, and against headers that lie."""

import io
import struct
from contextlib import suppress

import numpy as np
import pytest
import soundfile
from audio.files import chunk, decode, speech_bytes, wave, wave_format
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors.jobs import JobError, NoAudioDecoded
from worker.audio import riff
from worker.audio.pcm import read_blocks

WIDTHS = {
    "PCM_U8": 1 / 128, "PCM_16": 1 / 32_768, "PCM_24": 2**-23, "PCM_32": 2**-23, "FLOAT": 2**-23, "DOUBLE": 2**-23,
    "ULAW": 1 / 32_768, "ALAW": 1 / 32_768,
}  # fmt: skip
SPEECH = speech_bytes()


def read_whole(data, tmp_path_factory):
    path = tmp_path_factory.mktemp("riff") / "call"
    path.write_bytes(data)
    with path.open("rb") as file:
        header = riff.read_header(file.fileno())
        return header, np.concatenate(list(read_blocks(file.fileno(), header)))


@st.composite
def recordings(draw):
    """A format, a rate and some noise: float64 in [-1, 1], shape (samples, channels)."""
    shape = (draw(st.integers(1, 300)), draw(st.integers(1, 8)))
    noise = np.random.default_rng(draw(st.integers(0, 2**32 - 1))).uniform(-1, 1, shape)
    form = draw(st.sampled_from(["WAV", "WAVEX", "RF64"]))
    return form, draw(st.sampled_from(sorted(WIDTHS))), draw(st.integers(4_000, 192_000)), noise


@settings(max_examples=150, deadline=None)
@given(recording=recordings())
def test_the_reader_agrees_with_libsndfile(tmp_path_factory, recording):
    form, subtype, rate_hz, noise = recording
    target = io.BytesIO()
    soundfile.write(target, noise, rate_hz, format=form, subtype=subtype)

    header, ours = read_whole(target.getvalue(), tmp_path_factory)

    theirs, _ = soundfile.read(io.BytesIO(target.getvalue()), always_2d=True)
    assert (header.format.sample_rate_hz, header.format.channels, header.warnings) == (rate_hz, noise.shape[1], ())
    assert abs(ours - theirs).max() <= WIDTHS[subtype]


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=200), where=st.integers(0, 200))
def test_no_header_makes_the_reader_stumble(tmp_path_factory, data, where):
    """Any bytes at all in place of a part of a good header: a named error, or samples within the file."""
    good = wave(wave_format(), SPEECH[:320])
    path = tmp_path_factory.mktemp("riff") / "call"
    path.write_bytes(good[: 12 + where] + data + good[12 + where + len(data) :])

    with path.open("rb") as file, suppress(JobError):
        header = riff.read_header(file.fileno())
        assert header.data_offset + header.data_bytes <= path.stat().st_size


MANGLED = {
    "true sizes": ((), 1.0, wave(wave_format(), SPEECH)),
    "odd bytes of mu-law": ((), 1.0, wave(wave_format(7, 8), b"\x7f" * 7_999)),
    "size all ones": (("header_repaired",), 1.0, wave(wave_format(), SPEECH, 0xFFFF_FFFF, 0xFFFF_FFFF)),
    "size zero": (("header_repaired",), 1.0, wave(wave_format(), SPEECH, 0, 36)),
    "partial frame": (("header_repaired",), 1.0, wave(wave_format(), SPEECH + b"\x01")),
    "size beyond the file": (("audio_incomplete",), 1.0, wave(wave_format(), SPEECH, 32_000)),
    "cut within a frame": (("audio_incomplete",), 1.0, wave(wave_format(), SPEECH)[:-1]),
    "bytes after the end": (("trailing_data",), 1.0, wave(wave_format(), SPEECH) + b"<xml/>"),
}


@pytest.mark.parametrize(("warnings", "duration_s", "data"), MANGLED.values(), ids=MANGLED.keys())
def test_sizes_that_lie_are_mended_and_named(warnings, duration_s, data):
    recording = decode(data)

    assert recording.warnings == warnings
    assert recording.duration_s == pytest.approx(duration_s, abs=0.001)


def test_chunks_around_the_audio_are_passed_over():
    body = b"WAVE" + chunk(b"LIST", b"INFOISFT\x05\0\0\0abcde") + chunk(b"fmt ", wave_format())
    body += chunk(b"data", SPEECH) + chunk(b"cue ", bytes(28))

    recording = decode(b"RIFF" + struct.pack("<I", len(body)) + body)

    assert (recording.warnings, recording.duration_s) == ((), 1.0)


def test_the_declared_length_of_a_cut_file_is_kept():
    whole = wave(wave_format(), SPEECH * 4)

    recording = decode(whole[: len(whole) // 2])

    assert recording.declared_duration_s == 4.0
    assert recording.duration_s == pytest.approx(2.0, abs=0.01)


def test_an_empty_data_chunk_before_others_is_no_repair():
    body = b"WAVE" + chunk(b"fmt ", wave_format()) + chunk(b"data", b"") + chunk(b"LIST", bytes(400))

    with pytest.raises(NoAudioDecoded):
        decode(b"RIFF" + struct.pack("<I", len(body)) + body)


@pytest.mark.parametrize("rate_hz", [4_000, 8_000, 11_025, 16_000, 44_100, 192_000])
def test_every_rate_keeps_its_length(rate_hz):
    recording = decode(wave(wave_format(rate_hz=rate_hz), speech_bytes(2.0, rate_hz)))

    assert recording.duration_s == pytest.approx(2.0, abs=0.001)


def test_sixteen_kilohertz_pass_untouched():
    recording = decode(wave(wave_format(rate_hz=16_000), speech_bytes(1.0, 16_000)))

    assert recording.samples.tobytes() == speech_bytes(1.0, 16_000)
