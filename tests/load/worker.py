"""A real worker whose engine answers at once: decoding, speech detection, spectra, storing and telling are the real ones.

What it costs in memory and requests is the worker's own; what a network would cost is not in it.
"""

import signal
import threading

from benchmarks.engines.cost import Cost
from benchmarks.engines.models import modelled

from shared.aws.clients import connect
from shared.aws.world import connect_world
from shared.observe import observer
from shared.settings import load
from worker.__main__ import build, run
from worker.speech.engine import Engine

INSTANT = Cost("stub", a=0.5, b=0.5, full_rows=16, window_rate=1_000_000.0)
ROWS = 16


def main() -> None:
    """Serve until SIGTERM."""
    settings = load()
    tell = observer("worker", settings.log_format)
    model, network = modelled(INSTANT)
    # The model counts its batches for the benchmark; for hours on end that would be a leak of ours.
    network.batches = Forgetful()
    engine = Engine(model, ROWS)
    engine.start()
    intake = build(settings, connect_world(connect(), settings), engine, tell)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    run(intake, engine, settings, stop)


class Forgetful(list):
    """Keeps nothing."""

    def append(self, _one: object) -> None:
        """Forget it."""


if __name__ == "__main__":
    main()
