"""A worker that is fed bad recordings fails each job by its code, and goes on."""

import os
import signal
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from audio.files import best_decoder, encoded
from bench import Bench, Scribe
from corpus.listing import CORPUS

from shared.job import Outcome, Status
from worker.audio.decode import Decoder
from worker.audio.forking import ForkServer

FULL = Path("/dev/full")
GOOD = encoded("flac", "flac", 8_000)
FED = ("1", "4", "17", "22", "33", "42", "53", "55", "58", "65", "67", "68", "76", "81")


@dataclass
class Listening(Scribe):
    """Decodes for real before it writes the example of the contract."""

    decoder: Decoder = field(default_factory=lambda: Decoder(best_decoder().isolation))

    def transcribe(self, audio, order, progress):
        with tempfile.TemporaryFile() as file:
            file.write(audio.read())
            self.decoder.decode(file)
        return super().transcribe(audio, order, progress)


@dataclass
class Doomed:
    """Loses its warm process after each fork, as often as it is told to."""

    server: ForkServer
    losses: int

    def start(self, order, ends):
        child = self.server.start(order, ends)
        if self.losses:
            self.losses -= 1
            os.kill(self.server.process_id(), signal.SIGKILL)
        return child


@pytest.fixture
def bench(world, jobs):
    return Bench(world, jobs, Listening())


def read(library, number):
    (entry,) = (entry for entry in CORPUS if entry.number == number)
    with library.open(entry) as file:
        return entry, file.read()


def test_bad_recordings_fail_and_the_worker_goes_on(bench, jobs, library):
    server = bench.scribe.decoder.starter
    warm = server.process_id() if isinstance(server, ForkServer) else None
    fed = [(entry, jobs.queued(body)) for entry, body in (read(library, number) for number in FED)]
    good = [jobs.queued(GOOD) for _ in fed]

    outcomes = [(bench.work(bad), bench.work(call)) for (_, bad), call in zip(fed, good, strict=True)]

    codes = {entry.number: jobs.row(bad).error.code for entry, bad in fed}
    assert set(outcomes) == {(Outcome.REJECTED, Outcome.COMPLETED)}
    assert {entry.number for entry, _ in fed if codes[entry.number] not in entry.codes} == set()
    assert warm is None or server.process_id() == warm


@pytest.mark.parametrize("losses", [1, 2])
@pytest.mark.skipif(not isinstance(best_decoder().starter, ForkServer), reason="forking is not wanted here")
def test_a_call_that_loses_the_warm_process_is_no_bug_of_ours(bench, jobs, losses):
    doomed = Doomed(ForkServer(), losses)
    bench.scribe.decoder = replace(bench.scribe.decoder, starter=doomed)
    call, after = (jobs.queued(encoded("flac", "flac", 8_000, 60.0)) for _ in range(2))

    outcome = bench.work(call)

    row = jobs.row(call)
    code = row.error.code if row.error else None
    assert (outcome, row.status, code) == {
        1: (Outcome.COMPLETED, Status.COMPLETED, None),
        2: (Outcome.REJECTED, Status.FAILED, "decode_failed"),
    }[losses]
    assert bench.work(after) is Outcome.COMPLETED


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
def test_a_worker_without_disk_hands_the_call_back(bench, jobs):
    call = jobs.queued(GOOD)
    bench.scribe.decoder = Full()

    outcome = bench.work(call)

    row = jobs.row(call)
    assert (outcome, row.attempts, row.releases) == (Outcome.RELEASED, 0, 1)
    assert row.cause == "worker_disk_full"


class Full:
    """The real decoder on a disk that takes nothing more: what is still to be written has no place."""

    def decode(self, _):
        with FULL.open("r+b") as file, Path(os.devnull).open("wb") as nowhere:
            file.write(b"RIFF")
            try:
                return best_decoder().decode(file)
            finally:
                os.dup2(nowhere.fileno(), file.fileno())
