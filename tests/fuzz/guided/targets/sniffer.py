"""The sniffer and what comes next: any bytes are a container with its part of the file, or a named error."""

import math
from contextlib import suppress

from audio.files import encoded
from audio.samples import SAMPLES
from fuzz.guided.files import as_file

from shared.containers import HEAD_BYTES, Container, sniff
from shared.errors.jobs import JobError
from worker.audio.sources import open_source

MOST_BYTES = 8_192


def seeds():
    heads = {sample.container: sample.make()[:2_000] for sample in SAMPLES if sample.container not in {"WAV", "RF64"}}
    yield from heads.values()
    yield b"ID3\4\0\0\0\0\0\x0a" + b"\0" * 10 + encoded("mp3", "libmp3lame", 8_000)[:1_000] + b"TAG" + b" " * 125
    yield b"ID3\4\0\0\x7f\x7f\x7f\x7f" + encoded("mp3", "libmp3lame", 8_000)[:2_000]
    yield encoded("ogg", "libopus", 48_000)[-300:] * 2


def take(data):
    with suppress(JobError):
        container = sniff(data[:HEAD_BYTES])
        if container is Container.WAV:
            return
        source = open_source(as_file(data), container)
        assert 0 <= source.start <= source.end <= len(data)
        assert source.declared_s is None or (math.isfinite(source.declared_s) and source.declared_s >= 0)
        assert source.granules is None or source.granules >= 0
