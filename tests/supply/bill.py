"""What is inside: a bill of materials (CycloneDX 1.6) for each lock, made from the lock and from what lies on disk.

No clock and no chance go in: the same tree makes the same bytes. A package stands with its licence and with the
sha256 of each of its distributions; the worker's bill also names the files of the model and the FFmpeg inside `av`,
the API's what its page brings along.
"""

import hashlib
import importlib.metadata
import json
import tomllib
from pathlib import Path
from typing import Any

from supply.checks import licences
from supply.checks.locks import Pin, pins

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "docker" / "lock"
MODELS = ROOT / "worker" / "models"
VENDORED = ROOT / "api" / "console" / "vendor" / "vendor.json"
SPECIFICATION = "1.6"
WITH_MODEL = ("worker.txt", "local.txt", "dev.txt")
WITH_PAGE = ("api.txt", "api-local.txt", "local.txt", "dev.txt")


def write(folder: Path) -> list[Path]:
    """Write the bill of each lock into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_written(folder / f"{lock.stem}.cdx.json", bill(lock)) for lock in sorted(LOCKS.glob("*.txt"))]


def _written(path: Path, content: dict[str, Any]) -> Path:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path


def bill(lock: Path) -> dict[str, Any]:
    """The bill of one lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    components = [_package(pin) for pin in pins(lock.read_text("utf-8"))]
    if lock.name in WITH_MODEL:
        components += [_model(folder) for folder in sorted(MODELS.iterdir()) if (folder / "model.bin").is_file()]
    if lock.name in WITH_PAGE:
        components.append(_vendored())
    return {
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "callscribe",
                "name": project["name"],
                "version": project["version"],
                "licenses": [{"expression": project["license"]}],
                "properties": [_property("lock", lock.name)],
            }
        },
        "components": components,
    }


def _package(pin: Pin) -> dict[str, Any]:
    reference = f"pkg:pypi/{pin.name}@{pin.version}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": reference,
        "name": pin.name,
        "version": pin.version,
        "purl": reference,
        "hashes": [{"alg": "SHA-256", "content": sha256} for sha256 in pin.sha256s],
    }
    said = licences.licence(pin.name)
    if said:
        component["licenses"] = [{"expression": said} if not list(licences.faults({"": said})) else _named(said)]
    if pin.marker:
        component["properties"] = [_property("marker", pin.marker)]
    inside = _inside_av() if pin.name == "av" and pin.version == _installed("av") else []
    return component | ({"components": inside} if inside else {})


def _vendored() -> dict[str, Any]:
    """What lies in the page as its makers built it; the hash is of that one file."""
    told = json.loads(VENDORED.read_text("utf-8"))
    reference = f"pkg:{told['source']}/{told['name']}@{told['version']}"
    return {
        "type": "library",
        "bom-ref": reference,
        "name": told["name"],
        "version": told["version"],
        "purl": reference,
        "hashes": [{"alg": "SHA-256", "content": told["sha256"]}],
        "licenses": [{"expression": told["licence"]}],
    }


def _installed(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _inside_av() -> list[dict[str, Any]]:
    """FFmpeg and its companions, which the wheel of av brings as shared libraries."""
    from av import _core, ffmpeg_version_info  # noqa: PLC0415 - only the bills of three locks need it

    version = ffmpeg_version_info
    ffmpeg = {"type": "library", "bom-ref": f"av/ffmpeg@{version}", "name": "ffmpeg", "version": version}
    ffmpeg["licenses"] = [_named(_core.library_meta["libavcodec"]["license"])]
    return [ffmpeg, *(_file(path, "av") for path in _libraries())]


def _libraries() -> list[Path]:
    return sorted((Path(str(importlib.metadata.distribution("av").locate_file("av.libs")))).glob("*.so*"))


def _model(folder: Path) -> dict[str, Any]:
    sha256 = _sha256(folder / "model.bin")
    return {
        "type": "machine-learning-model",
        "bom-ref": f"model/{folder.name}",
        "name": folder.name,
        "version": sha256[:12],
        "hashes": [{"alg": "SHA-256", "content": sha256}],
        "components": [_file(path, folder.name) for path in sorted(folder.iterdir()) if path.is_file()],
    }


def _file(path: Path, owner: str) -> dict[str, Any]:
    return {
        "type": "file",
        "bom-ref": f"{owner}/{path.name}",
        "name": path.name,
        "hashes": [{"alg": "SHA-256", "content": _sha256(path)}],
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _named(said: str) -> dict[str, dict[str, str]]:
    return {"license": {"name": said.splitlines()[0]}}


def _property(name: str, value: str) -> dict[str, str]:
    return {"name": f"callscribe:{name}", "value": value}
