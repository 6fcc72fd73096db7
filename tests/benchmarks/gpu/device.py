"""The graphics card: whether there is one that the engine can use, and what it says of itself."""

import importlib
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import ctranslate2

MIB = 1 << 20
ASKED = ("name", "driver_version", "power.limit", "clocks.sm", "clocks.mem", "memory.total", "memory.used")


class Device(Protocol):
    """What the benchmark asks of a card."""

    def facts(self) -> Mapping[str, str]:
        """Name, driver, power cap and clocks as they are now."""
        ...

    def used_bytes(self) -> int:
        """Memory in use now, of all processes."""
        ...


@dataclass(frozen=True, slots=True)
class Smi:
    """Asks `nvidia-smi`."""

    def facts(self) -> Mapping[str, str]:
        """Name, driver, power cap and clocks as they are now."""
        command = ["nvidia-smi", f"--query-gpu={','.join(ASKED)}", "--format=csv,noheader,nounits", "--id=0"]
        answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return dict(zip(ASKED, (part.strip() for part in answer.split(",")), strict=True))

    def used_bytes(self) -> int:
        """Memory in use now, of all processes."""
        return int(self.facts()["memory.used"]) * MIB


@dataclass(frozen=True, slots=True)
class Nvml:
    """Asks NVML where its Python module is installed: a hundred times quicker than a process."""

    nvml: Any
    handle: Any

    def facts(self) -> Mapping[str, str]:
        """As `nvidia-smi` tells them."""
        return Smi().facts()

    def used_bytes(self) -> int:
        """Memory in use now, of all processes."""
        return int(self.nvml.nvmlDeviceGetMemoryInfo(self.handle).used)


def find() -> Device | str:
    """The first card, or a sentence that says what is missing."""
    if ctranslate2.get_cuda_device_count() == 0:
        return "No NVIDIA GPU is visible here: nothing to measure. The rows that need none: make bench."
    if shutil.which("nvidia-smi") is None:
        return "A GPU is there, but nvidia-smi is not: its name and memory cannot be told."
    try:
        ctranslate2.StorageView.from_array(_zeros()).to_device(ctranslate2.Device.cuda)
    except (RuntimeError, AttributeError) as error:
        return f"A GPU is there, but the wheel's CUDA libraries (cuBLAS 12) are not: {error}"
    return _nvml() or Smi()


def _zeros() -> Any:
    return importlib.import_module("numpy").zeros((1, 1), "float32")


def _nvml() -> Nvml | None:
    try:
        nvml = importlib.import_module("pynvml")
        nvml.nvmlInit()
    except Exception:  # noqa: BLE001 - an extra that may be absent or broken in many ways
        return None
    return Nvml(nvml, nvml.nvmlDeviceGetHandleByIndex(0))
