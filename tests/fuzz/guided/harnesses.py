"""The readers that are fuzzed: a module each in `targets`, with `seeds()`, `take(data)` and `MOST_BYTES`."""

from collections.abc import Iterator
from importlib import import_module
from typing import Protocol, cast

NAMES = (
    "checkpoint", "cursor", "doorbell", "json_body", "multipart", "report", "riff", "s3_event", "sniffer", "sns",
    "walks", "webhook_message",
)  # fmt: skip

INSTRUMENTED = ("api", "shared", "worker", "python_multipart", "json", "fuzz.guided")
"""What counts as new ground: our code, and the parsers in Python below it."""


class Harness(Protocol):
    """One reader. `take` raises on any input that the reader does not stand."""

    MOST_BYTES: int

    def seeds(self) -> Iterator[bytes]:
        """Inputs that lead into each corner of the reader."""

    def take(self, data: bytes) -> None:
        """Read `data`, and hold what comes of it against what must be true of it."""


def harness(name: str) -> Harness:
    return cast("Harness", import_module(f"fuzz.guided.targets.{name}"))
