"""Files that are no recordings, and recordings in a wrapping that nobody accepts."""

import gzip
import io
import struct
import zipfile

import numpy as np
from audio.files import encoded, wave, wave_format, written
from corpus.entries import Entry, refused

CALL = wave(wave_format(), bytes(16_000))
MEGABYTE = 1_000_000


def random_bytes():
    return b"\x01" + np.random.default_rng(4).bytes(MEGABYTE - 1)


def zipped():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("call.wav", CALL)
    return target.getvalue()


def mp3():
    return encoded("mp3", "libmp3lame", 8_000)


def wma():
    """The container of WMA; the sound in it is MP3, since FFmpeg writes WMA only at bit rates that a call has no use for."""
    return encoded("asf", "libmp3lame", 16_000)


ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0, 64, 0, 0, 64, 56, 0, 64, 0, 0)
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU" + bytes(64)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1/a"/></svg>'
SRT = b"1\n00:00:00,000 --> 00:00:02,000\nGood morning, how can I help?\n"
HTML = b"<!doctype html><html><body><audio src='call.wav'></audio></body></html>"
GIF = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\0\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"

STRANGERS: dict[str, tuple[str, object]] = {
    "2": ("one byte", b"\0"),
    "3": ("RIFF and nothing more", b"RIFF"),
    "4": ("1 MB at random", random_bytes),
    "5": ("20 MB of 0xFF", lambda: b"\xff" * 20 * MEGABYTE),
    "6": ("HTML", HTML),
    "7": ("JSON", b'{"audio": "call.wav", "channels": 2}'),
    "8": ("CSV", b"start,end,text\n0.0,1.2,hello\n"),
    "9": ("PDF", PDF),
    "10": ("ELF program", ELF),
    "11": ("ZIP of a WAV", zipped),
    "12": ("gzip of a WAV", lambda: gzip.compress(CALL, mtime=0)),
    "13": ("PNG", PNG),
    "14": ("SVG", SVG),
    "15": ("SRT", SRT),
    "16": ("GIF, then MP3", lambda: GIF + mp3()),
    "17": ("HTML, then MP3", lambda: HTML + mp3()),
    "18": ("byte order mark, then WAV", b"\xef\xbb\xbf" + CALL),
    "19": ("RIFX", lambda: wave(wave_format(), bytes(16_000), magic=b"RIFX")),
    "20": ("WMA", wma),
    "20b": ("AVI", b"RIFF\x00\x10\x00\x00AVI LIST" + bytes(100)),
    "20c": ("samples of mu-law without a header", lambda: written("WAV", "ULAW")[100:]),
}

ENTRIES: list[Entry] = [
    refused("1", "zero bytes", b"", "empty_file"),
    *(refused(number, name, make, "unsupported_format") for number, (name, make) in STRANGERS.items()),
]
