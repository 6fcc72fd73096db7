"""The files of a model by their sha256: a byte that changed on the way is found at the start, not in a text."""

import hashlib
import json
from pathlib import Path

from shared.errors.transient import ModelUnavailable

NAME = "sha256.json"
"""File name → sha256 in hexadecimal, beside the files. Written by the training program, or by whoever converts."""


def check(directory: Path, needed: tuple[str, ...], *, required: bool) -> None:
    """Hold every file of a model against its manifest; 1 s reads about 1.5 GB.

    Args:
        directory: the model.
        needed: names that a manifest must hold.
        required: whether a directory without a manifest is refused; the shipped model's is not without.

    Raises:
        ModelUnavailable: a file changed, is missing, or is not in the manifest.
    """
    path = directory / NAME
    if not path.is_file() and not required:
        return
    told = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    unnamed = [name for name in needed if name not in told]
    changed = [name for name, sha256 in told.items() if _sha256(directory / name) != sha256]
    if unnamed or changed:
        raise ModelUnavailable(
            f"The model in {directory} is not the one that was made: {', '.join(unnamed + changed)} "
            f"differ from {NAME}. Copy the directory again from its source."
        )


def _sha256(path: Path) -> str:
    if not path.is_file():
        return "missing"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
