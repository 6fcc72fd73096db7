"""The worker's side of the decoding process: start it, take its samples, judge its end.

The process is not trusted: what it reports is checked like any other input.
"""

import json
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from io import BufferedReader, BufferedWriter

import numpy as np

from shared.errors import jobs
from worker.audio.forking import Child, Ends, Starter
from worker.audio.recording import BYTES_A_SAMPLE, PADDING_S, Recording, Samples, SampleStore
from worker.audio.report import Facts, judge, read_facts
from worker.audio.sandbox import START_CPU_S, Ended, Isolation, cpu_limit_s
from worker.audio.sources import Source

_WALL_EXTRA_S = 30.0
_MAX_LINE_BYTES = 1_048_576
_READ_BYTES = 262_144
# The loss of the process that forks says little about the file that was being decoded: the first time.
_TRIES = 2

_ERRORS: dict[str, type[jobs.JobError]] = {
    error.code: error
    for error in (
        jobs.UnsupportedFormat, jobs.UnsupportedCodec, jobs.UnsupportedSampleRate, jobs.UnsupportedChannels,
        jobs.NoAudioStream, jobs.MultipleAudioStreams, jobs.InvalidSamples, jobs.NoAudioDecoded,
        jobs.DecodeMemoryLimit, jobs.AudioTooLong,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """What the decoding process is told; its empty `folder` is made as it starts."""

    isolation: Isolation
    max_duration_s: float
    source: Source
    is_probe: bool = False
    folder: str = ""


@dataclass(slots=True)
class Running:
    """A started process, its report, the end of its pipe of samples, and whether its time ran out."""

    child: Child
    report: BufferedReader
    samples: BufferedReader
    is_out_of_time: bool = False

    def line(self) -> dict[str, object]:
        """Read one JSON object; an empty one if the process ended or talks nonsense."""
        return _parsed(self.report.readline(_MAX_LINE_BYTES))

    def answer(self) -> dict[str, object]:
        """Read one JSON object that is no error.

        Raises:
            JobError: the error that it names, or what the death of the process means.
        """
        line = self.report.readline(_MAX_LINE_BYTES)
        if not line:
            raise _death(self.child.end(), is_out_of_time=self.is_out_of_time)
        value = _parsed(line)
        code = value.get("code")
        if not value or code is not None:
            raise _ERRORS.get(str(code), jobs.DecodeFailed)
        return value

    def stop(self) -> None:
        """End it: its time is over."""
        self.is_out_of_time = True
        with suppress(ConnectionError):
            self.child.end()


def _parsed(line: bytes) -> dict[str, object]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _death(ended: Ended, *, is_out_of_time: bool) -> jobs.JobError:
    """Name what ended a process: a limit of time, the kernel for want of memory, or itself.

    SIGKILL is the end at the hard limit of CPU time; long before that only the kernel's OOM killer sends it.
    """
    if is_out_of_time or ended.status == -signal.SIGXCPU:
        return jobs.DecodeTimeout()
    if ended.status == -signal.SIGKILL:
        return jobs.DecodeTimeout() if ended.cpu_s > START_CPU_S - 1.0 else jobs.DecodeMemoryLimit()
    return jobs.DecodeFailed()


def decode_in_child(descriptor: int, order: Order, starter: Starter) -> Recording:
    """Decode the file behind `descriptor` in a process of its own.

    Raises:
        JobError: what the process found, or how it ended: `decode_timeout` for a limit of time,
            `decode_memory_limit` for one of memory, `decode_failed` for any other death, and where the process
            that forks was lost with it twice. None of them is worth a retry.
    """
    for _ in range(_TRIES):
        with suppress(ConnectionError):
            return _decode(descriptor, order, starter)
    raise jobs.DecodeFailed


def _decode(descriptor: int, order: Order, starter: Starter) -> Recording:
    with started(descriptor, order, starter) as running:
        with time_limit(running, cpu_limit_s(0)):
            facts = read_facts(running.answer())
        with time_limit(running, _raise_cpu_limit(running, facts, order)):
            samples = _take_samples(running, facts, order)
            report = running.answer()
    return judge(samples, facts, report, order.source)


@contextmanager
def started(file: int, order: Order, starter: Starter) -> Iterator[Running]:
    """Start a process with nothing but its file, two pipes and an empty folder; end it on the way out."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ours:
        report, report_end = _pipe(ours)
        samples, samples_end = _pipe(ours)
        with report_end, samples_end:
            ends = Ends(file, report_end.fileno(), samples_end.fileno())
            child = starter.start(asdict(replace(order, folder=folder)), ends)
        try:
            yield Running(child, report, samples)
        finally:
            with suppress(ConnectionError):
                child.end()


def _pipe(ours: ExitStack) -> tuple[BufferedReader, BufferedWriter]:
    """Open a pipe: our end, to be closed with `ours`, and the one to give away."""
    reader, writer = os.pipe()
    return ours.enter_context(os.fdopen(reader, "rb")), os.fdopen(writer, "wb")


@contextmanager
def time_limit(running: Running, cpu_s: float) -> Iterator[None]:
    """End the process where the body takes 30 s longer than the CPU seconds it may use."""
    timer = threading.Timer(cpu_s + _WALL_EXTRA_S, running.stop)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _raise_cpu_limit(running: Running, facts: Facts, order: Order) -> int:
    """Give the process the CPU seconds that its length deserves, and return them."""
    length_s = order.max_duration_s if facts.declared_s is None else min(facts.declared_s, order.max_duration_s)
    running.child.limit_cpu(cpu_limit_s(length_s), cpu_limit_s(order.max_duration_s))
    return cpu_limit_s(length_s)


def _take_samples(running: Running, facts: Facts, order: Order) -> Samples:
    """Read interleaved samples to the end of the pipe: int16 of shape (channels, samples)."""
    store = SampleStore(facts.channels, order.max_duration_s + PADDING_S)
    frame_bytes = BYTES_A_SAMPLE * facts.channels
    rest = b""
    while block := running.samples.read1(_READ_BYTES):
        block = rest + block
        whole = len(block) - len(block) % frame_bytes
        rest = block[whole:]
        store.append(np.frombuffer(block[:whole], np.int16).reshape(-1, facts.channels).T)
    return store.samples()
