"""The emulator of the local stack, one process for all tests of a worker of pytest, whoever asks first."""

import atexit
import functools
import sys
import tempfile
import time
from pathlib import Path

from api.cli.processes import Ended, Family, Line

START_S = 60.0


@functools.cache
def ministack_endpoint() -> str:
    """Where it answers; it ends with this process."""
    logs = tempfile.TemporaryDirectory(prefix="callscribe-tests-")
    family = Family(Path(logs.name))
    family.start("emulator", [str(Path(sys.executable).parent / "callscribe-emulator")], {"PATH": "/usr/bin:/bin"})

    def end() -> None:
        family.stop(["emulator"], within_s=10.0)
        family.close()
        logs.cleanup()

    atexit.register(end)
    for fact in family.facts_until(time.monotonic() + START_S):
        match fact:
            case Line(_, text) if text.startswith("ready "):
                return text.split()[1]
            case Ended(_, code):
                raise RuntimeError(f"callscribe-emulator ended with exit code {code}")
    raise RuntimeError("callscribe-emulator is not ready")
