"""The decoding process: the only place where FFmpeg meets a customer's bytes. Nobody imports it.

Started as `python -I -m worker.audio.child ORDER`, ORDER being JSON, it decodes one file; without an order it
forks a process for each that comes (`worker.audio.child.serving`). The file is descriptor 0. Samples leave
interleaved (int16, 16,000 Hz) by the descriptor that the order names; stdout carries one JSON line with the
facts before the first sample and one with the report after the last.
"""

import json
import os
import struct
import sys
from typing import Any

from shared.containers import Container
from shared.errors.jobs import DecodeMemoryLimit, JobError
from worker.audio import sandbox
from worker.audio.child.decoding import Decoding
from worker.audio.child.serving import serve
from worker.audio.child.sink import Sink
from worker.audio.sources import Source

# A tenth of a second of 8,000 Hz silence, as WAV.
_CLIP = b"RIFF" + struct.pack("<I", 1_636) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8_000, 16_000, 2, 16)
_CLIP += b"data" + struct.pack("<I", 1_600) + bytes(1_600)


def main() -> None:
    """Warm up; then work on the order, or on those that come."""
    warm_up()
    if len(sys.argv) > 1:
        work(json.loads(sys.argv[1]))
    serve(work)


def work(order: dict[str, Any]) -> None:
    """Give up all rights, decode, report; nothing after that but the end."""
    os.chdir(order["folder"])
    isolation = sandbox.Isolation(order["isolation"])
    if order["is_probe"]:
        sandbox.probe()
    sandbox.confine(isolation, order["max_duration_s"])
    source = Source(**order["source"] | {"container": Container(order["source"]["container"])})
    descriptor = order["samples_descriptor"]
    try:
        report = Decoding(source, Sink(descriptor, order["max_duration_s"]), tell).run()
    except JobError as error:
        report = {"code": error.code}
    except MemoryError:
        report = {"code": DecodeMemoryLimit.code}
    os.close(descriptor)
    tell(report)
    # Python's own ending would call what the filter refuses.
    os._exit(0)


def warm_up() -> None:
    """Decode a clip of silence: PyAV imports as it goes, and after the filter nothing can be imported."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    Decoding(Source(Container.WAV, 0, 0, _CLIP.hex()), Sink(nowhere, 1.0), lambda _: None).run()
    os.close(nowhere)


def tell(facts: dict[str, object]) -> None:
    """Write one line for the parent."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
