"""The recording: every call that Terraform made to build the stack, and what came of it.

`stack.jsonl.gz` has a header in its first line and a call in each further one. Replayed into a fresh engine it makes
what Terraform would make, without Terraform.
"""

import gzip
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

PATH = Path(__file__).with_name("stack.jsonl.gz")
ENDPOINT = "{endpoint}"
"""Stands in the recording where the engine's address was."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request, the service and region it was signed for, and the answer it got."""

    service: str
    region: str
    method: str
    path: str
    headers: dict[str, str]
    body: str
    status: int
    answer: str

    @property
    def action(self) -> str:
        """The name of what is asked, as far as the protocol names it: in a header, a form, or not at all."""
        target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        form = self.body if "Action=" in self.body and not target else ""
        named = [pair.removeprefix("Action=") for pair in form.split("&") if pair.startswith("Action=")]
        return target or (named[0] if named else "")


@dataclass(frozen=True, slots=True)
class Recording:
    """What Terraform said about the stack, and the calls that made it."""

    header: dict[str, Any]
    calls: tuple[Call, ...]

    @classmethod
    def load(cls, path: Path = PATH) -> Self:
        """Read a recording; without a path the one that ships."""
        with gzip.open(path, "rt", encoding="utf-8") as file:
            header, *calls = map(json.loads, file)
        return cls(header, tuple(Call(**call) for call in calls))

    def save(self, path: Path = PATH) -> None:
        """Write it; the same recording is the same bytes, whenever it is written."""
        lines = [json.dumps(line, sort_keys=True) + "\n" for line in (self.header, *map(asdict, self.calls))]
        path.write_bytes(gzip.compress("".join(lines).encode(), mtime=0))
