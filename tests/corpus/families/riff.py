"""WAV headers that lie, and samples that are none."""

import struct

import numpy as np
from audio.files import chunk, speech_bytes, wave, wave_format, written
from corpus.entries import Entry, heard, refused
from corpus.families.strangers import MEGABYTE, zipped

SPEECH = speech_bytes()
FLOAT = wave_format(3, 32)


def with_chunks(*chunks):
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def rf64(data, more=b"", size=None):
    size = len(data) if size is None else size
    sizes = struct.pack("<QQQI", 80 + size, size, size // 2, 0)
    body = b"WAVE" + chunk(b"ds64", sizes) + chunk(b"fmt ", wave_format()) + b"data\xff\xff\xff\xff" + data
    return b"RF64\xff\xff\xff\xff" + body + more


def float_wave(value, count=1):
    samples = np.zeros(8_000, np.float32)
    samples[4_000 : 4_000 + count] = value
    return wave(FLOAT, samples.tobytes())


def channels(count):
    """16-bit samples of `count` channels; the size of a frame is what still fits its 16 bits."""
    return wave(wave_format(channels=count, bytes_a_frame=2 * count & 0xFFFF), SPEECH)


def rate(hz):
    form = struct.pack("<HHIIHH", 1, 1, hz, 2 * hz & 0xFFFF_FFFF, 2, 16)
    return wave(form, SPEECH)


def bits(count):
    return wave(wave_format(1, count, bytes_a_frame=2), SPEECH)


def large_list(file):
    """200 MB of a LIST chunk before the format: a hole in the file, which costs no disk."""
    size = 200 * MEGABYTE
    tail = chunk(b"fmt ", wave_format()) + chunk(b"data", SPEECH)
    file.write(b"RIFF" + struct.pack("<I", 12 + size + len(tail)) + b"WAVELIST" + struct.pack("<I", size))
    file.seek(size, 1)
    file.write(tail)


CHANNELS = {"40": 0, "41": 9, "42": 100, "43": 65_535}
RATES_HZ = {"44": 0, "45": 1, "46": 100, "47": 768_000, "48": 1 << 31, "49": (1 << 32) - 1}
NO_SAMPLES = {
    "54": ("all NaN", "nan", 4_000),
    "55": ("one NaN", "nan", 1),
    "56": ("Inf", "inf", 1),
    "57": ("1e30", "1e30", 1),
}

ENTRIES: list[Entry] = [
    heard("21", "WAV, then ZIP", lambda: wave(wave_format(), SPEECH) + zipped(), "trailing_data", duration_s=1.0),
    heard("21b", "RF64, then ZIP", lambda: rf64(SPEECH, zipped()), "trailing_data", duration_s=1.0),
    heard(
        "21d",
        "WAV without a size, then ZIP",
        lambda: wave(wave_format(), SPEECH, riff_size=0) + zipped(),
        "trailing_data",
    ),
    heard("21c", "W64, then ZIP", lambda: written("W64", "PCM_16") + zipped(), "trailing_data", duration_s=1.0),
    refused("22", "a header alone", wave(wave_format(), b""), "no_audio_decoded"),
    refused(
        "23",
        "data of size 0, then chunks",
        with_chunks(
            chunk(b"fmt ", wave_format()), chunk(b"data", b""), chunk(b"LIST", bytes(400)), chunk(b"cue ", bytes(28))
        ),
        "no_audio_decoded",
    ),
    heard("23b", "data of size 0, then samples", wave(wave_format(), SPEECH, 0, 36), "header_repaired", duration_s=1.0),
    refused("24", "one sample", wave(wave_format(), b"\x10\x20"), "no_audio_decoded"),
    heard(
        "26",
        "sizes of all ones",
        wave(wave_format(), SPEECH, 0xFFFF_FFFF, 0xFFFF_FFFF),
        "header_repaired",
        duration_s=1.0,
    ),
    refused("26b", "a size of four gigabytes", wave(wave_format(), bytes(4), 0xFFFF_FFF0), "no_audio_decoded"),
    refused("26c", "RF64 of an exabyte", rf64(bytes(4), size=1 << 60), "no_audio_decoded"),
    heard("27", "an odd size", wave(wave_format(), SPEECH + b"\x01"), "header_repaired", duration_s=1.0),
    *(
        refused(number, f"{count:,} channels", channels(count), "unsupported_channels")
        for number, count in CHANNELS.items()
    ),
    *(refused(number, f"{hz:,} Hz", rate(hz), "unsupported_sample_rate") for number, hz in RATES_HZ.items()),
    refused("50", "0 bits", bits(0), "unsupported_codec"),
    refused("51", "65,535 bits", bits(65_535), "unsupported_codec"),
    refused("52", "tag 0xDEAD", wave(wave_format(0xDEAD), SPEECH), "unsupported_codec"),
    refused("53", "G.729", wave(wave_format(0x83, 0, bytes_a_frame=10), b"\x11" * 1_000), "unsupported_codec"),
    *(
        refused(number, name, float_wave(float(value), count), "invalid_samples")
        for number, (name, value, count) in NO_SAMPLES.items()
    ),
    Entry("64", "200 MB of LIST", large_list, duration_s=1.0),
    refused(
        "64b", "2,000 chunks", with_chunks(chunk(b"fmt ", wave_format()), chunk(b"JUNK", b"") * 2_000), "decode_failed"
    ),
]
