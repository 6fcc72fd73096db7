"""What a file costs, as the kernel tells it: CPU seconds and the most memory, of the decoding process and of its parent."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from corpus.entries import Entry

from shared.errors.jobs import JobError
from worker.audio.decode import Decoder
from worker.audio.forking import Child, Starter
from worker.audio.sandbox import Ended

MEGABYTE = 1_000_000


@dataclass
class Watched:
    """A starter that keeps how its processes ended."""

    starter: Starter
    ended: dict[int, Ended] = field(default_factory=dict)

    def start(self, order, ends):
        return _Watching(self.starter.start(order, ends), self.ended)


@dataclass
class _Watching:
    child: Child
    ended: dict[int, Ended]

    @property
    def process_id(self):
        return self.child.process_id

    def limit_cpu(self, soft_s, hard_s):
        self.child.limit_cpu(soft_s, hard_s)

    def end(self):
        self.ended[self.process_id] = self.child.end()
        return self.ended[self.process_id]


@dataclass(frozen=True)
class Seen:
    """What became of a file. `statuses` are the endings of all processes that decoded it; none began for most."""

    outcome: str
    warnings: frozenset[str]
    duration_s: float
    samples_bytes: int
    wall_s: float
    cpu_s: float
    parent_bytes: int
    child_bytes: int
    statuses: tuple[int, ...]

    def fits(self, entry: Entry) -> bool:
        """Whether this is what the contract says."""
        if entry.codes:
            return self.outcome in entry.codes
        is_as_long = entry.duration_s is None or abs(self.duration_s - entry.duration_s) < 0.1
        return self.outcome == "completed" and self.warnings == entry.warnings and is_as_long

    @property
    def got(self) -> str:
        return self.outcome + "".join(f", {warning}" for warning in sorted(self.warnings))


def seen(decoder: Decoder, file: BinaryIO) -> Seen:
    """Decode a file and look at what it took; the starter of `decoder` is a `Watched`."""
    decoder.starter.ended.clear()
    wall_s, cpu_s = time.monotonic(), time.process_time()
    recording, parent_bytes = peak_of(lambda: _outcome(decoder, file))
    wall_s, cpu_s = time.monotonic() - wall_s, time.process_time() - cpu_s
    ended = tuple(decoder.starter.ended.values())
    is_heard = not isinstance(recording, str)
    return Seen(
        outcome="completed" if is_heard else recording,
        warnings=frozenset(recording.warnings) if is_heard else frozenset(),
        duration_s=recording.duration_s if is_heard else 0.0,
        samples_bytes=recording.samples.nbytes if is_heard else 0,
        wall_s=wall_s,
        cpu_s=cpu_s + sum(one.cpu_s for one in ended),
        parent_bytes=parent_bytes,
        child_bytes=max((one.peak_bytes for one in ended), default=0),
        statuses=tuple(one.status for one in ended),
    )


def _outcome(decoder, file):
    try:
        return decoder.decode(file)
    except JobError as error:
        return error.code


def memory_bytes(process_id: int | str, name: str) -> int:
    """`VmRSS` or `VmHWM` of a process: what it holds now, and held at most since the mark was last reset."""
    status = Path(f"/proc/{process_id}/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0]) * 1_024


def peak_of(act: Callable[[], Any]) -> tuple[Any, int]:
    """What `act` gives, and by how many bytes the memory of this process grew at most meanwhile."""
    mark = Path("/proc/self/clear_refs")
    if not mark.exists():
        return act(), 0
    mark.write_text("5")
    before = memory_bytes("self", "VmRSS")
    result = act()
    return result, memory_bytes("self", "VmHWM") - before
