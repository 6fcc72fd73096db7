"""The limits that the decoding process puts on itself, the proof that the kernel keeps them, and how it ended.

`worker.audio.parent` starts that process; what it may call is listed in `worker.audio.seccomp`.
"""

import json
import os
import resource
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared.errors.root import CallscribeError
from worker.audio import seccomp

START_CPU_S = 60.0
CPU_S_A_DECLARED_S = 0.02

_ADDRESS_SPACE_BYTES = 1 << 30
_MAX_DESCRIPTORS = 16


class SandboxUnavailable(CallscribeError):
    """The kernel does not seal the decoding process."""

    code = "sandbox_unavailable"
    sentence = (
        "The kernel does not refuse open, socket, exec and fork to the decoder (seccomp). Allow seccomp filters "
        "for this process, or, on a development machine only, set CALLSCRIBE_DECODER_SANDBOX=preferred."
    )


@dataclass(frozen=True, slots=True)
class Ended:
    """How a decoding process ended, as the kernel tells it.

    Attributes:
        status: its exit status, that of a death by signal negative.
        cpu_s: CPU seconds that it used.
        peak_bytes: memory that it held at most, that of the warm process it was forked from included.
    """

    status: int
    cpu_s: float
    peak_bytes: int


class Isolation(StrEnum):
    """What holds a decoding process in: the kernel's filter and limits, or limits alone."""

    KERNEL = "kernel"
    LIMITS = "limits"


def cpu_limit_s(declared_s: float) -> int:
    """Give the CPU seconds that a call of `declared_s` seconds may take."""
    return int(START_CPU_S + CPU_S_A_DECLARED_S * declared_s)


def confine(isolation: Isolation, max_duration_s: float) -> None:
    """Limit this process for good: memory, CPU, descriptors, files, and with the kernel's help its calls.

    Raises:
        OSError: isolation `kernel`, and the kernel does not grant the filter.
    """
    hard_cpu_s = cpu_limit_s(max_duration_s)
    # The parent raises the soft limit once the length of the call is known; where it cannot, the hard one holds.
    soft_cpu_s = int(START_CPU_S) if hasattr(resource, "prlimit") else hard_cpu_s
    _limit(resource.RLIMIT_CPU, soft_cpu_s, hard_cpu_s)
    _limit(resource.RLIMIT_AS, _ADDRESS_SPACE_BYTES, _ADDRESS_SPACE_BYTES)
    _limit(resource.RLIMIT_NOFILE, _MAX_DESCRIPTORS, _MAX_DESCRIPTORS)
    _limit(resource.RLIMIT_FSIZE, 0, 0)
    _limit(resource.RLIMIT_CORE, 0, 0)
    if isolation is Isolation.KERNEL:
        seccomp.seal()


def waited(process_id: int) -> dict[str, Any]:
    """Wait for the end of a process of ours: the fields of `Ended`."""
    _, status, usage = os.wait4(process_id, 0)
    # The kernel counts in kilobytes, that of macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1_024
    cpu_s = usage.ru_utime + usage.ru_stime
    return {"status": os.waitstatus_to_exitcode(status), "cpu_s": cpu_s, "peak_bytes": usage.ru_maxrss * unit}


def probe() -> None:
    """Seal this process and say on stdout, as one JSON object, which forbidden call was refused.

    Waits for the end of stdin then, so that the parent can look at the threads of a living process.
    """
    idle = threading.Event()
    threading.Thread(target=idle.wait, daemon=True).start()
    try:
        confine(Isolation.KERNEL, 0)
    except OSError:
        refused = {}
    else:
        refused = {name: _is_refused(attempt) for name, attempt in _FORBIDDEN.items()}
    sys.stdout.write(json.dumps(refused) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)


def _limit(kind: int, soft: int, hard: int) -> None:
    """Lower one limit; a hard limit that is lower already stays."""
    _, present = resource.getrlimit(kind)
    if present != resource.RLIM_INFINITY:
        soft, hard = min(soft, present), min(hard, present)
    try:
        resource.setrlimit(kind, (soft, hard))
    except (OSError, ValueError):
        # macOS has no limit of the address space; elsewhere the self-test tells what is missing.
        return


def _is_refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except PermissionError:
        return True
    return False


def _fork() -> None:
    """Try to fork; a copy that should not exist leaves at once."""
    if os.fork() == 0:
        os._exit(0)


_FORBIDDEN: dict[str, Callable[[], object]] = {
    "open": lambda: os.open("/", os.O_RDONLY),
    "socket": socket.socket,
    "fork": _fork,
    "exec": lambda: os.execv(sys.executable, [sys.executable, "-c", ""]),  # noqa: S606  it must fail, that is the test
}
