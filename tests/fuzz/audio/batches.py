"""Many files through one sealed process: the parent's code and the decoding of production, the fork alone is shared."""

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread, Timer
from typing import Any, NoReturn

import numpy as np
from fuzz.audio.real import decoded, decoder
from fuzz.audio.verdict import CAP_S, Verdict, heard, refused

from shared.errors.jobs import JobError
from worker.audio.decode import Decoder
from worker.audio.forking import ForkServer, Starter
from worker.audio.parent import Running, _parsed, started
from worker.audio.report import judge, read_facts
from worker.audio.sandbox import Isolation
from worker.audio.sources import Source

COMMAND = (sys.executable, "-I", str(Path(__file__).with_name("sealed.py")))
BATCH_WALL_S = 40.0
NOWHERE = 262_144


class Planned(Exception):
    """Where a file would go to a decoding process: the source that it would be told."""


@dataclass(frozen=True)
class Planner:
    """Starts no process."""

    def start(self, order: dict[str, Any], _ends: Any) -> NoReturn:
        raise Planned(order["source"])


@dataclass(frozen=True)
class Batch:
    """What the process of a batch is told."""

    isolation: Isolation
    index_at: int
    max_duration_s: float = CAP_S
    folder: str = ""


@dataclass
class Batches:
    """Decodes files in sealed processes, all of a batch in one; `deaths` are statuses of those that did not end well."""

    starter: Starter = field(default_factory=lambda: ForkServer(COMMAND))
    deaths: list[int] = field(default_factory=list)

    def verdicts(self, files: Sequence[bytes]) -> list[Verdict | None]:
        """A verdict a file, in order; None where a process died of a file or took too long, and it must go alone."""
        found: dict[int, Verdict | None] = {}
        sources: dict[int, dict[str, Any]] = {}
        for number, data in enumerate(files):
            try:
                found[number] = decoded(data, PLANNING)
            except Planned as planned:
                sources[number] = planned.args[0]
        waiting = list(sources)
        for _ in range(len(sources)):
            if not waiting:
                break
            told = self._batch([files[number] for number in waiting], [sources[number] for number in waiting])
            found |= dict(zip(waiting, told, strict=False))
            waiting = waiting[len(told) :]
        return [found[number] for number in range(len(files))]

    def _batch(self, files: Sequence[bytes], sources: Sequence[dict[str, Any]]) -> list[Verdict | None]:
        """Verdicts up to the file, if any, that the process did not survive."""
        with tempfile.TemporaryFile() as file:
            index = []
            for data, source in zip(files, sources, strict=True):
                index.append(source | {"start": file.tell() + source["start"], "end": file.tell() + source["end"]})
                file.write(data)
            batch = Batch(decoder().isolation, file.tell())
            file.write(json.dumps(index).encode())
            file.flush()
            with started(file.fileno(), batch, self.starter) as running, drained(running), ended_in_time(running):
                told = [verdict for source in sources for verdict in self._one(running, source)]
                if len(told) < len(sources):
                    self.deaths.append(running.child.end().status)
                    told.append(None)
        return told

    def _one(self, running: Running, source: dict[str, Any]) -> Iterator[Verdict]:
        """The verdict on the next file; none if its process ended."""
        facts: dict[str, Any] = {}
        for line in iter(running.report.readline, b""):
            told = _parsed(line)
            if "report" in told:
                yield _judged(facts, told, source)
                return
            facts = facts or told


def _judged(facts: dict[str, Any], told: dict[str, Any], source: dict[str, Any]) -> Verdict:
    """What the parent would make of a report."""
    if "code" in told["report"]:
        return refused(told["report"]["code"])
    try:
        known = read_facts(facts)
        samples = np.broadcast_to(np.int16(0), (known.channels, told["samples"]))
        return heard(judge(samples, known, told["report"], Source(**source)))
    except JobError as error:
        return refused(error.code)


@contextmanager
def drained(running: Running) -> Iterator[None]:
    """Let the samples go."""
    drain = Thread(target=lambda: sum(len(block) for block in iter(lambda: running.samples.read1(NOWHERE), b"")))
    drain.start()
    try:
        yield
    finally:
        running.child.end()
        drain.join()


@contextmanager
def ended_in_time(running: Running) -> Iterator[None]:
    timer = Timer(BATCH_WALL_S, running.stop)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


PLANNING = Decoder(Isolation.LIMITS, max_duration_s=CAP_S, starter=Planner())
