"""A damaged or cut call keeps what is good, each part at its time, and says what is missing."""

import tempfile
from functools import cache

import numpy as np
import pytest
from audio.damaged import CALL_S, HIDES_DAMAGE, SHOWS_DAMAGE, kept_share, whole_until_s
from audio.files import damaged, decode, encoded

from shared.containers import Container
from shared.errors.jobs import DecodeFailed
from worker.audio.sources import open_source

# A page of Ogg and a cluster of Matroska stand or fall as one: what the encoders here put into one, in seconds.
UNIT_S = {"Opus in Ogg": 1.0, "Vorbis in Ogg": 5.5, "FLAC in Ogg": 3.5, "Opus in WebM": 5.2, "FLAC in Matroska": 5.2}
# The index of all packets is the last thing in the file: without it nothing can be found.
INDEX_AT_THE_END = {
    "M4A": lambda: encoded("mp4", "aac", 16_000, 10.0),
    "ALAC in CAF": lambda: encoded("caf", "alac", 8_000, 10.0),
}
CALLS = {
    "MP3": lambda: encoded("mp3", "libmp3lame", 16_000, 10.0),
    "Ogg": lambda: encoded("ogg", "libopus", 48_000, 10.0),
}


@cache
def undamaged(kind):
    return decode((SHOWS_DAMAGE | HIDES_DAMAGE)[kind]())


@pytest.mark.parametrize("kind", SHOWS_DAMAGE)
def test_damage_costs_one_part_in_a_hundred_and_is_named(kind):
    clean = undamaged(kind)

    recording = decode(damaged(SHOWS_DAMAGE[kind]()))

    lost_s = UNIT_S.get(kind, 0.01 * CALL_S)
    assert recording.warnings == ("audio_incomplete",)
    assert recording.duration_s == pytest.approx(clean.duration_s, abs=0.1)
    assert kept_share(clean.samples[0], recording.samples[0]) >= 1 - lost_s / CALL_S


@pytest.mark.parametrize("kind", HIDES_DAMAGE)
def test_damage_that_nothing_shows_is_a_glitch(kind):
    clean = undamaged(kind)

    recording = decode(damaged(HIDES_DAMAGE[kind]()))

    assert recording.duration_s == clean.duration_s
    assert kept_share(clean.samples[0], recording.samples[0]) >= 0.99


@pytest.mark.parametrize("kind", SHOWS_DAMAGE | HIDES_DAMAGE)
def test_a_file_cut_at_half_keeps_its_half(kind):
    whole = (SHOWS_DAMAGE | HIDES_DAMAGE)[kind]()

    recording = decode(whole[: len(whole) // 2])

    there_s = whole_until_s(whole, len(whole) // 2)
    assert recording.warnings == ("audio_incomplete",)
    assert recording.duration_s >= there_s - 0.3
    assert kept_share(undamaged(kind).samples[0], recording.samples[0]) >= (there_s - 0.6) / CALL_S


@pytest.mark.parametrize("kind", INDEX_AT_THE_END)
def test_a_cut_that_takes_the_index_takes_the_call(kind):
    whole = INDEX_AT_THE_END[kind]()

    with pytest.raises(DecodeFailed):
        decode(whole[: len(whole) // 2])


def test_a_gap_holds_silence_and_later_speech_its_time():
    clean = decode(CALLS["Ogg"]())

    recording = decode(damaged(CALLS["Ogg"]()))

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
