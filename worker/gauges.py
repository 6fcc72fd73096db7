"""A worker's figures, once a minute: how fast, how full, how idle; and its GPU's, where it has one."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from shared.observe import Observer
from worker.held import Work
from worker.lease import Leases
from worker.speech.engine import Done

EVERY_S: Final = 60.0
CUDA: Final = "cuda"


@dataclass(slots=True)
class Gauges:
    """Told by the heartbeat, at its first beat after each minute.

    Attributes:
        lane: the first that the worker serves: a dimension has one value.
        leases: what the worker holds and has done.
        done: what its engine has done.
        rate: seconds of calls that it hears a second, as its sign of life says; None until enough was heard.
        gpu: figures of the device; empty where there is none.
    """

    lane: str
    leases: Leases
    done: Callable[[], Done]
    rate: Callable[[], float | None]
    gpu: Callable[[], dict[str, float]]
    observer: Observer
    now_s: Callable[[], float]
    _told_s: float = field(init=False)
    _before: Done = field(init=False)
    _work: Work = field(init=False)

    def __post_init__(self) -> None:
        self._note(self.now_s(), self.done(), self.leases.work)

    def tell(self) -> None:
        """Tell what came since the last time, if that is a minute ago; what has no value is left out."""
        now_s = self.now_s()
        if now_s - self._told_s < EVERY_S:
            return
        done, work = self.done(), self.leases.work
        fields = figures(done.since(self._before), work.busy_s - self._work.busy_s)
        self._note(now_s, done, work)
        busy = int(bool(self.leases.held))
        self.observer.tell(
            "worker_measured", lane=self.lane, busy=busy, measured_r=_rounded(self.rate()), **fields, **self.gpu()
        )

    def _note(self, now_s: float, done: Done, work: Work) -> None:
        self._told_s, self._before, self._work = now_s, done, work


def figures(done: Done, holding_s: float) -> dict[str, float | None]:
    """What the engine did in a while in which a job was held for `holding_s`, as the fields of a fact."""
    idle = max(0.0, 1 - done.busy_s / holding_s) if holding_s > 0 else None
    return {
        "windows": done.rows,
        "row_errors": done.errors,
        "idle_ratio": _rounded(idle),
        "occupancy": _rounded(done.rows / done.room) if done.room else None,
        "retry_ratio": _rounded(done.retries / done.rows) if done.rows else None,
    }


def nvml() -> Any:
    """NVIDIA's library, ready; None where it, the driver or the device is missing: a figure less, no worker less."""
    try:
        library = importlib.import_module("pynvml")
        library.nvmlInit()
    except Exception:  # noqa: BLE001 - whatever it lacks
        return None
    return library


def gpu_figures(device: str, load: Callable[[], Any] = nvml) -> Callable[[], dict[str, float]]:
    """What reads the first GPU; where there is none it reads nothing."""
    library = load() if device == CUDA else None
    return (lambda: _read(library)) if library is not None else dict


def _read(library: Any) -> dict[str, float]:
    """The figures of now; one that the device does not give is left out."""
    try:
        device = library.nvmlDeviceGetHandleByIndex(0)
        memory = library.nvmlDeviceGetMemoryInfo(device)
        return {
            "gpu_utilization": float(library.nvmlDeviceGetUtilizationRates(device).gpu),
            "gpu_memory_ratio": round(memory.used / memory.total, 3),
            "gpu_temperature": float(library.nvmlDeviceGetTemperature(device, library.NVML_TEMPERATURE_GPU)),
        }
    except library.NVMLError:
        return {}


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 3)
