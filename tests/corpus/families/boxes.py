"""MP4 and MOV whose boxes count to what they do not hold, nest without end, or point to other files."""

import struct

from audio.files import encoded
from corpus.entries import Entry, refused

TOO_MANY = 1 << 31
CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl"}


def box(name, body):
    return struct.pack(">I4s", 8 + len(body), name) + body


def changed(data, name, change):
    """`data` with the body of each box `name` put through `change`, and all boxes around it made to fit."""
    out, at = b"", 0
    while at + 8 <= len(data):
        size, found = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + size]
        if found == name:
            body = change(body)
        elif found in CONTAINERS:
            body = changed(body, name, change)
        out += box(found, body)
        at += size
    return out


def m4a():
    """Its index stands behind the sound, so that a box may grow and no position is wrong."""
    return encoded("mp4", "aac", 16_000)


def mov():
    return encoded("mov", "pcm_s16le", 8_000)


def stts():
    return changed(m4a(), b"stts", lambda body: body[:4] + struct.pack(">I", TOO_MANY) + body[8:])


def stsz():
    """Version and flags, a size for all samples or 0, their number, a size for each."""
    return changed(m4a(), b"stsz", lambda body: body[:8] + struct.pack(">I", TOO_MANY) + body[12:])


def nested(depth=3_000):
    inner = b""
    for _ in range(depth):
        inner = box(b"moov", inner)
    return m4a()[:32] + inner


def reference(kind, body):
    """Version and flags, one entry; the flags of the entry are 0: its sound lies in another file."""
    return bytes(4) + struct.pack(">I", 1) + box(kind, bytes(4) + body)


def by_url(url):
    return changed(mov(), b"dref", lambda _: reference(b"url ", url.encode() + b"\0"))


def by_alias(path):
    """A Macintosh alias record: 150 bytes of it, then typed texts, of which 2 is the path and 18 the POSIX one."""
    head = bytearray(150)
    head[4:6] = struct.pack(">H", 150)
    head[10] = 4
    head[11:15] = b"call"
    texts = b"".join(struct.pack(">HH", kind, len(path)) + path.encode() + b"\0" * (len(path) % 2) for kind in (2, 18))
    return changed(mov(), b"dref", lambda _: reference(b"alis", bytes(head) + texts + struct.pack(">HH", 0xFFFF, 0)))


def pointing(file="/etc/hostname", port=9):
    """MOV files that say that their sound lies in `file`, or behind `port`."""
    return {
        "81": ("dref url of a file", by_url(f"file://{file}")),
        "81b": ("dref url of http", by_url(f"http://127.0.0.1:{port}/a.mov")),
        "81c": ("dref alias", by_alias(str(file))),
    }


ENTRIES: list[Entry] = [
    refused("65", "stts of 2^31", stts, "decode_failed", "decode_memory_limit"),
    refused("66", "stsz of 2^31", stsz, "decode_failed", "decode_memory_limit"),
    refused("67", "3,000 nested moov", nested, "decode_failed"),
    refused("67b", "MP4, a box of 2 GB", b"\x7f\xff\xff\xffftypM4A " + bytes(64), "decode_failed"),
    refused("67c", "Matroska, an element without end", b"\x1aE\xdf\xa3\x01" + b"\xff" * 100, "decode_failed"),
    refused(
        "67d",
        "AU of 4 GB in a byte",
        b".snd" + struct.pack(">IIIII", 24, 0xFFFF_FFFE, 1, 8_000, 1) + b"\xff",
        "decode_failed",
    ),
    *(
        refused(number, f"MOV, {name}", lambda number=number: pointing()[number][1], "decode_failed")
        for number, name in {"81": "dref url of a file", "81b": "dref url of http", "81c": "dref alias"}.items()
    ),
]
