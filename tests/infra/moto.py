"""moto in a process of its own, with our shims or as it comes."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def moto(*arguments: str) -> Iterator[str]:
    """Run it while the block lasts: where it answers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "shared.emulator.moto_server", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield _ready(process)
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _ready(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line.startswith("ready "):
        raise RuntimeError(f"moto ended with exit code {process.wait()}")
    return line.split()[1]
