"""Tags that take no end, and sounds of many hours in files of few bytes.

Long files are written frame by frame, never held: silence in FLAC costs 15 bytes for eight seconds.
"""

import io
import struct
from functools import cache

import av
from audio.files import encoded
from corpus.entries import Entry, heard, refused
from corpus.families.strangers import MEGABYTE

HOUR_S = 3_600
RATE_HZ = 8_000
BLOCK = 65_535


def synchsafe(size):
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def mp3(duration_s=1.0):
    return encoded("mp3", "libmp3lame", 8_000, duration_s, id3v2_version="0")


def many_frames():
    frames = b"TXXX\0\0\0\x01\0\0a" * 500_000
    return b"ID3\x04\0\0" + synchsafe(len(frames)) + frames + mp3()


def long_title(file):
    """A title of 100 MB, which is a hole in the file."""
    size = 100 * MEGABYTE
    file.write(b"ID3\x04\0\0" + synchsafe(10 + size) + b"TIT2" + synchsafe(size) + b"\0\0")
    file.seek(size, 1)
    file.write(mp3())


def lying_tag():
    return b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(1_024) + mp3()


def crc(data, polynomial, bits):
    """A CRC without reflection, as FLAC and Ogg have it."""
    table = crc_table(polynomial, bits)
    value, mask = 0, (1 << bits) - 1
    for byte in data:
        value = (value << 8 & mask) ^ table[(value >> (bits - 8)) ^ byte]
    return value


@cache
def crc_table(polynomial, bits):
    def entry(byte):
        value = byte << (bits - 8)
        for _ in range(8):
            value = value << 1 ^ (polynomial if value >> (bits - 1) & 1 else 0)
        return value & ((1 << bits) - 1)

    return [entry(byte) for byte in range(256)]


def flac_of_silence(duration_s, declared_s):
    """FLAC of constant blocks (RFC 9639); its STREAMINFO says `declared_s`, 0 for not known."""

    def write(file):
        samples = declared_s * RATE_HZ
        packed = RATE_HZ << 44 | 0 << 41 | 15 << 36 | samples
        file.write(
            b"fLaC\x80\0\0\x22" + struct.pack(">HH", BLOCK, BLOCK) + bytes(6) + packed.to_bytes(8, "big") + bytes(16)
        )
        for number in range(duration_s * RATE_HZ // BLOCK):
            head = b"\xff\xf8\x70\x08" + chr(number).encode("utf-8", "surrogatepass") + struct.pack(">H", BLOCK - 1)
            frame = head + bytes([crc(head, 0x07, 8)]) + b"\0\0\0"
            file.write(frame + struct.pack(">H", crc(frame, 0x8005, 16)))

    return write


def mp3_of_silence(duration_s, *, xing=False):
    """Frames of 8 kbit/s at 8,000 Hz, all zero behind their headers: 72 bytes for 72 ms."""
    frame = b"\xff\xe3\x18\xc4" + bytes(68)

    def write(file):
        if xing:
            file.write(frame[:13] + b"Xing" + struct.pack(">II", 1, 100) + frame[25:])
        for _ in range(duration_s // 36):
            file.write(frame * 500)

    return write


def opus_of_hours(duration_s, missing=0):
    """One packet of 20 ms over and over; `missing` of them are left out of the middle, where time goes on."""

    def write(file):
        with (
            av.open(io.BytesIO(encoded("ogg", "libopus", 48_000))) as source,
            av.open(file, "w", format="ogg") as target,
        ):
            stream = source.streams.audio[0]
            packet = bytes(next(packet for packet in source.demux(stream) if packet.size))
            copy = target.add_stream_from_template(stream)
            for number in range(duration_s * 50):
                if not 50 <= number < 50 + missing:
                    one = av.Packet(packet[:20])
                    one.stream, one.time_base, one.duration = copy, stream.time_base, 960
                    one.pts = one.dts = number * 960
                    target.mux(one)

    return write


ENTRIES: list[Entry] = [
    refused("25", "20 MB of MP3 headers", lambda: b"\xff\xfb\x90\x64" * (5 * MEGABYTE), "no_audio_decoded"),
    refused("25b", "20 MB of MP3 sync words", lambda: b"\xff\xfb" * (10 * MEGABYTE), "no_audio_decoded"),
    Entry("58", "FLAC of 24 hours", flac_of_silence(24 * HOUR_S, 24 * HOUR_S), codes=frozenset({"audio_too_long"})),
    Entry(
        "58b",
        "FLAC of 24 hours that says nothing",
        flac_of_silence(24 * HOUR_S, 0),
        codes=frozenset({"audio_too_long"}),
        lies=True,
    ),
    Entry(
        "58c",
        "FLAC of 24 hours that says ten minutes",
        flac_of_silence(24 * HOUR_S, 600),
        codes=frozenset({"audio_too_long"}),
        lies=True,
    ),
    Entry("59", "MP3 of 10 hours", mp3_of_silence(10 * HOUR_S), codes=frozenset({"audio_too_long"}), lies=True),
    Entry(
        "59b",
        "MP3 of 10 hours that says 7 seconds",
        mp3_of_silence(10 * HOUR_S, xing=True),
        codes=frozenset({"audio_too_long"}),
        lies=True,
    ),
    Entry(
        "59c",
        "MP3 of 4 hours and its padding",
        mp3_of_silence(4 * HOUR_S),
        duration_s=4 * HOUR_S,
        slow="460 MB of samples",
    ),
    Entry(
        "60", "Opus of 10 hours", opus_of_hours(10 * HOUR_S), codes=frozenset({"audio_too_long"}), slow="10 s to write"
    ),
    Entry(
        "60b",
        "Opus of 10 hours, most of it missing",
        opus_of_hours(10 * HOUR_S, 35_990 * 50),
        codes=frozenset({"audio_too_long"}),
    ),
    heard("61", "500,000 ID3 frames", many_frames, duration_s=1.0),
    Entry("62", "a title of 100 MB", long_title, duration_s=1.0),
    heard("63", "a tag that claims 256 MB", lying_tag, duration_s=1.0),
]
