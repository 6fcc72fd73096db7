"""A worker's minute in figures, its start in phases, and what goes with its heartbeat without harm."""

import threading
from types import SimpleNamespace

import pytest
from telemetry.house import House, listening

from shared.protocol.attending import take
from shared.protocol.drive import drive
from worker.gauges import EVERY_S, Gauges, figures, gpu_figures
from worker.protection import Protection
from worker.pulse import Boot, Pulse, process_age_s
from worker.speech.engine import Done


class Worker:
    """A worker whose engine and clock are told what to say."""

    def __init__(self, tmp_path, gpu=dict):
        self.house, self.done, self.now_s, self.is_well = House(), Done(), 0.0, True
        self.ear, self.intake = self.house.ear, self.house.worker()
        self.leases = self.intake.parts.leases
        self.gauges = Gauges("batch", self.leases, lambda: self.done, lambda: 61.5, gpu, self.ear, lambda: self.now_s)
        boot = Boot(self.ear, lambda: self.now_s, 0.0)
        protection = Protection(None, lambda: bool(self.leases.held), lambda: self.now_s, self.ear)
        self.alive = tmp_path / "alive"
        self.pulse = Pulse(self.gauges, protection, boot, lambda: self.is_well, self.alive)

    def hold(self):
        return self.leases.hold(
            drive(take(self.house.receipt(self.house.submitted()), self.house.claimant), self.intake)
        )

    def minute(self, done):
        self.done, self.now_s = done, self.now_s + EVERY_S
        self.gauges.tell()
        return self.ear.told("worker_measured")[-1]


@pytest.fixture
def worker(tmp_path):
    return Worker(tmp_path)


def test_a_minute_is_told_as_figures():
    told = figures(Done(rows=90, room=100, retries=9, errors=1, busy_s=45.0), 60.0)

    assert told == {"windows": 90, "row_errors": 1, "idle_ratio": 0.25, "occupancy": 0.9, "retry_ratio": 0.1}


def test_what_did_not_happen_has_no_ratio():
    told = figures(Done(), 0.0)

    assert told == {"windows": 0, "row_errors": 0, "idle_ratio": None, "occupancy": None, "retry_ratio": None}


def test_an_idle_minute_is_told_too(worker):
    told = worker.minute(Done())

    assert told == {"lane": "batch", "busy": 0, "measured_r": 61.5, "windows": 0, "row_errors": 0}


def test_each_minute_tells_what_it_brought(worker):
    worker.minute(Done(rows=30, room=32))
    told = worker.minute(Done(rows=50, room=64))

    assert (told["windows"], told["occupancy"]) == (20, 0.625)


def test_within_a_minute_nothing_is_told(worker):
    worker.now_s = EVERY_S - 1

    worker.gauges.tell()

    assert worker.ear.told("worker_measured") == []


def test_a_stalled_engine_shows_as_busy_without_windows(worker):
    worker.hold()

    told = worker.minute(Done())

    assert (told["busy"], told["windows"], told["idle_ratio"]) == (1, 0, 1.0)


def test_the_engine_counts_what_it_answers():
    engine, transcriber = listening()
    house = House()

    house.worker(transcriber).work(house.receipt(house.submitted()))

    engine.stop()
    done = engine.done
    assert done.rows > 0
    assert (done.retries, done.errors) == (0, 0)
    assert done.rows <= done.room
    assert done.busy_s > 0


def test_a_gpu_tells_use_memory_and_heat():
    nvml = Nvml()

    read = gpu_figures("cuda", lambda: nvml)

    assert read() == {"gpu_utilization": 97.0, "gpu_memory_ratio": 0.25, "gpu_temperature": 61.0}
    nvml.is_gone = True
    assert read() == {}


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_where_there_is_no_gpu_none_is_told(device):
    assert gpu_figures(device)() == {}


def test_a_start_is_told_phase_by_phase(worker):
    boot = Boot(worker.ear, lambda: worker.now_s, -3.5)

    for phase, now_s in (("import", 0.0), ("weights", 20.0), ("weights", 21.0), ("first_claim", 30.0)):
        worker.now_s = now_s
        boot.reach(phase)

    told = [(fact["phase"], fact["elapsed_s"]) for fact in worker.ear.told("boot_phase")]
    assert told == [("import", 3.5), ("weights", 20.0), ("first_claim", 10.0)]


def test_the_first_claim_ends_the_start(worker):
    worker.leases.at_edge = worker.pulse.edge
    worker.now_s = 8.0

    held = worker.hold()
    worker.leases.drop(held)

    assert worker.ear.told("boot_phase") == [{"phase": "first_claim", "elapsed_s": 8.0}]


def test_a_process_knows_its_age():
    assert process_age_s(lambda: 1e9) > 1e8
    assert process_age_s(lambda: 0.0) == 0.0


def test_every_beat_shows_that_the_worker_lives(worker):
    worker.pulse.beat()

    assert worker.alive.is_file()


def test_a_worker_whose_engine_hangs_shows_no_life(worker):
    worker.is_well = False

    worker.pulse.beat()

    assert not worker.alive.exists()


def test_a_part_that_fails_stops_no_heart(worker, tmp_path):
    worker.alive.mkdir()
    worker.alive.chmod(0o500)
    worker.pulse.gauges.now_s = lambda: 1 / 0

    worker.pulse.beat()

    assert [fact["error_type"] for fact in worker.ear.told("crashed")] == ["ZeroDivisionError"]


def test_an_outage_does_not_make_a_container_ill(worker):
    stop, beats = threading.Event(), []
    worker.hold()
    worker.house.world.is_out_of_reach = True

    worker.leases.run(
        Twice(stop), 20.0, SimpleNamespace(tell=lambda: None, leave=lambda: None), lambda: beats.append(1)
    )

    assert len(beats) == 3


class Twice:
    """An event that is waited for twice in vain."""

    def __init__(self, stop):
        self.rounds, self.stop = 2, stop

    def wait(self, _seconds):
        self.rounds -= 1
        return self.rounds < 0


class Nvml(SimpleNamespace):
    """NVML as its Python package shows it."""

    NVML_TEMPERATURE_GPU = 0
    is_gone = False

    class NVMLError(Exception):
        """What the library raises."""

    def nvmlInit(self):
        pass

    def nvmlDeviceGetHandleByIndex(self, index):
        if self.is_gone:
            raise self.NVMLError
        return index

    def nvmlDeviceGetMemoryInfo(self, _device):
        return SimpleNamespace(used=6, total=24)

    def nvmlDeviceGetUtilizationRates(self, _device):
        return SimpleNamespace(gpu=97)

    def nvmlDeviceGetTemperature(self, _device, _sensor):
        return 61
