"""An hour of audio, and many files one after another, within memory that can be told beforehand."""

import sys
import tempfile
from contextlib import suppress

import numpy as np
import pytest
from audio.files import best_decoder, decode, encoded, wave, wave_format
from corpus.measuring import memory_bytes, peak_of

from shared.errors.jobs import JobError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is read from /proc")

MEGABYTE = 1 << 20
HOUR_S = 3_600


def hour_of_mu_law():
    second = np.tile(np.arange(256, dtype=np.uint8), 64)[:16_000].tobytes()
    return wave(wave_format(7, 8, channels=2), second * HOUR_S)


def hour_of_mp3():
    """A minute sixty times; each adds what the encoder puts around it, 0.2 s."""
    minute = encoded("mp3", "libmp3lame", 8_000, 60.0, write_xing="0", id3v2_version="0")
    return minute * 60


@pytest.mark.parametrize(("make", "channels"), [(hour_of_mu_law, 2), (hour_of_mp3, 1)], ids=["WAV", "MP3"])
def test_an_hour_takes_its_samples_and_little_more(make, channels):
    with tempfile.TemporaryFile() as file:
        file.write(make())
        decode(encoded("flac", "flac", 8_000))

        recording, grown_bytes = peak_of(lambda: best_decoder().decode(file))

    assert recording.duration_s == pytest.approx(HOUR_S, rel=0.005)
    assert len(recording.samples) == channels
    assert grown_bytes <= recording.samples.nbytes + 64 * MEGABYTE


def attempt(data):
    with suppress(JobError):
        decode(data)


def test_many_files_leave_memory_flat():
    kinds = [encoded("flac", "flac", 8_000), encoded("mp3", "libmp3lame", 16_000), encoded("adts", "aac", 16_000)]
    calls = [*kinds, b"RIFF of nothing", kinds[0][:100]]
    processes = ("self", best_decoder().starter.process_id())
    for number in range(10):
        attempt(calls[number % len(calls)])
    after_ten = [memory_bytes(process_id, "VmRSS") for process_id in processes]

    for number in range(40):
        attempt(calls[number % len(calls)])

    after_all = [memory_bytes(process_id, "VmRSS") for process_id in processes]
    assert all(late - early <= 4 * MEGABYTE for early, late in zip(after_ten, after_all, strict=True))
