"""The worker's side of the decoding process: start it, take its samples, judge its end.

The process is not trusted: what it reports is checked like any other input.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from typing import BinaryIO

import numpy as np

from shared.errors import jobs
from worker.audio.recording import BYTES_A_SAMPLE, Recording, Samples, SampleStore
from worker.audio.report import Facts, judge, read_facts
from worker.audio.sandbox import Isolation, cpu_limit_s
from worker.audio.sources import Source

_WALL_EXTRA_S = 30.0
_MAX_LINE_BYTES = 1_048_576
_READ_BYTES = 262_144

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
    """What the decoding process is told; `samples_descriptor` is filled in as it starts."""

    isolation: Isolation
    max_duration_s: float
    source: Source
    is_probe: bool = False
    samples_descriptor: int = -1


@dataclass(slots=True)
class _Running:
    """A started process, the end of its pipe of samples, and whether its time ran out."""

    process: subprocess.Popen[bytes]
    samples: BinaryIO
    is_out_of_time: bool = False

    def line(self) -> dict[str, object]:
        """Read one JSON object; an empty one if the process ended or talks nonsense."""
        assert self.process.stdout is not None
        try:
            value = json.loads(self.process.stdout.readline(_MAX_LINE_BYTES) or b"{}")
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def answer(self) -> dict[str, object]:
        """Read one JSON object that is no error.

        Raises:
            JobError: the error that it names, or what the death of the process means.
        """
        value = self.line()
        code = value.get("code")
        if value and code is None:
            return value
        if isinstance(code, str):
            raise _ERRORS.get(code, jobs.DecodeFailed)
        if self.is_out_of_time or self.process.wait() in {-signal.SIGKILL, -signal.SIGXCPU}:
            raise jobs.DecodeTimeout
        raise jobs.DecodeFailed

    def stop(self) -> None:
        """End it: its time is over."""
        self.is_out_of_time = True
        self.process.kill()


def decode_in_child(descriptor: int, order: Order) -> Recording:
    """Decode the file behind `descriptor` in a process of its own.

    Raises:
        JobError: what the process found, or how it ended: `decode_timeout` for a limit of time,
            `decode_failed` for any other death. None of them is worth a retry.
    """
    with started(descriptor, order) as running:
        with time_limit(running, cpu_limit_s(0)):
            facts = read_facts(running.answer())
        with time_limit(running, _raise_cpu_limit(running, facts, order)):
            samples = _take_samples(running, facts, order)
            report = running.answer()
    return judge(samples, facts, report, order.source)


@contextmanager
def started(stdin: int, order: Order) -> Iterator[_Running]:
    """Start the process with nothing but its file, two pipes and an empty folder; end it on the way out."""
    reader, writer = os.pipe()
    told = json.dumps(asdict(replace(order, samples_descriptor=writer)))
    with tempfile.TemporaryDirectory() as folder, os.fdopen(reader, "rb", buffering=0) as samples:
        try:
            process = subprocess.Popen(  # noqa: S603  our own module, no shell, no word of a customer
                [sys.executable, "-I", "-m", "worker.audio.child", told],
                stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                pass_fds=(writer,), cwd=folder, env={"OPENBLAS_NUM_THREADS": "1"},
            )  # fmt: skip
        finally:
            os.close(writer)
        with process:
            try:
                yield _Running(process, samples)
            finally:
                process.kill()


@contextmanager
def time_limit(running: _Running, cpu_s: float) -> Iterator[None]:
    """End the process where the body takes 30 s longer than the CPU seconds it may use."""
    timer = threading.Timer(cpu_s + _WALL_EXTRA_S, running.stop)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _raise_cpu_limit(running: _Running, facts: Facts, order: Order) -> int:
    """Give the process the CPU seconds that its length deserves, and return them."""
    length_s = order.max_duration_s if facts.declared_s is None else min(facts.declared_s, order.max_duration_s)
    if hasattr(resource, "prlimit"):
        limits = (cpu_limit_s(length_s), cpu_limit_s(order.max_duration_s))
        with suppress(OSError, ValueError):
            resource.prlimit(running.process.pid, resource.RLIMIT_CPU, limits)
    return cpu_limit_s(length_s)


def _take_samples(running: _Running, facts: Facts, order: Order) -> Samples:
    """Read interleaved samples to the end of the pipe: int16 of shape (channels, samples)."""
    store = SampleStore(facts.channels, order.max_duration_s)
    frame_bytes = BYTES_A_SAMPLE * facts.channels
    rest = b""
    while block := running.samples.read(_READ_BYTES):
        block = rest + block
        whole = len(block) - len(block) % frame_bytes
        rest = block[whole:]
        store.append(np.frombuffer(block[:whole], np.int16).reshape(-1, facts.channels).T)
    return store.samples()
