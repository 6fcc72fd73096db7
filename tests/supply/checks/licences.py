"""Whose terms the running service stands under. Only licences named here pass; an unknown one is a fault.

The Affero and General Public Licences are not among them. Two libraries under the latter come inside a wheel: they
are named, with what follows from it, so that a third cannot join them unseen.
"""

import importlib.metadata
import re
from collections.abc import Iterator
from pathlib import Path

RUNTIME = ("api.txt", "worker.txt", "worker-gpu.txt", "api-local.txt", "local.txt")
"""The locks whose packages run in the service; the others hold tools."""
ACCEPTED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "LGPL-2.1-or-later", "MIT", "MIT-0",
    "MPL-2.0", "PSF-2.0", "Zlib",
}  # fmt: skip
SPOKEN = {  # as older packages say it, in SPDX's words
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "Dual License": "Apache-2.0 OR BSD-3-Clause",
    "ISC License": "ISC",
    "MIT License": "MIT",
}
NVIDIA = "LicenseRef-NVIDIA-Proprietary"
BY_NAME = {
    "nvidia-cublas-cu12": NVIDIA,  # CUDA's EULA, attachment A: may be passed on inside an application
    "nvidia-cuda-nvrtc-cu12": NVIDIA,  # likewise
}
"""Packages whose terms are none of those above, and are accepted for these alone."""
ELSEWHERE = {  # installed only on other machines than this one
    **BY_NAME,
    "nvidia-ml-py": "BSD-3-Clause",
    "colorama": "BSD-3-Clause",
    "httpx2-jsfetch": "BSD-3-Clause",
}
BUNDLED = {  # in the wheel of av, linked by its FFmpeg: encoders, which the decoder never calls
    "libx264": "GPL-2.0-or-later",
    "libx265": "GPL-2.0-or-later",
}
COPYLEFT = ("libx264", "libx265", "libxvid", "libpostproc", "libvidstab", "librubberband", "libcdio")
"""Libraries under the General Public Licence that builds of FFmpeg are known to take along."""


def licence(name: str) -> str:
    """The licence of an installed package in SPDX's words, or as it says it, or nothing."""
    try:
        said = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return ELSEWHERE.get(name, "")
    classified = [one.split("::")[-1].strip() for one in said.get_all("Classifier") or [] if one.startswith("License")]
    first = (said.get("License-Expression") or said.get("License") or " AND ".join(classified)).strip()
    return SPOKEN.get(first, first)


def faults(licences: dict[str, str]) -> Iterator[str]:
    """Packages, by name, whose licence is not accepted. Of two that are offered one is enough."""
    for name, expression in sorted(licences.items()):
        if not _accepted(expression) and BY_NAME.get(name) != expression:
            yield f"{name}: {expression or 'says no licence'}"


def _accepted(expression: str) -> bool:
    offered = re.split(r"\s+OR\s+", expression.strip("()"))
    return any({part.strip("() ") for part in re.split(r"\s+AND\s+", one)} <= ACCEPTED for one in offered)


def bundled(folder: Path) -> set[str]:
    """The libraries under the General Public Licence that lie in a folder of shared libraries."""
    return {known for known in COPYLEFT for path in folder.glob(f"{known}*") if path.is_file()}
