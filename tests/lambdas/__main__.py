"""What each function costs: `PYTHONPATH=tests .venv/bin/python -m lambdas` prints start, first and warm call, memory.

A start here finds bytecode from an earlier one; in the cloud the first start of a machine compiles, which is printed
last: the same for one function without bytecode.
"""

import statistics
import tempfile
import time
import uuid
from pathlib import Path

from lambdas.layout import lay_out
from lambdas.runtime import Function
from lambdas.service import FUNCTIONS, SENT, surroundings
from strict.engines import ministack_endpoint

from api.local.events import Call, event_of

HEALTH = event_of(Call(uuid.uuid4().hex, "GET", "/v1/health", "", (), b""))
EVENTS = {"api": HEALTH, "uploaded": {"Records": []}, "deliver": {"Records": []}, "deadletters": {"Records": []}}
LEAVES = {"canary", "shrink"}
"""They end with what they lack on a local stack."""
WARM = 20


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folders, environment = lay_out(Path(scratch) / "functions"), surroundings(ministack_endpoint())
        print("function     start ms  first ms  warm ms  peak MB")
        for name in [name for name in FUNCTIONS if name not in LEAVES]:
            show(name, folders, environment)
        for compiled in Path(scratch).rglob("*.pyc"):
            compiled.unlink()
        show("api", folders, {**environment, "PYTHONPYCACHEPREFIX": f"{scratch}/none", "PYTHONDONTWRITEBYTECODE": "1"})


def show(name: str, folders, environment) -> None:
    with Function(FUNCTIONS[name], folders, environment) as function:
        times = [timed(function, EVENTS.get(name) or SENT[name]) for _ in range(WARM + 1)]
        warm = statistics.median(times[1:])
        print(f"{name:<12} {function.started_in_s * 1e3:8.0f}  {times[0]:8.0f}  {warm:7.1f}  {function.peak_mb:7.0f}")


def timed(function: Function, event) -> float:
    began = time.monotonic()
    function.call(event)
    return (time.monotonic() - began) * 1e3


if __name__ == "__main__":
    main()
