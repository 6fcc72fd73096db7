"""A damaged or cut call keeps what is good, each part at its time, and says what is missing."""

import tempfile
from functools import cache

import numpy as np
import pytest
from audio.files import damaged, decode, encoded

from shared.containers import Container
from worker.audio.sources import open_source

CALLS = {
    "MP3": lambda: encoded("mp3", "libmp3lame", 16_000, 10.0),
    "ADTS": lambda: encoded("adts", "aac", 16_000, 10.0),
    "FLAC": lambda: encoded("flac", "flac", 8_000, 10.0),
    "Ogg": lambda: encoded("ogg", "libopus", 48_000, 10.0),
    "M4A": lambda: encoded("mp4", "aac", 16_000, 10.0, movflags="faststart"),
    "WebM": lambda: encoded("webm", "libopus", 48_000, 10.0),
}
LOST_S = {"WebM": 5.2}


@cache
def heard_through_damage(kind):
    return decode(damaged(CALLS[kind]()))


@pytest.mark.parametrize("kind", CALLS)
def test_damage_in_the_middle_costs_little(kind):
    recording = heard_through_damage(kind)

    holes_s = sum(gap.end_s - gap.start_s for gap in recording.gaps)
    assert recording.warnings == ("audio_incomplete",)
    assert recording.duration_s == pytest.approx(10.0, abs=0.2)
    assert holes_s <= LOST_S.get(kind, 1.1)


@pytest.mark.parametrize("kind", ["MP3", "ADTS", "FLAC", "Ogg", "M4A"])
def test_a_file_cut_at_half_keeps_its_half(kind):
    whole = CALLS[kind]()

    recording = decode(whole[: len(whole) // 2])

    assert recording.warnings == ("audio_incomplete",)
    assert recording.duration_s == pytest.approx(5.0, abs=1.1)


def test_a_gap_holds_silence_and_later_speech_its_time():
    clean = decode(CALLS["Ogg"]())

    recording = heard_through_damage("Ogg")

    (gap,) = recording.gaps
    hole = recording.samples[0, int(gap.start_s * 16_000) + 200 : int(gap.end_s * 16_000) - 200]
    after = slice(int((gap.end_s + 0.5) * 16_000), int((gap.end_s + 2.5) * 16_000))
    assert abs(hole).max() <= 100
    assert np.corrcoef(clean.samples[0, after], recording.samples[0, after])[0, 1] > 0.99


def source_of(data):
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return open_source(file.fileno(), Container.MP3)


def test_half_a_million_tags_are_not_shown():
    call = encoded("mp3", "libmp3lame", 8_000)
    frames = b"TXXX\0\0\0\x01\0\0a" * 500_000
    tag = b"ID3\x04\0\0" + bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0)) + frames

    source = source_of(tag + call[call.index(b"\xff\xe3") :])

    assert source.start == len(tag)


def test_a_tag_that_lies_hides_no_frame():
    call = CALLS["MP3"]()
    lying = b"ID3\x04\0\0" + bytes([0, 0, 2, 0]) + bytes(1_024)

    source = source_of(lying + call[call.index(b"\xff\xf3") :])

    assert source.start == len(lying)
    assert source.declared_s == pytest.approx(10.0, abs=0.2)


def test_a_tag_before_the_call_changes_nothing():
    call = encoded("mp3", "libmp3lame", 8_000)
    tag = b"ID3\x04\0\0" + bytes([0, 0, 1, 0]) + bytes(128)

    recording = decode(tag + call + b"TAG" + bytes(125))

    assert (recording.samples == decode(call).samples).all()
    assert recording.warnings == ()


def test_a_change_of_rate_is_heard_and_named():
    recording = decode(encoded("adts", "aac", 16_000) + encoded("adts", "aac", 32_000))

    assert recording.warnings == ("parameters_changed",)
    assert recording.duration_s == pytest.approx(2.1, abs=0.2)
