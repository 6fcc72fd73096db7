"""What processes did, in their own words: one line each, written past every buffer, so that a kill loses none."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that a process did: what, when (epoch seconds), in which process, to which job, and the rest."""

    what: str
    at: float
    pid: int
    job_id: str
    said: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Journal:
    """One file that several processes append to; a line is one write, which the kernel keeps whole."""

    path: Path

    def note(self, what: str, job_id: str = "", **said: Any) -> None:
        """Write one line."""
        line = json.dumps({"what": what, "at": time.time(), "pid": os.getpid(), "job_id": job_id, "said": said})  # noqa: TID251 - real processes
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode() + b"\n")
        finally:
            os.close(descriptor)

    def notes(self, *wanted: str) -> Iterator[Note]:
        """All notes, or those of the kinds `wanted`, as they were written."""
        if not self.path.exists():
            return
        for line in self.path.read_text("utf-8").splitlines():
            note = Note(**json.loads(line))
            if not wanted or note.what in wanted:
                yield note
