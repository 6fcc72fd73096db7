"""An emulator of AWS in a process of its own, for one run of the harness."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def emulator() -> Iterator[tuple[str, int]]:
    """Run one while the block lasts: where it answers, and the process that does."""
    script = str(Path(sys.executable).parent / "callscribe-emulator")
    environment = {"PATH": os.defpath, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen([script], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield _ready(process), process.pid
    finally:
        process.terminate()
        process.wait(10)


def _ready(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("ready "):
            return line.split()[1]
    raise RuntimeError(f"callscribe-emulator ended with exit code {process.wait()}: `make up` builds what it needs")
