"""The warm process: forks a decoding process for each file it is asked for, and waits for its end.

Descriptor 0 is a socket to the worker. Each message is a JSON object, answered by another one. The end of the
socket is the end of this process, and its end that of every fork.
"""

import ctypes
import gc
import json
import os
import resource
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from worker.audio.sandbox import waited

_PR_SET_PDEATHSIG = 1
_QUESTION_BYTES = 65_536
_SAMPLES = 3
_MAX_DESCRIPTOR = 1_024

_Work = Callable[[dict[str, Any]], None]


def serve(work: _Work) -> None:
    """Fork until the socket ends; each fork runs `work` with its order, and never returns here.

    Raises:
        RuntimeError: there is a second thread, which a fork would lose together with the locks that it holds.
    """
    if len(list(Path("/proc/self/task").iterdir())) != 1:
        raise RuntimeError
    # What is there now is never garbage: a collection in a fork would copy every page it looks at.
    gc.freeze()
    channel = socket.socket(fileno=0)
    forks: set[int] = set()
    for question, descriptors in iter(partial(_heard, channel), None):
        try:
            answer = _answer(question, descriptors, forks, work)
        except OSError as error:
            answer = {"refused": error.args}
        for descriptor in descriptors:
            os.close(descriptor)
        channel.send(json.dumps(answer).encode())


def _heard(channel: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Wait for a question and the descriptors that came with it; None at the end."""
    message, descriptors, _, _ = socket.recv_fds(channel, _QUESTION_BYTES, _SAMPLES)
    return (json.loads(message), descriptors) if message else None


def _answer(question: dict[str, Any], descriptors: list[int], forks: set[int], work: _Work) -> dict[str, object]:
    match question:
        case {"fork": dict(order)}:
            process_id = _fork(order, descriptors, work)
            forks.add(process_id)
            return {"process_id": process_id}
        case {"limit": int(process_id), "cpu_s": [int(soft_s), int(hard_s)]} if process_id in forks:
            with suppress(OSError, ValueError):
                resource.prlimit(process_id, resource.RLIMIT_CPU, (soft_s, hard_s))
            return {"process_id": process_id}
        case {"end": int(process_id)} if process_id in forks:
            forks.remove(process_id)
            # One that is dead already keeps the status it died with.
            os.kill(process_id, signal.SIGKILL)
            return waited(process_id)
    return {}


def _fork(order: dict[str, Any], descriptors: list[int], work: _Work) -> int:
    parent = os.getpid()
    process_id = os.fork()
    if process_id:
        return process_id
    try:
        _die_with(parent)
        _hold_only(*descriptors)
        work(order | {"samples_descriptor": _SAMPLES})
    finally:
        # Whatever happened: this is not the process that forks.
        os._exit(1)


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _hold_only(file: int, report: int, samples: int) -> None:
    """Keep descriptors 0 to 3: file, report, nowhere, samples; the socket and all others go."""
    os.dup2(file, 0)
    os.dup2(report, 1)
    os.dup2(samples, _SAMPLES)
    os.closerange(_SAMPLES + 1, _MAX_DESCRIPTOR)
