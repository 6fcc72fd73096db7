"""Every kind of recording that the contract lists is heard, each party on its own channel."""

import io
import re
import struct
from pathlib import Path

import av
import numpy as np
import pytest
from audio.files import chunk, decode, encoded, loudest_hz, speech_bytes, tone, wave_format, written
from audio.samples import SAMPLES, name_of

CONTRACT = Path(__file__).parents[2] / "api" / "README.md"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(4_000)


@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
def test_every_accepted_kind_is_heard(sample):
    recording = decode(sample.make())

    tones_hz = [loudest_hz(leg) for leg in recording.samples] if sample.has_tone else [440]
    assert (recording.codec, len(recording.samples)) == (sample.codec, sample.channels)
    assert recording.duration_s == pytest.approx(1.0 + sample.more_s, abs=0.05)
    assert tones_hz == pytest.approx([440, 880][: len(tones_hz)], abs=3)


@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
def test_a_sound_recording_has_no_warning(sample):
    recording = decode(sample.make())

    assert (recording.warnings, recording.gaps, recording.bad_packets) == ((), (), 0)


def test_the_samples_are_of_the_containers_in_the_contract():
    listed = re.search(r"^Containers: (.*), told by", CONTRACT.read_text(), re.MULTILINE)[1]

    assert {sample.container for sample in SAMPLES} == set(listed.split(", "))


def _id3(frames):
    return b"ID3\x03\0\0" + bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0)) + frames


def _mp3_with_cover():
    picture = b"\0image/png\0\x03\0" + PICTURE
    title = b"TIT2" + struct.pack(">IH", 5, 0) + b"\0Call"
    return _id3(title + b"APIC" + struct.pack(">IH", len(picture), 0) + picture) + encoded("mp3", "libmp3lame", 8_000)


def _flac_with_cover():
    call = encoded("flac", "flac", 8_000)
    picture = struct.pack(">II9sIIIIII", 3, 9, b"image/png", 0, 1, 1, 24, 0, len(PICTURE)) + PICTURE
    # STREAMINFO is the first block and 38 bytes long: one more may follow at once.
    return call[:42] + b"\x06" + len(picture).to_bytes(3, "big") + picture + call[42:]


def _m4a_with_cover():
    """Sound and a still picture that is marked as the cover, which FFmpeg shows as a film of one frame."""
    target = io.BytesIO()
    with av.open(io.BytesIO(encoded("mp4", "aac", 44_100))) as source, av.open(target, "w", format="mp4") as container:
        sound = container.add_stream_from_template(source.streams.audio[0])
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        picture = av.VideoFrame.from_ndarray(np.zeros((96, 64), np.uint8), format="yuvj420p")
        for packet in cover.encode(picture):
            container.mux(packet)
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = sound
                container.mux(packet)
    return target.getvalue()


COVERED = {"MP3": _mp3_with_cover, "FLAC": _flac_with_cover, "M4A": _m4a_with_cover}


@pytest.mark.parametrize("make", COVERED.values(), ids=COVERED.keys())
def test_cover_art_and_tags_are_skipped(make):
    recording = decode(make())

    assert recording.duration_s == pytest.approx(1.0, abs=0.05)
    assert loudest_hz(recording.samples[0]) == pytest.approx(440, abs=2)
    assert recording.warnings == ()


@pytest.mark.parametrize("duration_s", [0.52, 1.0, 1.024])
@pytest.mark.parametrize(
    ("muxer", "codec"), [("caf", "alac"), ("ipod", "alac"), ("flac", "flac"), ("aiff", "pcm_s16be")]
)
def test_a_lossless_call_loses_no_sample(muxer, codec, duration_s):
    recording = decode(encoded(muxer, codec, 16_000, duration_s))

    assert (recording.samples[0] == tone(16_000, duration_s)[:, 0]).all()


def _rf64(data, more=b""):
    body = b"WAVE" + chunk(b"ds64", struct.pack("<QQQI", 80 + len(data), len(data), len(data) // 2, 0))
    body += chunk(b"fmt ", wave_format()) + b"data" + struct.pack("<I", 0xFFFF_FFFF) + data
    return b"RF64" + struct.pack("<I", 0xFFFF_FFFF) + body + more


LONG = {"RF64": lambda: _rf64(speech_bytes()), "W64": lambda: written("W64", "PCM_16")}


@pytest.mark.parametrize("make", LONG.values(), ids=LONG.keys())
@pytest.mark.parametrize(
    ("change", "warnings"),
    [
        (lambda call: call, ()),
        (lambda call: call + b"<xml>of the recorder</xml>", ("trailing_data",)),
        (lambda call: call[:-500], ("audio_incomplete",)),
    ],
    ids=["whole", "followed", "cut"],
)
def test_sizes_of_64_bits_tell_what_is_odd(make, change, warnings):
    recording = decode(change(make()))

    assert recording.warnings == warnings
    assert recording.duration_s == pytest.approx(1.0, abs=0.04)
