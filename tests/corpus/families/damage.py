"""Calls that were cut, or hit in their middle: what is good in them is kept, and the rest is named."""

from audio.files import damaged, encoded, speech_bytes, wave, wave_format
from audio.samples import remuxed
from corpus.entries import Entry, heard, refused

CALL_S = 10.0


def ogg():
    return encoded("ogg", "libopus", 48_000, CALL_S)


def aac():
    return encoded("mp4", "aac", 16_000, CALL_S, movflags="faststart")


KINDS = {
    "WAV": lambda: wave(wave_format(), speech_bytes(CALL_S)),
    "MP3": lambda: encoded("mp3", "libmp3lame", 16_000, CALL_S),
    "AAC": lambda: remuxed("adts", aac()),
    "M4A": aac,
    "Ogg": ogg,
    "WebM": lambda: remuxed("webm", ogg()),
    "FLAC": lambda: encoded("flac", "flac", 8_000, CALL_S),
}
CUT = {"28": "WAV", "29": "MP3", "30": "Ogg", "31": "WebM", "32": "FLAC"}
HIT = {"34": "MP3", "35": "AAC", "36": "M4A", "37": "Ogg", "38": "WebM", "39": "FLAC"}


def half(kind):
    whole = KINDS[kind]()
    return whole[: len(whole) // 2]


def unindexed():
    """The index of an M4A is called something else: its sound is there and cannot be found."""
    return aac().replace(b"moov", b"junk", 1)


ENTRIES: list[Entry] = [
    *(
        heard(number, f"{kind}, cut at half", lambda kind=kind: half(kind), "audio_incomplete")
        for number, kind in CUT.items()
    ),
    refused("33", "M4A without an index", unindexed, "decode_failed"),
    refused("33b", "M4A cut before its index", lambda: encoded("mp4", "aac", 16_000, CALL_S)[:9_000], "decode_failed"),
    *(
        heard(number, f"{kind}, 300 bytes hit", lambda kind=kind: damaged(KINDS[kind]()), "audio_incomplete")
        for number, kind in HIT.items()
    ),
]
