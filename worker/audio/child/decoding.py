"""From packets to samples, whatever happens to the packets on the way."""

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import av

from shared.containers import Container
from shared.errors.jobs import AudioTooLong, DecodeFailed, NoAudioDecoded
from worker.audio.child import adts, amr
from worker.audio.child.length import check_length, trusted_s
from worker.audio.child.opening import (
    as_block,
    codec_name,
    decoder_of,
    errors_translated,
    only_audio_stream,
    open_container,
)
from worker.audio.child.sink import Sink
from worker.audio.child.timeline import ByteTrail, Timeline
from worker.audio.child.view import FileView
from worker.audio.recording import PADDING_S, check_shape
from worker.audio.sources import Source, mpeg_frame_bytes

# Without an index of their own: what FFmpeg calls a duration is a guess from the bit rate.
_NO_PROMISE = frozenset({Container.MP3, Container.ADTS, Container.AMR, Container.WAV})
_BY_BYTES = frozenset({Container.MP3, Container.ADTS, Container.AMR})
_WALKED = {Container.ADTS: adts.frames, Container.AMR: amr.frames}
_ENOUGH_S = 1.0
_NO_SHAPE = (0, 0)
_MAX_STUMBLES = 1_000
# Packets without one sample in them: beyond so many, nothing is a call that began badly.
_MAX_USELESS = 5_000


class Decoding:
    """One file on its way from packets to samples, and what went wrong with it."""

    def __init__(self, source: Source, sink: Sink, tell: Callable[[dict[str, object]], None]) -> None:
        self._source = source
        self._sink = sink
        self._tell = tell
        self._timeline = Timeline(is_chained=source.granules is not None)
        self._trusted_s = math.inf
        self._shape = _NO_SHAPE
        self._codec = ""
        self._bad_packets = 0
        self._trail = ByteTrail() if source.container in _BY_BYTES else None
        self._is_changed = False

    def run(self) -> dict[str, object]:
        """Decode the file and give the report.

        Raises:
            JobError: the file is not for us, or broken before its first second.
        """
        with open_container(self._source) as container:
            stream = only_audio_stream(container)
            self._codec = codec_name(stream)
            declared_s = self._timeline.declared_s = self._declared_s(container)
            self._trusted_s = trusted_s(self._source, declared_s, self._sink.max_duration_s)
            try:
                self._demux(container, stream)
            except DecodeFailed:
                if self._timeline.end_s < _ENOUGH_S:
                    raise
                self._timeline.guessed += 1
        self._sink.finish()
        if not self._timeline.end_s:
            raise NoAudioDecoded
        return {
            "bad_packets": self._bad_packets + self._timeline.guessed,
            "gaps": self._timeline.gaps,
            "warnings": ["parameters_changed"] if self._is_changed or self._timeline.links > 1 else [],
        }

    def _declared_s(self, container: Any) -> float | None:
        declared_s = self._source.declared_s
        if self._source.granules is not None:
            # FFmpeg tells the length of the last link alone, and loses one of less than a second or of another rate.
            declared_s = self._source.granules / max(container.streams.audio[0].sample_rate, 1)
        elif declared_s is None and container.duration and self._source.container not in _NO_PROMISE:
            declared_s = container.duration / av.time_base
        if declared_s is not None and declared_s > self._sink.max_duration_s + PADDING_S:
            raise AudioTooLong
        return declared_s

    def _demux(self, container: Any, stream: Any) -> None:
        decoder = decoder_of(stream)
        if self._trail is not None:
            self._timeline.begin_at(0.0)
        with errors_translated():
            if self._source.container in _WALKED:
                for position, frame in _WALKED[self._source.container](FileView(self._source)):
                    self._decode(decoder, av.Packet(frame), position)
                return
            for packet in self._packets(container, stream):
                self._decode(decoder, packet, packet.pos)

    def _decode(self, decoder: Any, packet: Any, position: int | None) -> None:
        """Decode one packet; a bad one is counted and leaves a hole in time."""
        frames = None
        with suppress(av.error.InvalidDataError, av.error.PatchWelcomeError):
            frames = decoder.decode(packet if packet.size else None)
        if frames is None:
            self._note_bad(packet)
        elif self._codec == "mp3" and 0 < packet.size < mpeg_frame_bytes(bytes(memoryview(packet)[:4])):
            # The end of a file that was cut: the codec takes what there is of the frame.
            self._bad_packets += 1
        # The trail first: what was jumped over lies before these frames.
        if self._trail is not None:
            self._trail.follow(position, packet.size, is_bad=frames is None)
        for frame in frames or ():
            self._take(frame)

    def _note_bad(self, packet: Any) -> None:
        """Count a packet that the codec refused; the first of a call still marks where the call begins.

        Otherwise it begins with the first frame: Vorbis timestamps count a block that is never heard.
        """
        self._bad_packets += 1
        if self._bad_packets > _MAX_USELESS and self._shape == _NO_SHAPE:
            raise NoAudioDecoded
        if packet.pts is not None:
            self._timeline.begin_at(float(packet.pts * packet.time_base))

    def _packets(self, container: Any, stream: Any) -> Iterator[Any]:
        """Demux; a demuxer that stumbles over damage is asked again, and a row of stumbles counts once."""
        is_in_step = True
        for _ in range(_MAX_STUMBLES):
            try:
                for packet in container.demux(stream):
                    is_in_step = True
                    yield packet
            except av.error.InvalidDataError:
                self._bad_packets += is_in_step
                is_in_step = False
            else:
                return

    def _take(self, frame: Any) -> None:
        shape = (frame.sample_rate, frame.layout.nb_channels)
        if shape != self._shape:
            self._change(shape)
        placement = self._timeline.place(self._moment_s(frame), frame.samples, frame.sample_rate)
        if self._timeline.end_s > self._trusted_s:
            self._trusted_s = math.inf
            check_length(self._source, self._sink.max_duration_s)
        self._sink.silence(placement.silence)
        self._sink.put(as_block(frame, self._codec)[placement.skip :])

    def _change(self, shape: tuple[int, int]) -> None:
        """Begin a stretch of another rate or number of channels, the first one included."""
        check_shape(shape[1], shape[0])
        self._sink.begin(*shape)
        if self._shape == _NO_SHAPE:
            facts = {"codec": self._codec, "sample_rate_hz": shape[0], "channels": shape[1]}
            self._tell(facts | {"declared_s": self._timeline.declared_s})
        else:
            self._is_changed = True
        self._shape = shape

    def _moment_s(self, frame: Any) -> float | None:
        if self._trail is not None:
            return self._timeline.end_s + self._trail.take_lost_s(self._timeline.end_s)
        # A damaged packet can lose its unit of time too.
        if frame.pts is None or not frame.time_base:
            return None
        # Not as a Fraction: that would cost more than placing the frame.
        return float(frame.pts * frame.time_base.numerator / frame.time_base.denominator)
