"""The walks over boxes and frames in the decoding process: each ends, inside the file, whatever stands there."""

import io
import struct

from audio.files import encoded
from audio.samples import wideband_amr

from worker.audio.child import adts, amr
from worker.audio.child.references import point_elsewhere

MOST_BYTES = 16_384


def box(name, body):
    return struct.pack(">I4s", len(body) + 8, name) + body


def seeds():
    references = box(b"dref", b"\0\0\0\0\0\0\0\1" + box(b"url ", b"\0\0\0\0http://10.0.0.1/call.m4a\0"))
    for name in (b"dinf", b"minf", b"mdia", b"trak", b"moov"):
        references = box(name, references)
    yield box(b"ftyp", b"M4A \0\0\0\0") + references
    yield encoded("ipod", "aac", 8_000)[-4_000:]
    yield encoded("adts", "aac", 8_000)[:2_000]
    yield encoded("amr", "libopencore_amrnb", 8_000)
    yield wideband_amr()


def take(data):
    assert point_elsewhere(io.BytesIO(data)) in {True, False}
    for frames in (adts.frames, amr.frames):
        reached = 0
        for at, frame in frames(io.BytesIO(data)):
            assert reached <= at
            assert frame
            reached = at + len(frame)
        assert reached <= len(data)
