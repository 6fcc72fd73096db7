"""The real server on the emulator: gateway and processes as they are started for a person, two tenants with keys."""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from webhooks.running import Running
from wire.speaking import Told, ask, send

from api.cli.processes import Ended, Family, Line
from shared.aws.ledger import Ledger
from shared.emulator.making import Clients, connect
from shared.job import Key
from shared.keys import SCOPES, new_key
from shared.protocol.intents import ChangeRow, Where

START_S = 90.0
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 40
JSON = "application/json"
SETTINGS = {
    "CALLSCRIBE_PORT": "0",
    "CALLSCRIBE_LOG_FORMAT": "text",
    "CALLSCRIBE_API_PROCESSES": "4",
    # A limit of rate would answer in the place of what is asked for.
    "CALLSCRIBE_SUBMITS_PER_S": "1000000",
    "CALLSCRIBE_SUBMIT_BURST": "1000000",
    "CALLSCRIBE_READS_PER_S": "1000000",
    "CALLSCRIBE_READ_BURST": "1000000",
}


@dataclass
class Stage:
    """A running server, and what a request needs to be there before it."""

    port: int
    pid: int
    clients: Clients
    table: str
    bucket: str
    folder: Path
    keys: dict[str, str] = field(default_factory=dict)
    _receiver: Running | None = None

    @property
    def storage_port(self) -> int:
        return urlsplit(self.clients.s3.meta.endpoint_url).port or 0

    @property
    def receiver(self) -> Running:
        """The example of a webhook receiver, as an integrator starts it."""
        self._receiver = self._receiver or Running(self.folder / "inbox.sqlite3")
        return self._receiver

    def key(self, tenant: str = "sales") -> str:
        """The key of `tenant`, made as the command that makes every key does."""
        if tenant not in self.keys:
            self.keys[tenant], row = new_key(tenant, SCOPES, time.time())  # noqa: TID251 - the server has the real clock
            Ledger(self.clients.dynamodb, self.table).put(Key.of_api_key(row["id"]), row)
        return self.keys[tenant]

    def asking(self, verb: str, path: str, body: Any = b"", tenant: str = "sales", **headers: str) -> bytes:
        """A request with a key; what is not bytes is sent as JSON."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = {"Content_Type": JSON} if sent else {}
        return ask(verb, path, sent, **{"Authorization": f"Bearer {self.key(tenant)}", **kind, **headers})

    def submitting(self, body: Any, **headers: str) -> bytes:
        return self.asking("POST", "/v1/jobs", body, **headers)

    def tell(self, raw: bytes) -> Told:
        return send(self.port, raw)

    def done(self, raw: bytes) -> dict[str, Any]:
        """The body of an answer that has to be good."""
        told = self.tell(raw)
        assert 200 <= told.status < 300, told
        return told.json

    def waiting(self, size: int = len(WAV)) -> dict[str, Any]:
        """A job that waits for its audio."""
        return self.done(self.submitting({"audio": {"upload": {"bytes": size}}}))

    def queued(self) -> dict[str, Any]:
        """A job whose audio is there."""
        job = self.waiting()
        self.clients.s3.put_object(Bucket=self.bucket, Key=f"audio/sales/{job['id']}", Body=WAV)
        return self.done(self.asking("POST", f"/v1/jobs/{job['id']}/upload/complete"))

    def failed(self) -> dict[str, Any]:
        """A job whose audio is not what was declared."""
        job = self.waiting(size=7)
        self.clients.s3.put_object(Bucket=self.bucket, Key=f"audio/sales/{job['id']}", Body=WAV)
        return self.done(self.asking("POST", f"/v1/jobs/{job['id']}/upload/complete"))

    def completed(self) -> dict[str, Any]:
        """A job as far as its status goes: no worker runs here."""
        job = self.queued()
        ended = {"status": "completed", "completed_at": time.time()}  # noqa: TID251 - as above
        asked = ChangeRow(Key.of_job("sales", job["id"]), ((Where("status", "=", "queued"),),), ended)
        Ledger(self.clients.dynamodb, self.table).change(asked)
        return job

    def canceled(self) -> dict[str, Any]:
        return self.done(self.asking("POST", f"/v1/jobs/{self.waiting()['id']}/cancel"))

    def erased(self) -> dict[str, Any]:
        job = self.waiting()
        self.done(self.asking("DELETE", f"/v1/jobs/{job['id']}"))
        return job

    def stop(self) -> None:
        if self._receiver is not None:
            self._receiver.stop()


@contextmanager
def staged() -> Iterator[tuple[Stage, Path]]:
    """Emulator and API while the block lasts; beside the stage the folder of their logs."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        family = Family(folder / "log")
        try:
            stage = _started(family, folder)
            yield stage, folder / "log"
            stage.stop()
        finally:
            family.stop(["api"], 10.0)
            family.stop(["emulator"], 5.0)
            family.close()


def _started(family: Family, folder: Path) -> Stage:
    family.start("emulator", [_script("callscribe-emulator")], {"PATH": "/usr/bin:/bin", "HOME": str(folder)})
    lines = _until_ready(family)
    told = dict(line.split("=", 1) for line in lines[:-1] if line.partition("=")[0].isidentifier())
    family.start("api", [_script("callscribe-api")], {"PATH": "/usr/bin:/bin", "HOME": str(folder), **told, **SETTINGS})
    clients = connect(lines[-1].split()[1])
    port = urlsplit(_until_ready(family)[-1].split()[1]).port
    assert port, "the API says where it answers"
    stage = Stage(port, family.pids()["api"], clients, told["CALLSCRIBE_TABLE"], told["CALLSCRIBE_BUCKET"], folder)
    # The first answer waits for imports and clients: it says nothing of the request.
    stage.done(stage.asking("GET", "/v1/jobs"))
    return stage


def _until_ready(family: Family) -> list[str]:
    """What was said until a process is ready."""
    said: list[str] = []
    for fact in family.facts_until(time.monotonic() + START_S):
        assert not isinstance(fact, Ended), (fact, said)
        if isinstance(fact, Line):
            said.append(fact.text)
            if fact.text.startswith("ready "):
                break
    assert said, "nothing was said in time"
    return said


def _script(name: str) -> str:
    return str(Path(sys.executable).parent / name)
