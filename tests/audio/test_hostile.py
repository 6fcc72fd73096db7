"""No file, however made, brings the decoder down: a named error or a recording, nothing opened, the next one decodes."""

import os
import resource
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from audio.files import best_decoder, chunk, decode, encoded, wave, wave_format
from audio.samples import SAMPLES, name_of

from shared.errors import jobs
from worker.audio.recording import Recording

GOOD = encoded("flac", "flac", 8_000)
MUTATIONS_A_SAMPLE = 5
SEEDED = [sample for sample in SAMPLES if sample.codec not in {"pcm_s24le", "pcm_s32le", "pcm_f64le"}]


def outcome(data):
    """The recording, or the code of the error; anything else goes on up."""
    try:
        return decode(data)
    except jobs.JobError as error:
        return error.code


def mutated(data, random):
    """`data` with bytes changed, or a part taken out, doubled or cut off: in its first half kilobyte every other time."""
    at = int(random.integers(0, min(len(data), 512) if random.random() < 0.5 else len(data)))
    length = int(random.integers(1, 64))
    match int(random.integers(0, 4)):
        case 0:
            return data[:at] + random.bytes(length) + data[at + length :]
        case 1:
            return data[:at] + data[at + length :]
        case 2:
            return data[: at + length] + data[at:]
    return data[:at]


@pytest.mark.parametrize("sample", SEEDED, ids=name_of)
def test_mutations_end_in_a_recording_or_an_error(sample):
    random = np.random.default_rng(SEEDED.index(sample))
    files = [mutated(sample.make(), random) for _ in range(MUTATIONS_A_SAMPLE)]

    outcomes = [outcome(data) for data in files]

    assert all(isinstance(it, Recording | str) for it in outcomes)
    assert "decode_timeout" not in outcomes
    assert decode(GOOD).duration_s == 1.0


@pytest.mark.parametrize("sample", SEEDED, ids=name_of)
def test_a_header_that_ends_early_is_an_error_or_short(sample):
    whole = sample.make()

    outcomes = [outcome(whole[:size]) for size in (1, 3, 12, 40, 90)]

    lengths_s = [it.duration_s for it in outcomes if isinstance(it, Recording)]
    assert all(length_s < 0.2 for length_s in lengths_s)
    assert outcomes[0] == "unsupported_format"


NEIGHBOURS = {
    "ffconcat": lambda path: f"ffconcat version 1.0\nfile '{path}'\n".encode(),
    "ffconcat behind a tag": lambda path: b"ID3\x04\0\0\0\0\0\0" + f"ffconcat version 1.0\nfile '{path}'\n".encode(),
    "m3u8": lambda path: f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{path}\n#EXT-X-ENDLIST\n".encode(),
    "m3u8 in WAV": lambda path: wave(wave_format(0x55, 0, bytes_a_frame=1), b"#EXTM3U\n#EXTINF:1,\n" + path.encode()),
    "sdp": lambda _: b"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
}


@pytest.mark.parametrize("make", NEIGHBOURS.values(), ids=NEIGHBOURS.keys())
def test_a_file_that_names_another_is_not_followed(make, tmp_path):
    neighbour = tmp_path / "neighbour.flac"
    neighbour.write_bytes(GOOD)
    read_at = neighbour.stat().st_atime_ns

    found = outcome(make(str(neighbour)))

    assert found in {"unsupported_format", "decode_failed", "no_audio_decoded"}
    assert neighbour.stat().st_atime_ns == read_at


def test_the_name_of_a_file_means_nothing(tmp_path):
    path = tmp_path / "http:__example.invalid_call.m3u8"
    path.write_bytes(GOOD)

    with path.open("rb") as file:
        recording = best_decoder().decode(file)

    assert recording.duration_s == 1.0


def test_half_a_million_tags_cost_no_time():
    frames = b"TXXX\0\0\0\x01\0\0a" * 500_000
    tag = b"ID3\x04\0\0" + bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0)) + frames
    decode(GOOD)
    before_s = cpu_s()

    recording = decode(tag + encoded("mp3", "libmp3lame", 8_000))

    assert recording.duration_s == pytest.approx(1.0, abs=0.05)
    assert cpu_s() - before_s < 0.5


def cpu_s():
    """The CPU seconds of this process and of its warm one with all forks that ended."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    warm = Path(f"/proc/{best_decoder().starter.process_id()}/stat").read_text()
    fields = warm.rsplit(")", 1)[1].split()
    return own.ru_utime + own.ru_stime + sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _day_of_silence():
    """STREAMINFO declares 24 hours."""
    call = bytearray(GOOD)
    samples = 24 * 3_600 * 8_000
    call[21] = call[21] & 0xF0 | samples >> 32
    call[22:26] = (samples & 0xFFFF_FFFF).to_bytes(4, "big")
    return bytes(call)


BOMBS = {
    "FLAC that declares a day": _day_of_silence,
    "WAV that declares four gigabytes": lambda: wave(wave_format(), b"\0" * 4, 0xFFFF_FFF0),
    "RF64 that declares an exabyte": lambda: _rf64(b"\0" * 4, 1 << 60),
    "AU that declares all there is": lambda: b".snd" + struct.pack(">IIIII", 24, 0xFFFF_FFFE, 1, 8_000, 1) + b"\xff",
    "chunks without end": lambda: (
        b"RIFF\xff\xff\xff\xffWAVE" + chunk(b"fmt ", wave_format()) + chunk(b"JUNK", b"") * 2_000
    ),
    "MP4 whose box is larger than the file": lambda: b"\x7f\xff\xff\xffftypM4A " + bytes(64),
    "Matroska whose element is endless": lambda: b"\x1aE\xdf\xa3\x01" + b"\xff" * 100,
}


def _rf64(data, size):
    ds64 = struct.pack("<QQQI", size, size, 0, 0)
    body = b"WAVE" + chunk(b"ds64", ds64) + chunk(b"fmt ", wave_format()) + chunk(b"data", data, 0xFFFF_FFFF)
    return b"RF64\xff\xff\xff\xff" + body


@pytest.mark.parametrize("make", BOMBS.values(), ids=BOMBS.keys())
def test_a_length_that_lies_takes_no_memory(make):
    found = outcome(make())

    assert isinstance(found, str)
    assert found in {"audio_too_long", "no_audio_decoded", "decode_failed", "unsupported_codec"}


def silence_without_length(duration_s):
    """AMR frames that say `no data`: a byte for 20 ms, the smallest a call can be, and no header tells the length."""
    return b"#!AMR\n" + b"\x7c" * 50 * duration_s


def test_a_day_that_nothing_declares_stops_at_the_cap():
    call = silence_without_length(24 * 3_600)

    with pytest.raises(jobs.AudioTooLong):
        decode(call, replace(best_decoder(), max_duration_s=120.0))


def test_no_descriptor_is_left_behind():
    decode(GOOD)
    before = len(list(Path("/dev/fd").iterdir()))

    for data in (GOOD, b"ID3 nothing", GOOD[:100], silence_without_length(60)):
        outcome(data)

    assert len(list(Path("/dev/fd").iterdir())) == before
