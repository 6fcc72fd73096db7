"""From the bytes of a recording to its samples: our own reader for telephone WAV, a sealed process for the rest."""

import errno
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Literal

from shared.containers import HEAD_BYTES, Container, sniff
from shared.errors.jobs import AudioTooLong, NoAudioDecoded
from shared.errors.transient import WorkerDiskFull
from worker.audio import riff
from worker.audio.forking import Starter, best_starter
from worker.audio.parent import Order, decode_in_child, started, time_limit
from worker.audio.pcm import Resampler, read_blocks
from worker.audio.recording import MIN_SAMPLES, Recording, SampleStore
from worker.audio.sandbox import Isolation, SandboxUnavailable
from worker.audio.sources import Source, open_source, wave_source

MAX_DURATION_S = 14_400.0
_EXTENSIBLE = b"\xfe\xff"


@dataclass(frozen=True, slots=True)
class Decoder:
    """Turns uploaded files into recordings.

    Attributes:
        isolation: what holds the decoding process in.
        max_duration_s: a longer call is refused, before it is decoded where its header tells.
        starter: where the decoding processes come from; one for all files, or each decoder warms its own.
    """

    isolation: Isolation
    max_duration_s: float = MAX_DURATION_S
    starter: Starter = field(default_factory=best_starter, compare=False, repr=False)

    def decode(self, audio: BinaryIO) -> Recording:
        """Decode one file whole; its name is never looked at, its position neither used nor kept.

        Args:
            audio: a real file with a descriptor, the bytes as uploaded.

        Returns:
            The call at 16,000 Hz, what was damaged in it replaced by silence and named.

        Raises:
            JobError: the job fails at once with this code; nothing here is worth a retry.
            WorkerDiskFull: there is no room for what decoding needs.
        """
        try:
            return self._decode(audio)
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            raise WorkerDiskFull from error

    def _decode(self, audio: BinaryIO) -> Recording:
        audio.flush()
        descriptor = audio.fileno()
        audio.seek(0)
        head = audio.read(HEAD_BYTES)
        container = sniff(head)
        if container is not Container.WAV:
            source = open_source(descriptor, container)
            return decode_in_child(descriptor, Order(self.isolation, self.max_duration_s, source), self.starter)
        header = riff.read_header(descriptor)
        if header.format.is_plain:
            return replace(self._plain(descriptor, header), is_plain_wave=_is_short_form(head, header))
        order = Order(self.isolation, self.max_duration_s, wave_source(header))
        recording = decode_in_child(descriptor, order, self.starter)
        return replace(recording, warnings=tuple(dict.fromkeys((*header.warnings, *recording.warnings))))

    def _plain(self, descriptor: int, header: riff.WaveHeader) -> Recording:
        form = header.format
        frames_a_second = form.bytes_a_frame * form.sample_rate_hz
        duration_s = header.data_bytes / frames_a_second
        if duration_s > self.max_duration_s:
            raise AudioTooLong
        store = SampleStore(form.channels, duration_s + 1.0)
        resampler = Resampler(form.sample_rate_hz, form.channels)
        for block in read_blocks(descriptor, header):
            store.append(resampler.feed(block))
        store.append(resampler.finish())
        if store.samples().shape[1] < MIN_SAMPLES:
            raise NoAudioDecoded
        declared_s = None if header.declared_bytes is None else header.declared_bytes / frames_a_second
        return Recording(store.samples(), form.sample_rate_hz, form.codec, declared_s, 0, (), header.warnings)


def _is_short_form(head: bytes, header: riff.WaveHeader) -> bool:
    """Tell a RIFF file whose format is a bare tag from RF64 and from WAVE_FORMAT_EXTENSIBLE."""
    return head[:4] == b"RIFF" and header.format.raw[:2] != _EXTENSIBLE


def open_decoder(sandbox: Literal["required", "preferred"]) -> Decoder:
    """Find out what holds the decoding process in here, and build the decoder on it.

    Raises:
        SandboxUnavailable: `required`, and the kernel does not seal the process.
    """
    starter = best_starter()
    if _is_sealed(starter):
        return Decoder(Isolation.KERNEL, starter=starter)
    if sandbox == "required":
        raise SandboxUnavailable
    return Decoder(Isolation.LIMITS, starter=starter)


def _is_sealed(starter: Starter) -> bool:
    """Prove it: a process with the filter is refused every forbidden call, and so is each of its threads."""
    order = Order(Isolation.KERNEL, 0.0, Source(Container.WAV, 0, 0), is_probe=True)
    reader, writer = os.pipe()
    try:
        with started(reader, order, starter) as running, time_limit(running, 0):
            refused = running.line()
            modes = _seccomp_modes(running.child.process_id)
    finally:
        os.close(reader)
        os.close(writer)
    return bool(refused) and all(refused.values()) and modes == {"2"}


def _seccomp_modes(process_id: int) -> set[str]:
    """Give the `Seccomp:` values of the threads of a process; 2 is a filter."""
    statuses = Path(f"/proc/{process_id}/task").glob("*/status")
    lines = [line for status in statuses for line in status.read_text(encoding="ascii").splitlines()]
    return {line.split()[1] for line in lines if line.startswith("Seccomp:")}
