"""The header of a WAV or RF64 file, read without a C parser: every size is checked against the file.

What the samples are is told here; reading them is the business of `worker.audio.pcm`.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from shared.errors.jobs import DecodeFailed, NoAudioDecoded, UnsupportedCodec
from worker.audio.recording import check_shape

_MAX_CHUNKS = 1_000
_FORMAT_BYTES = range(16, 4_097)
_UNKNOWN_SIZE = 0xFFFF_FFFF
_EXTENSIBLE = 0xFFFE
_EXTENSIBLE_BYTES = 40
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")

# (format tag, bits) → FFmpeg's codec name: what we read ourselves.
_PLAIN = {
    (1, 8): "pcm_u8",
    (1, 16): "pcm_s16le",
    (1, 24): "pcm_s24le",
    (1, 32): "pcm_s32le",
    (3, 32): "pcm_f32le",
    (3, 64): "pcm_f64le",
    (6, 8): "pcm_alaw",
    (7, 8): "pcm_mulaw",
}
# Format tags of the codecs that go to the decoding process.
_FOREIGN = {0x0002: "adpcm_ms", 0x0011: "adpcm_ima_wav", 0x0031: "gsm_ms", 0x0055: "mp3"}


@dataclass(frozen=True, slots=True)
class WaveFormat:
    """What the `fmt ` chunk says, checked; `bytes_a_frame` is one sample of every channel."""

    codec: str
    is_plain: bool
    channels: int
    sample_rate_hz: int
    bytes_a_frame: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class WaveHeader:
    """Where the audio lies in the file: `data_bytes` from `data_offset` are there and may be read."""

    format: WaveFormat
    fact: bytes
    data_offset: int
    data_bytes: int
    declared_bytes: int | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Chunk:
    name: bytes
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class _File:
    """An open file and its size in bytes; reading moves no position."""

    descriptor: int
    size: int

    def read(self, offset: int, count: int) -> bytes:
        return os.pread(self.descriptor, count, offset)


def read_header(descriptor: int) -> WaveHeader:
    """Read the header of the WAV file behind `descriptor`.

    Raises:
        UnsupportedCodec: a format tag that is not accepted, or sizes that do not fit it.
        UnsupportedSampleRate: outside 4,000 to 192,000 Hz.
        UnsupportedChannels: outside 1 to 8.
        NoAudioDecoded: there is no `data`, or nothing in it.
        DecodeFailed: there is no `fmt `, or more than 1,000 chunks.
    """
    file = _File(descriptor, os.fstat(descriptor).st_size)
    chunks = _chunks_that_matter(file)
    if b"data" not in chunks:
        raise NoAudioDecoded
    if b"fmt " not in chunks:
        raise DecodeFailed
    raw = file.read(chunks[b"fmt "].offset, min(chunks[b"fmt "].size, _FORMAT_BYTES.stop - 1))
    form = _format(raw)
    fact = file.read(chunks[b"fact"].offset, 4) if b"fact" in chunks else b""
    return _within(file, chunks, WaveHeader(form, fact, chunks[b"data"].offset, 0, None, ()))


def _chunks_that_matter(file: _File) -> dict[bytes, _Chunk]:
    """Find the first chunk of each name we use; stops as soon as format and data are known."""
    found: dict[bytes, _Chunk] = {}
    for number, chunk in enumerate(_walk(file, 12)):
        if number == _MAX_CHUNKS:
            raise DecodeFailed
        if chunk.name in {b"fmt ", b"fact", b"data", b"ds64"}:
            found.setdefault(chunk.name, chunk)
        if b"fmt " in found and b"data" in found:
            break
    return found


def _walk(file: _File, offset: int) -> Iterator[_Chunk]:
    while offset + 8 <= file.size:
        name, size = struct.unpack("<4sI", file.read(offset, 8))
        yield _Chunk(name, offset + 8, size)
        offset += 8 + size + size % 2


def _format(raw: bytes) -> WaveFormat:
    if len(raw) < _FORMAT_BYTES.start:
        raise DecodeFailed
    tag, channels, rate_hz, _, bytes_a_frame, bits = struct.unpack("<HHIIHH", raw[:16])
    if tag == _EXTENSIBLE:
        tag = _inner_tag(raw)
    codec = _PLAIN.get((tag, bits), _FOREIGN.get(tag))
    if codec is None:
        raise UnsupportedCodec
    check_shape(channels, rate_hz)
    is_plain = tag not in _FOREIGN
    if bytes_a_frame == 0 or (is_plain and bytes_a_frame != channels * bits // 8):
        raise UnsupportedCodec
    return WaveFormat(codec, is_plain, channels, rate_hz, bytes_a_frame, raw)


def _inner_tag(raw: bytes) -> int:
    if len(raw) < _EXTENSIBLE_BYTES or raw[26:40] != _GUID_TAIL:
        raise UnsupportedCodec
    return int.from_bytes(raw[24:26], "little")


def _within(file: _File, chunks: dict[bytes, _Chunk], header: WaveHeader) -> WaveHeader:
    """Say how much of the data is really there, and what is odd about it."""
    there = file.size - header.data_offset
    declared = _declared_bytes(file, chunks)
    if declared is None:
        header = replace(header, data_bytes=there, warnings=("header_repaired",))
    elif declared > there:
        header = replace(header, data_bytes=there, declared_bytes=declared, warnings=("audio_incomplete",))
    else:
        header = replace(header, data_bytes=declared, declared_bytes=declared)
        if _has_trailing_data(file, chunks, header):
            header = replace(header, warnings=("trailing_data",))
    return _whole_frames(header)


def _declared_bytes(file: _File, chunks: dict[bytes, _Chunk]) -> int | None:
    """Give the promised size of the data in bytes, or None when the recorder never wrote it."""
    data = chunks[b"data"]
    if data.size == _UNKNOWN_SIZE:
        return _long_sizes(file, chunks)[1] or None
    if data.size == 0 and data.offset < file.size and not _is_chunk_chain(file, data.offset):
        return None
    return data.size


def _is_chunk_chain(file: _File, offset: int) -> bool:
    """Tell whether the bytes from `offset` to the end of the file are chunks that follow each other."""
    end = offset
    for number, chunk in enumerate(_walk(file, offset)):
        end = chunk.offset + chunk.size
        if number == _MAX_CHUNKS or end > file.size or not chunk.name.isascii():
            return False
    return file.size - end in {0, 1}


def _long_sizes(file: _File, chunks: dict[bytes, _Chunk]) -> tuple[int, int]:
    """Give the sizes of file and data that RF64 keeps in 64 bits (EBU Tech 3306); 0 for what is not told."""
    is_told = b"ds64" in chunks and file.read(0, 4) == b"RF64"
    ds64 = file.read(chunks[b"ds64"].offset, 16) if is_told else b""
    return int.from_bytes(ds64[:8], "little"), int.from_bytes(ds64[8:16], "little")


def _has_trailing_data(file: _File, chunks: dict[bytes, _Chunk], header: WaveHeader) -> bool:
    riff_bytes = int.from_bytes(file.read(4, 4), "little")
    if riff_bytes == _UNKNOWN_SIZE:
        riff_bytes = _long_sizes(file, chunks)[0]
    end = max(8 + riff_bytes, header.data_offset + header.data_bytes)
    end += end % 2
    return file.size > end and (riff_bytes > 0 or not _is_chunk_chain(file, end))


def _whole_frames(header: WaveHeader) -> WaveHeader:
    """Drop a partial last frame; a file that was cut is known to be incomplete already."""
    part = header.data_bytes % header.format.bytes_a_frame
    if not header.format.is_plain or not part:
        return header
    is_cut = "audio_incomplete" in header.warnings
    warnings = header.warnings if is_cut else tuple(dict.fromkeys((*header.warnings, "header_repaired")))
    return replace(header, data_bytes=header.data_bytes - part, warnings=warnings)
