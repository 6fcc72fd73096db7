"""The RIFF reader: any bytes are a header with samples inside the file, or a named error."""

from contextlib import suppress

import numpy as np
from audio.files import chunk, speech_bytes, wave, wave_format, written
from fuzz.guided.files import as_file

from shared.errors.jobs import JobError
from worker.audio import riff
from worker.audio.pcm import read_blocks
from worker.audio.sources import wave_source

MOST_BYTES = 4_096
SHORT = speech_bytes(0.02)


def seeds():
    yield wave(wave_format(), SHORT)
    yield wave(wave_format(7, 8), SHORT[:160], 0xFFFF_FFFF, 0xFFFF_FFFF)
    yield wave(wave_format(0x11, 4, bytes_a_frame=256), SHORT)
    yield wave(wave_format(3, 32), np.zeros(80, np.float32).tobytes(), 0, 36)
    yield wave(wave_format() + b"\x16\0\x10\0\x04\0\0\0\x01\0" + riff._GUID_TAIL, SHORT)
    yield wave(wave_format(), SHORT, magic=b"RF64") + chunk(b"LIST", b"INFO")
    yield written("RF64", "ALAW")[:600]


def take(data):
    descriptor = as_file(data)
    with suppress(JobError):
        header = riff.read_header(descriptor)
        assert 12 <= header.data_offset <= header.data_offset + header.data_bytes <= len(data)
        if header.format.is_plain:
            frames = sum(len(block) for block in read_blocks(descriptor, header))
            assert frames * header.format.bytes_a_frame == header.data_bytes
        else:
            source = wave_source(header)
            assert source.end <= len(data)
            assert bytes.fromhex(source.prefix).startswith(b"RIFF")
