"""The local stack that is raced against: its own processes and ports, limits that stop nobody, short leases."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from races.front import Front

from api.cli.processes import script
from api.cli.stack import Stack, StackSettings, running

SETTINGS = {
    "CALLSCRIBE_SUBMITS_PER_S": "1000000",
    "CALLSCRIBE_SUBMIT_BURST": "1000000",
    "CALLSCRIBE_READS_PER_S": "1000000",
    "CALLSCRIBE_READ_BURST": "1000000",
    "CALLSCRIBE_AUDIO_HOURS_PER_DAY": "1000000",
    "CALLSCRIBE_API_PROCESSES": "12",
    "CALLSCRIBE_RECONCILE_S": "2",
    # What a canceled job leaves in its queue comes back after a lease, and is waited for.
    "CALLSCRIBE_LEASE_S": "15",
}


@dataclass(frozen=True, slots=True)
class Local:
    """A running stack: where the API answers, and what its processes find in their environment."""

    url: str
    environment: Mapping[str, str]

    def front(self, tenant: str) -> Front:
        """A way in with a new key of `tenant`."""
        command = [*script("callscribe"), "keys", "create", "--tenant", tenant]
        made = subprocess.run(command, env=dict(self.environment), capture_output=True, text=True, check=True)
        return Front(self.url, made.stdout.split()[-1])


@contextmanager
def served(folder: Path) -> Iterator[Local]:
    """Run emulator, API and one worker while the block lasts."""
    os.environ.update(SETTINGS)  # noqa: TID251 - this is a composition root
    with running(Stack(folder, StackSettings(port=0, workers=1))) as stack:
        for line in stack.start():
            print(f"{line.process:<9} {line.text}")
        yield Local(stack.url, stack.environment())
