"""How long a call can be that promised less, or nothing: counted, not decoded."""

import math
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from shared.containers import Container
from shared.errors.jobs import AudioTooLong, DecodeFailed
from worker.audio.child.opening import errors_translated, only_audio_stream, open_container
from worker.audio.recording import PADDING_S
from worker.audio.sources import Source

# What a second of sound takes at least: layer III at 8 kbit/s, AAC frames of 8 bytes for 1,024 samples at
# 8,000 Hz, AMR frames of one byte for 20 ms; in WAV, MP3 again. Elsewhere a byte may be hours.
_LEAST_BYTES_A_S = {Container.MP3: 1_000, Container.WAV: 1_000, Container.ADTS: 62, Container.AMR: 50}
_MORE_THAN_PROMISED_S = 60.0
# A longer step is a damaged timestamp.
_MAX_STEP_S = 60.0


def trusted_s(source: Source, declared_s: float | None, max_duration_s: float) -> float:
    """Give the length up to which a call needs no count: its own promise, or what its bytes can hold."""
    if declared_s is not None:
        return declared_s + _MORE_THAN_PROMISED_S
    least = _LEAST_BYTES_A_S.get(source.container)
    return math.inf if least and (source.end - source.start) / least <= max_duration_s else 0.0


def check_length(source: Source, max_duration_s: float) -> None:
    """Add up the packets of a file, a tenth of the work of decoding it.

    Raises:
        AudioTooLong: they are more than `max_duration_s`.
    """
    with open_container(source) as container, suppress(DecodeFailed), errors_translated():
        stream = only_audio_stream(container)
        counted_s = 0.0
        for length_s in _lengths_s(container.demux(stream), float(stream.time_base)):
            counted_s += length_s
            if counted_s > max_duration_s + PADDING_S:
                raise AudioTooLong


def _lengths_s(packets: Iterable[Any], time_base_s: float) -> Iterator[float]:
    """Give the length of each packet: its own, or the step from the one before (FLAC tells no other)."""
    last = 0
    for packet in packets:
        now = last if packet.pts is None else packet.pts
        step_s = (now - last) * time_base_s
        yield packet.duration * time_base_s if packet.duration else step_s * (0 < step_s < _MAX_STEP_S)
        last = now
