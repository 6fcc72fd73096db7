"""The decoding process is sealed, limited and disbelieved; its death is a named error."""

import io
import os
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from audio.files import best_decoder, decode, encoded

from shared.containers import Container
from shared.errors import jobs
from worker.audio.child.timeline import Timeline
from worker.audio.decode import Decoder, open_decoder
from worker.audio.forking import Afresh
from worker.audio.parent import Order, Running, started, time_limit
from worker.audio.sandbox import START_CPU_S, Ended, Isolation
from worker.audio.sources import Source


@pytest.fixture(params=[lambda: best_decoder().starter, Afresh], ids=["forked", "afresh"])
def idle(request):
    """A decoding process that waits for the end of its input, as in the self-test."""
    reader, writer = os.pipe()
    order = Order(Isolation.KERNEL, 1.0, Source(Container.WAV, 0, 0), is_probe=True)
    with started(reader, order, request.param()) as running:
        yield running
    os.close(reader)
    os.close(writer)


@pytest.mark.needs_seccomp
def test_the_kernel_refuses_every_way_out(idle):
    refused = idle.line()

    assert refused == {"open": True, "socket": True, "fork": True, "exec": True}


@pytest.mark.needs_seccomp
def test_the_self_test_finds_the_seal():
    decoder = open_decoder("required")

    assert decoder == Decoder(Isolation.KERNEL)


@pytest.mark.needs_seccomp
def test_a_sealed_process_still_decodes():
    recording = decode(encoded("flac", "flac", 8_000), Decoder(Isolation.KERNEL))

    assert recording.duration_s == 1.0


@pytest.mark.needs_seccomp
def test_the_process_inherits_no_descriptor_and_no_environment(idle):
    idle.line()

    process = Path(f"/proc/{idle.child.process_id}")
    assert (process / "environ").read_bytes() == b"OPENBLAS_NUM_THREADS=1\0"
    assert len(list((process / "fd").iterdir())) == 4


@pytest.mark.needs_seccomp
def test_the_process_sits_in_an_empty_folder_of_its_own(idle):
    idle.line()

    folder = Path(f"/proc/{idle.child.process_id}/cwd").readlink()
    assert folder.parent == Path(tempfile.gettempdir())
    assert list(folder.iterdir()) == []


@pytest.mark.needs_seccomp
def test_every_thread_of_the_process_is_sealed(idle):
    idle.line()

    threads = list(Path(f"/proc/{idle.child.process_id}/task").iterdir())
    assert len(threads) >= 2
    assert all("Seccomp:\t2\n" in (thread / "status").read_text() for thread in threads)


@pytest.mark.needs_seccomp
def test_memory_cpu_and_files_are_limited(idle):
    idle.line()

    limits = Path(f"/proc/{idle.child.process_id}/limits").read_text()
    soft = {line[:26].strip(): line[26:47].strip() for line in limits.splitlines()}
    assert (soft["Max address space"], soft["Max cpu time"]) == (str(1 << 30), "60")
    assert (soft["Max open files"], soft["Max file size"], soft["Max core file size"]) == ("16", "0", "0")


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (signal.SIGXCPU, jobs.DecodeTimeout),
        (signal.SIGKILL, jobs.DecodeMemoryLimit),
        (signal.SIGSEGV, jobs.DecodeFailed),
        (signal.SIGTERM, jobs.DecodeFailed),
    ],
)
def test_a_death_has_a_code(idle, number, error):
    idle.line()
    os.kill(idle.child.process_id, number)

    with pytest.raises(error):
        idle.answer()


@dataclass
class Dead:
    """A process that the kernel ended at `cpu_s` seconds of CPU."""

    cpu_s: float

    def end(self):
        return Ended(-signal.SIGKILL, self.cpu_s, 0)


@pytest.mark.parametrize(
    ("cpu_s", "error"), [(START_CPU_S, jobs.DecodeTimeout), (START_CPU_S / 2, jobs.DecodeMemoryLimit)]
)
def test_a_kill_is_a_timeout_only_at_the_limit(cpu_s, error):
    with pytest.raises(error):
        Running(Dead(cpu_s), io.BytesIO(), io.BytesIO()).answer()


@pytest.mark.parametrize("line", [b"7\n", b"nonsense\n", b"{}\n", b"[" * 100_000 + b"\n", b'{"code": {}}\n'])
def test_nonsense_of_a_living_process_is_a_failure(line):
    with pytest.raises(jobs.DecodeFailed):
        Running(Dead(START_CPU_S), io.BytesIO(line), io.BytesIO()).answer()


def test_a_process_out_of_time_is_ended(idle):
    idle.line()

    with time_limit(idle, cpu_s=-30.0), pytest.raises(jobs.DecodeTimeout):
        idle.answer()


class TestTimeline:
    """A frame is 100 samples at 1,000 Hz."""

    def test_frames_in_step_need_nothing(self):
        timeline = Timeline()

        placements = [timeline.place(moment_s, 100, 1_000) for moment_s in (5.0, 5.1, 5.205)]

        assert {(placement.silence, placement.skip) for placement in placements} == {(0, 0)}
        assert (timeline.gaps, timeline.guessed) == ([], 0)

    def test_a_step_forward_is_filled(self):
        timeline = Timeline()
        timeline.place(5.0, 100, 1_000)

        placement = timeline.place(6.1, 100, 1_000)

        assert placement.silence == 1_000
        assert timeline.gaps == [(pytest.approx(0.1), pytest.approx(1.1))]

    def test_an_overlap_is_trimmed(self):
        timeline = Timeline()
        timeline.place(5.0, 100, 1_000)

        placement = timeline.place(5.05, 100, 1_000)

        assert (placement.skip, timeline.gaps) == (50, [])

    @pytest.mark.parametrize("moment_s", [None, 66.0, 3.0], ids=["no time", "a minute ahead", "far back"])
    def test_an_impossible_time_is_damage(self, moment_s):
        timeline = Timeline()
        timeline.place(5.0, 100, 1_000)

        placement = timeline.place(moment_s, 100, 1_000)

        assert (placement.silence, placement.skip, timeline.guessed) == (0, 0, 1)

    def test_nothing_is_filled_past_the_declared_end(self):
        timeline = Timeline(declared_s=2.0)
        timeline.place(0.0, 100, 1_000)

        placement = timeline.place(10.0, 100, 1_000)

        assert (placement.silence, timeline.guessed) == (0, 1)
