"""P6 in the shape of production: turbo's layers and 128 bands, random weights. Two minutes of CPU, 3.3 GB while it is built."""

import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from benchmarks import calls
from benchmarks.engines.weights import TURBO, build
from benchmarks.goals import REAL_CPU, Figure
from benchmarks.rows.equality import heard
from benchmarks.setting import Bench
from speech import sounds

from worker.speech.engine.values import Row
from worker.speech.front.mel import LogMel
from worker.speech.model import load

TOGETHER = 4
KIB = 1 << 10


def measure(bench: Bench, budget_s: float) -> Iterator[Figure]:
    """Four windows alone and together: equality, seconds, and the memory that three more rows take."""
    with tempfile.TemporaryDirectory() as scratch, bench.sign.row("P6 turbo shape", budget_s) as sign:
        sign("building 818 MB of random weights")
        model = load(build(Path(scratch) / "turbo", TURBO, "int8"), "cpu", "int8")
        rng, mel = np.random.default_rng(calls.SEED), LogMel(TURBO.mels)
        windows = [sounds.window(rng, 0, place, 2.0 + place) for place in range(TOGETHER)]
        rows = [Row(window, mel(window.samples), "fr") for window in windows]
        sign("each window alone")
        started_s = time.monotonic()
        alone = [heard(model, [row])[0] for row in rows]
        alone_s, alone_bytes = time.monotonic() - started_s, _peak_bytes()
        sign("all together")
        started_s = time.monotonic()
        met = heard(model, rows)
        together_s, together_bytes = time.monotonic() - started_s, _peak_bytes()
    differing = sum(one.differs(other) for one, other in zip(met, alone, strict=True))
    row_mb = (together_bytes - alone_bytes) / (TOGETHER - 1) / 1e6
    note = f"{TOGETHER} rows; {alone_s / TOGETHER:.1f} s a window alone, {together_s / TOGETHER:.1f} s together, {row_mb:.0f} MB a row"
    yield Figure("P6-turbo", [float(differing)], REAL_CPU, note=note, beside={"row_mb": row_mb})


def _peak_bytes() -> int:
    """The most memory that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB
