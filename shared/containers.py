"""What container a file is, by its first bytes alone.

Never by its name or Content-Type: those are the sender's words. Both sides ask here: the API about
multipart bytes, the worker about the object it fetched. What is inside the container is the decoder's question.
"""

from enum import StrEnum

from shared.errors.jobs import EmptyFile, UnsupportedFormat

HEAD_BYTES = 64

_W64_RIFF_GUID = bytes.fromhex("726966662e91cf11a5d628db04c10000")
_MPEG_SYNC = 0xFFE0
_MPEG_LAYER = 0x0006
_MPEG_LAYER_I = 0x0006
_ADTS_SYNC = 0xFFF0


class Container(StrEnum):
    """An accepted container; the value is the name of FFmpeg's demuxer."""

    WAV = "wav"
    W64 = "w64"
    MP3 = "mp3"
    FLAC = "flac"
    OGG = "ogg"
    ADTS = "aac"
    MP4 = "mov"
    MATROSKA = "matroska"
    AMR = "amr"
    AU = "au"
    AIFF = "aiff"
    CAF = "caf"


_MAGIC: tuple[tuple[int, bytes, Container], ...] = (
    (0, b"fLaC", Container.FLAC),
    (0, b"OggS", Container.OGG),
    (4, b"ftyp", Container.MP4),
    (0, b"\x1aE\xdf\xa3", Container.MATROSKA),
    (0, b"#!AMR", Container.AMR),
    (0, b".snd", Container.AU),
    (0, b"caff", Container.CAF),
    (0, _W64_RIFF_GUID, Container.W64),
    (0, b"ID3", Container.MP3),
)
_FORMS: dict[tuple[bytes, bytes], Container] = {
    (b"RIFF", b"WAVE"): Container.WAV,
    (b"RF64", b"WAVE"): Container.WAV,
    (b"FORM", b"AIFF"): Container.AIFF,
    (b"FORM", b"AIFC"): Container.AIFF,
}


def sniff(head: bytes) -> Container:
    """Name the container that begins with `head`.

    Args:
        head: the first bytes of the file, `HEAD_BYTES` of them or all there are.

    Raises:
        EmptyFile: there is not one byte.
        UnsupportedFormat: no accepted container begins so.
    """
    if not head:
        raise EmptyFile
    form = _FORMS.get((head[:4], head[8:12]))
    if form is not None:
        return form
    for offset, magic, container in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return container
    return _mpeg(head)


def _mpeg(head: bytes) -> Container:
    """Tell MPEG audio from ADTS: the same sync word, told apart by the two layer bits.

    Layer I, whose sync is all ones, is what a file of 0xFF looks like; no call was ever sent in it.
    """
    word = int.from_bytes(head[:2].ljust(2, b"\0"), "big")
    if word & (_ADTS_SYNC | _MPEG_LAYER) == _ADTS_SYNC:
        return Container.ADTS
    if word & _MPEG_SYNC == _MPEG_SYNC and word & _MPEG_LAYER not in {0, _MPEG_LAYER_I}:
        return Container.MP3
    raise UnsupportedFormat
