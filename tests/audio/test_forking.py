"""Decoding processes are forked from a warm one: quick, apart from each other, and started again if it dies."""

import os
import select
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from audio.files import best_decoder, decode, encoded, loudest_hz

from shared.containers import Container
from worker.audio.decode import Decoder
from worker.audio.forking import Afresh, ForkServer
from worker.audio.parent import Order, started
from worker.audio.sandbox import Isolation
from worker.audio.sources import Source

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forking is not wanted here")

CALL = encoded("flac", "flac", 8_000)
PROBE = Order(Isolation.LIMITS, 1.0, Source(Container.WAV, 0, 0), is_probe=True)


@pytest.fixture
def idle():
    """A fork that waits for the end of its input."""
    reader, writer = os.pipe()
    with started(reader, PROBE, best_decoder().starter) as running:
        running.line()
        yield running
    os.close(reader)
    os.close(writer)


def has_ended(process_id):
    """Wait for the end of a process, for 10 s at most."""
    try:
        process = os.pidfd_open(process_id)
    except ProcessLookupError:
        return True
    is_ended = bool(select.select([process], [], [], 10)[0])
    os.close(process)
    return is_ended


def parent_of(process_id):
    status = Path(f"/proc/{process_id}/status").read_text()
    return int(status.split("PPid:")[1].split()[0])


def test_a_decoding_process_is_a_fork_of_the_warm_one(idle):
    warm = best_decoder().starter.process_id()

    assert parent_of(idle.child.process_id) == warm
    assert parent_of(warm) == os.getpid()


def test_the_warm_process_has_one_thread():
    warm = Path(f"/proc/{best_decoder().starter.process_id()}")

    assert len(list((warm / "task").iterdir())) == 1


def test_the_warm_process_keeps_no_descriptor_of_a_call(idle):
    warm = Path(f"/proc/{best_decoder().starter.process_id()}")

    kept = {path.name for path in (warm / "fd").iterdir()}

    assert kept == {"0", "1", "2"}


def test_a_dead_warm_process_is_started_again():
    decoder = Decoder(best_decoder().isolation)
    first = decoder.starter.process_id()
    os.kill(first, signal.SIGKILL)

    recording = decode(CALL, decoder)

    assert recording.duration_s == 1.0
    assert decoder.starter.process_id() != first


@dataclass
class Unlucky:
    """Loses its warm process right after the first fork."""

    server: ForkServer = field(default_factory=ForkServer)
    starts: int = 0

    def start(self, order, ends):
        self.starts += 1
        child = self.server.start(order, ends)
        if self.starts == 1:
            os.kill(self.server.process_id(), signal.SIGKILL)
        return child


def test_a_call_outlives_the_warm_process():
    starter = Unlucky()

    recording = decode(encoded("flac", "flac", 8_000, 60.0), Decoder(best_decoder().isolation, starter=starter))

    assert recording.duration_s == 60.0
    assert starter.starts == 2


def test_forks_end_with_the_warm_process():
    server = ForkServer()
    reader, writer = os.pipe()
    with started(reader, PROBE, server) as running:
        running.line()

        os.kill(server.process_id(), signal.SIGKILL)

        assert has_ended(running.child.process_id)
    os.close(reader)
    os.close(writer)


def test_the_warm_process_ends_with_the_worker():
    """A worker that is killed closes nothing in order: the kernel does."""
    program = "from worker.audio.forking import ForkServer as F; print(F().process_id(), flush=True); input()"
    worker = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with worker:
        warm = int(worker.stdout.readline())
        worker.kill()

    assert has_ended(warm)


def test_a_server_that_nobody_needs_is_let_go():
    server = ForkServer()
    warm = server.process_id()

    del server

    assert has_ended(warm)


def test_many_threads_decode_at_once():
    calls = [encoded("flac", "flac", 8_000), encoded("mp3", "libmp3lame", 16_000), encoded("adts", "aac", 16_000)] * 4

    with ThreadPoolExecutor(6) as pool:
        recordings = list(pool.map(decode, calls))

    assert [recording.codec for recording in recordings] == ["flac", "mp3", "aac"] * 4
    assert {round(loudest_hz(recording.samples[0]), -1) for recording in recordings} == {440}


def test_both_ways_of_starting_decode_the_same():
    afresh = decode(CALL, Decoder(best_decoder().isolation, starter=Afresh()))

    assert (afresh.samples == decode(CALL).samples).all()


def test_a_fork_is_ended_once_and_only_by_its_number(idle):
    status = idle.child.end().status

    assert (status, idle.child.end().status) == (-signal.SIGKILL, -signal.SIGKILL)
    assert has_ended(idle.child.process_id)


def test_a_fork_costs_a_quarter_of_a_start():
    """CPU seconds; measured: 12 ms against 220."""
    server = ForkServer()
    quick = Decoder(best_decoder().isolation, starter=server)
    decode(CALL, quick)
    start_s = used_s(server.process_id())

    for _ in range(10):
        decode(CALL, quick)

    assert (used_s(server.process_id()) - start_s) / 10 < start_s / 4


def used_s(process_id):
    """The CPU seconds of a process and of those it has waited for."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
