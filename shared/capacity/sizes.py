"""How long a recording is likely to be, told by its size."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.containers import Container, sniff
from shared.errors.jobs import JobError

SHORTEST_S, LONGEST_S = 1.0, 3_600.0
MULAW_STEREO_BYTES_A_S: Final = 16_000
BYTES_A_S: Mapping[Container, int] = MappingProxyType(
    {Container.OGG: 3_000, Container.MATROSKA: 3_000, Container.MP3: 4_000}
)
RIFF_RATE = slice(28, 32)
"""Where a WAV file says its bytes a second, if `fmt ` is its first chunk."""


def estimated_audio_s(size_bytes: int, head: bytes = b"") -> float:
    """How long a recording of that size will be, before it is decoded: 1 to 3,600 s.

    Args:
        size_bytes: of the whole file.
        head: its first bytes, if they are known; without them it is taken for mu-law on two channels.
    """
    try:
        container = sniff(head) if head else None
    except JobError:
        container = None
    bytes_a_s = BYTES_A_S.get(container, MULAW_STEREO_BYTES_A_S) if container else MULAW_STEREO_BYTES_A_S
    if container is Container.WAV and head[12:16] == b"fmt ":
        bytes_a_s = int.from_bytes(head[RIFF_RATE], "little") or bytes_a_s
    return min(max(size_bytes / bytes_a_s, SHORTEST_S), LONGEST_S)
