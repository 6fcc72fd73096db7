"""One file through the decoder of production: its own reader, or a process forked for it and sealed."""

import tempfile
import time
from dataclasses import dataclass, replace
from functools import cache

from audio.files import best_decoder
from corpus.measuring import Watched
from fuzz.audio.verdict import CAP_S, Verdict, heard, refused

from shared.errors.jobs import JobError
from worker.audio.decode import Decoder
from worker.audio.forking import best_starter

MOST_CPU_S = 15.0
"""What a file may cost that lies about its length; mutants of a second are far below."""

RAISED = 1
"""The status of a process that met an error of Python's that it has no name for."""


@dataclass(frozen=True)
class Cost:
    """What a file took: CPU seconds and bytes of its decoding process, wall seconds, and how the process ended."""

    cpu_s: float
    peak_bytes: int
    wall_s: float
    status: int


@cache
def decoder() -> Decoder:
    return replace(best_decoder(), max_duration_s=CAP_S, starter=Watched(best_starter()))


def decoded(data: bytes, with_decoder: Decoder | None = None) -> Verdict:
    """What the decoder makes of `data`; an error that is none of its own goes on up."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        try:
            return heard((with_decoder or decoder()).decode(file))
        except JobError as error:
            return refused(error.code)


def measured(data: bytes) -> tuple[Verdict, Cost]:
    """What the decoder makes of `data`, whatever happens, and what it took."""
    ended = decoder().starter.ended
    ended.clear()
    began = time.monotonic()
    try:
        verdict = decoded(data)
    except Exception as error:  # noqa: BLE001  any error that is not documented is what is looked for
        verdict = Verdict("error", faults=(f"{type(error).__name__}: {error}",))
    cost = Cost(
        max((one.cpu_s for one in ended.values()), default=0.0),
        max((one.peak_bytes for one in ended.values()), default=0),
        time.monotonic() - began,
        min((one.status for one in ended.values()), default=0),
    )
    if cost.status == RAISED:
        verdict = replace(verdict, faults=(*verdict.faults, "the decoding process raised what it does not name"))
    if cost.cpu_s > MOST_CPU_S:
        verdict = replace(verdict, faults=(*verdict.faults, f"{cost.cpu_s:.0f} s of CPU"))
    return verdict, cost
