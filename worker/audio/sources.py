"""What part of a file the decoding process may see: the audio, never the tags around it.

Metadata is where hostile files hide: half a million ID3 frames keep FFmpeg busy for minutes. So an MP3 is
shown from its first frame on, and a WAV codec behind a header that is rebuilt from checked numbers.
"""

import os
import re
import struct
from dataclasses import dataclass, replace

from shared.containers import HEAD_BYTES, Container, sniff
from shared.errors.jobs import UnsupportedFormat
from worker.audio.riff import WaveHeader

_ID3_HEADER_BYTES = 10
_ID3V1_BYTES = 128
_SYNC_SEARCH_BYTES = 1_048_576
_OGG_TAIL_BYTES = 131_072
_OGG_FLAGS_AT = 5
_OGG_END_OF_STREAM = 4
_GRANULE_AT = slice(6, 14)
# Four hours at 192,000 Hz and more; what claims to be longer is damaged.
_MAX_GRANULE = 1 << 40
_MAX_LINKS = 10_000
_OGG_FIRST_PAGE = rb"OggS\0\x02"
_W64_SIZE_AT = 16
_MPEG_RATES_HZ = (44_100, 48_000, 32_000)
_SAMPLES_A_FRAME = {False: 576, True: 1_152}


@dataclass(frozen=True, slots=True)
class Source:
    """A view of a file: `prefix` (hexadecimal), then its bytes from `start` to `end`.

    `container` names the one demuxer that may open it. `declared_s` is a length that was promised outside
    of what FFmpeg reports; `is_cut` says that the container itself shows a missing end, `is_followed` that
    something lies behind its end, `granules` how many samples the
    links of a chain of recordings promise together; None where there is one.
    """

    container: Container
    start: int
    end: int
    prefix: str = ""
    declared_s: float | None = None
    is_cut: bool = False
    is_followed: bool = False
    granules: int | None = None


def open_source(descriptor: int, container: Container) -> Source:
    """Find the audio of a file that is no WAV.

    Raises:
        UnsupportedFormat: behind an ID3 tag lies nothing that is accepted.
    """
    source = Source(container, 0, os.fstat(descriptor).st_size)
    if container is Container.MP3:
        return _behind_tag(descriptor, source)
    if container is Container.OGG:
        is_cut = not _has_ogg_end(descriptor, source.end)
        return replace(source, is_cut=is_cut, granules=_chained_granules(descriptor, source.end))
    if container is Container.W64:
        return _within_w64(descriptor, source)
    return source


def _within_w64(descriptor: int, source: Source) -> Source:
    """Hold the size that a W64 file tells of itself, padding to 8 bytes apart, against that of the file."""
    size = int.from_bytes(os.pread(descriptor, 8, _W64_SIZE_AT), "little")
    return replace(source, is_cut=size > source.end, is_followed=0 < size + -size % 8 < source.end)


def wave_source(header: WaveHeader) -> Source:
    """Rebuild the header of a WAV file whose codec is not read here, around the same data."""
    fact = b"fact" + struct.pack("<I", 4) + header.fact if len(header.fact) == 4 else b""  # noqa: PLR2004  a uint32
    raw = header.format.raw
    chunks = b"fmt " + struct.pack("<I", len(raw)) + raw + b"\0" * (len(raw) % 2) + fact
    data = b"data" + struct.pack("<I", min(header.data_bytes, 0xFFFF_FFFE))
    riff_bytes = min(4 + len(chunks) + len(data) + header.data_bytes, 0xFFFF_FFFE)
    prefix = b"RIFF" + struct.pack("<I", riff_bytes) + b"WAVE" + chunks + data
    end = header.data_offset + header.data_bytes
    return Source(Container.WAV, header.data_offset, end, prefix.hex(), None, "audio_incomplete" in header.warnings)


def _behind_tag(descriptor: int, source: Source) -> Source:
    """Leave out the tags at both ends; where a size lies, search the first MPEG frame within 1 MB."""
    start = _tag_end(descriptor)
    try:
        container = sniff(os.pread(descriptor, HEAD_BYTES, start) or b"\0")
    except UnsupportedFormat:
        start, container = _first_frame(descriptor), Container.MP3
    if container not in {Container.MP3, Container.ADTS, Container.FLAC}:
        raise UnsupportedFormat
    has_tail_tag = os.pread(descriptor, 3, max(source.end - _ID3V1_BYTES, start)) == b"TAG"
    source = replace(source, start=start, end=source.end - has_tail_tag * _ID3V1_BYTES, container=container)
    if container is Container.MP3:
        return replace(source, declared_s=_xing_duration_s(os.pread(descriptor, 256, start)))
    return source


def _tag_end(descriptor: int) -> int:
    start = 0
    for _ in range(4):
        head = os.pread(descriptor, _ID3_HEADER_BYTES, start)
        if head[:3] != b"ID3" or len(head) < _ID3_HEADER_BYTES:
            break
        # Sizes are "synchsafe": seven bits a byte, so that no tag holds an MPEG sync.
        size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
        start += _ID3_HEADER_BYTES + size
    return start


def _first_frame(descriptor: int) -> int:
    """Find the first MPEG frame header that a second one follows at the distance it tells."""
    window = os.pread(descriptor, _SYNC_SEARCH_BYTES, 0)
    at = window.find(b"\xff")
    while at >= 0:
        following = at + mpeg_frame_bytes(window[at : at + 4])
        if following > at and window[following : following + 2] == window[at : at + 2]:
            return at
        at = window.find(b"\xff", at + 1)
    raise UnsupportedFormat


def mpeg_frame_bytes(head: bytes) -> int:
    """Give the length of the layer III frame that `head` (4 bytes) begins, or 0 if it begins none."""
    is_mpeg_audio = len(head) == 4 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2  # noqa: PLR2004  ISO 11172-3, 2.4.1.3
    if not is_mpeg_audio or head[2] >> 4 in {0, 15} or head[2] & 0x0C == 0x0C:  # noqa: PLR2004
        return 0
    is_version_1 = head[1] & 0x18 == 0x18  # noqa: PLR2004
    kbit_s = (_KBIT_S_VERSION_1 if is_version_1 else _KBIT_S_VERSION_2)[head[2] >> 4]
    bytes_a_frame = _SAMPLES_A_FRAME[is_version_1] // 8 * kbit_s * 1_000 // _frame_rate_hz(head)
    return bytes_a_frame + (head[2] >> 1 & 1)


_KBIT_S_VERSION_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBIT_S_VERSION_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def _frame_rate_hz(head: bytes) -> int:
    halvings = {0: 2, 2: 1, 3: 0}.get(head[1] >> 3 & 3, 0)
    return _MPEG_RATES_HZ[head[2] >> 2 & 3] >> halvings


def _xing_duration_s(frame: bytes) -> float | None:
    """Read the length that a Xing or Info header in the first frame promises, in seconds."""
    at = max(frame.find(b"Xing", 0, 64), frame.find(b"Info", 0, 64))
    if at < 0 or not mpeg_frame_bytes(frame[:4]) or len(frame) < at + 12:
        return None
    flags, frames = struct.unpack(">II", frame[at + 4 : at + 12])
    if not flags & 1:
        return None
    is_version_1 = frame[1] & 0x18 == 0x18  # noqa: PLR2004  the two version bits
    return float(frames * _SAMPLES_A_FRAME[is_version_1] / _frame_rate_hz(frame))


def _has_ogg_end(descriptor: int, size: int) -> bool:
    """Tell whether the last page that begins in the file is marked as the end of its stream."""
    page = _last_page(descriptor, size)
    return bool(page) and bool(page[_OGG_FLAGS_AT] & _OGG_END_OF_STREAM)


def _chained_granules(descriptor: int, size: int) -> int | None:
    """Add up what the last pages of all links promise; a link begins where a page says so (RFC 3533, 6)."""
    overlap = len(_OGG_FIRST_PAGE) - 1
    starts = [
        start + found.start()
        for start in range(0, size, _SYNC_SEARCH_BYTES)
        for found in re.finditer(_OGG_FIRST_PAGE, os.pread(descriptor, _SYNC_SEARCH_BYTES + overlap, start))
    ]
    if len(starts) <= 1:
        return None
    return sum(_granule(_last_page(descriptor, end)) for end in [*starts[1:], size][:_MAX_LINKS])


def _last_page(descriptor: int, end: int) -> bytes:
    """Give the head of the last page that lies whole before `end`, or nothing."""
    start = max(end - _OGG_TAIL_BYTES, 0)
    tail = os.pread(descriptor, end - start, start)
    page = tail[max(tail.rfind(b"OggS"), 0) :][: _GRANULE_AT.stop]
    return page if page.startswith(b"OggS") and len(page) == _GRANULE_AT.stop else b""


def _granule(page: bytes) -> int:
    granule = int.from_bytes(page[_GRANULE_AT], "little", signed=True)
    return granule if 0 < granule < _MAX_GRANULE else 0
