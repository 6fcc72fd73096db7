"""What the fuzzers found, as files: tests/fuzz/findings/<harness>/<hash>, each tried again in every test run."""

import hashlib
from pathlib import Path

KEPT = Path(__file__).parent / "findings"


def keep(harness: str, data: bytes) -> Path:
    """Keep an input that was not stood."""
    folder = KEPT / harness
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(data).hexdigest()[:16]
    path.write_bytes(data)
    return path


def kept(harness: str) -> list[Path]:
    """All inputs of a harness that were not stood once."""
    return sorted((KEPT / harness).glob("*"))
