"""P12: from the start of a worker's process to its first finished window, apart from reading the model."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import fleet
from benchmarks.calls import Recorded
from benchmarks.engines.models import weights_bytes
from benchmarks.goals import REAL_CPU, Figure
from benchmarks.setting import Bench

from api.cli.processes import script
from shared.aws.clients import connect
from shared.aws.world import AwsWorld, connect_world
from shared.settings import Settings
from worker.speech.model import shipped_model

ONE_WINDOW_S = 3.0


def measure(bench: Bench, budget_s: float) -> Iterator[Figure]:
    """Start workers with one small call waiting; each is done when its receipt is settled, stored and published."""
    call = bench.single(ONE_WINDOW_S)
    reading_s = _reading_s(shipped_model())
    world = connect_world(connect(), Settings())  # pyright: ignore[reportCallIssue]
    with bench.sign.row("P12", budget_s) as sign:
        taken = [_started(bench, call, world, sign) - reading_s for _ in range(bench.sizes.starts)]
    note = f"whole job of one call of {ONE_WINDOW_S:.0f} s, stored and published; {reading_s * 1000:.0f} ms of reading taken off"
    yield Figure("P12", taken, REAL_CPU, note=note, beside={"reading_s": reading_s})


def _started(bench: Bench, call: Recorded, world: AwsWorld, sign: Callable[[str], None]) -> float:
    sign("a worker starts")
    job = fleet.submitted(call, world)
    environment = {**bench.stack.environment, "CALLSCRIBE_LANES": "interactive", "CALLSCRIBE_LONG_POLL_S": "1"}
    started_s = time.monotonic()
    bench.stack.family.start("worker", script("callscribe-worker"), environment)
    line = bench.stack.until("worker", f"receipt_settled job_id={job.id}")
    taken_s = time.monotonic() - started_s
    bench.stack.stop("worker")
    if "completed" not in line:
        raise RuntimeError(f"The call did not complete: {line}")
    return taken_s


def _reading_s(directory: Path) -> float:
    """Seconds that the bytes of the model take from this disk, or its cache, as they come now."""
    started_s = time.monotonic()
    for path in directory.iterdir():
        path.read_bytes()
    seconds = time.monotonic() - started_s
    assert weights_bytes(directory) > 0
    return seconds
