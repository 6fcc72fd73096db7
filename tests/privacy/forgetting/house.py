"""A deployment on the emulator of the local stack, with a clock of its own: time is moved, never waited for."""

import dataclasses
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from contract.caller import NOW, WAV, Answer, Caller, settings
from jobs import LEASE_S, receipt_of, terms
from privacy.canaries import SAID
from privacy.walk.network import HOST
from privacy.walk.place import OWNER, Ear
from strict.engines import ministack_endpoint
from strict.worlds import REGION, AwsJobsWorld, connect_to, make_world

from api.functions import deliver, reconcile, uploaded
from api.parts import Parts
from shared.job import Claim, Job, Key, audio_key
from shared.keys import new_key
from shared.observe import observer
from shared.protocol.claiming import claim
from shared.protocol.drive import drive
from shared.protocol.intents import Publish, PutRow
from worker.desk import Parts as WorkerParts
from worker.intake import Intake
from worker.lease import Leases

HOUR_S, DAY_S = 3_600, 86_400
AWAY = "sales-calls-eu"


@dataclass
class Heard:
    """The world, and every event that it published."""

    world: AwsJobsWorld
    published: list[Publish] = field(default_factory=list)

    def perform(self, intent: Any) -> Any:
        if isinstance(intent, Publish):
            self.published.append(intent)
        return self.world.perform(intent)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.world, name)


@dataclass
class Resident(Caller):
    """A caller of this deployment, whose bucket has a name of its own."""

    def parts(self) -> Parts:
        named = settings().model_copy(update={"bucket": self.world.store.bucket})
        return dataclasses.replace(super().parts(), settings=named, observer=observer("privacy", "text"))


class House:
    """Jobs in every state, made by requests and by a worker; then whoever comes too late."""

    def __init__(self) -> None:
        name = uuid.uuid4().hex
        clients = connect_to(ministack_endpoint())
        self.world = Heard(make_world(clients, f"calls-{name}", f"-{name}"))
        with suppress(clients.s3.exceptions.BucketAlreadyOwnedByYou, clients.s3.exceptions.BucketAlreadyExists):
            clients.s3.create_bucket(Bucket=AWAY, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.clock = [NOW]
        key, row = new_key(OWNER, ("jobs:write", "jobs:read", "jobs:erase", "webhooks:manage"), NOW)
        self.world.perform(PutRow(Key.of_api_key(row["id"]), row))
        self.caller = Resident(self.world, tenant=OWNER, clock=self.clock, key=key)
        ear: Any = Ear()
        self.ear, quiet, world = ear, observer("privacy", "text"), self.world
        leases = Leases(world, LEASE_S, lambda: self.clock[0], quiet)
        given = {"world": world, "store": world.store, "transcriber": ear, "leases": leases, "observer": quiet}
        told = {"lease_s": LEASE_S, "base_url": "https://stt.example.com", "worker_version": "test"}
        parts = WorkerParts(**given, **told, now=lambda: self.clock[0])
        self.intake = Intake(None, parts, ThreadPoolExecutor(2), room=4, room_s=3_600, long_poll_s=0)
        self.secret = self.asked("POST", "/v1/webhooks", {"url": f"https://{HOST}/h"})["secret"]
        self.places: dict[str, Any] = {}

    def asked(self, verb: str, url: str, body: Any = None, **headers: str) -> Any:
        sent = b"" if body is None else json.dumps(body).encode()
        answer: Answer = self.caller.send(verb, url, sent, {"Content-Type": "application/json", **headers})
        assert answer.status < 400, answer.text
        return answer.json

    def job(self, job_id: str) -> Job:
        return Job.model_validate(self.world.row(OWNER, job_id))

    def announced(self, **said: Any) -> str:
        """A job that waits for its audio; its place stays good for later."""
        words = {"metadata": {"who": SAID["name"], "at": SAID["phone"]}, "tags": [SAID["tag"]], **said}
        known_by = {"Idempotency-Key": uuid.uuid4().hex}
        made = self.asked("POST", "/v1/jobs", {"audio": {"upload": {"bytes": len(WAV)}}, **words}, **known_by)
        self.places[made["id"]] = made["upload"]
        return str(made["id"])

    def upload(self, job_id: str) -> int:
        place = self.places[job_id]
        return httpx.put(place["url"], content=WAV, headers=place["headers"], trust_env=False).status_code

    def queued(self, **said: Any) -> str:
        job_id = self.announced(**said)
        assert self.upload(job_id) == 200
        self.asked("POST", f"/v1/jobs/{job_id}/upload/complete")
        return job_id

    def work(self, job_id: str, *happens: Any, receive_count: int = 1) -> str:
        self.ear.happens = list(happens)
        self.intake.work(receipt_of(self.job(job_id), receive_count))
        return job_id

    def held(self, job_id: str) -> Claim:
        """A claim of a worker that will come back as a zombie."""
        claimed = drive(claim(receipt_of(self.job(job_id)), terms(self.clock[0])), self.world)
        assert isinstance(claimed, Claim)
        return claimed

    def deliver(self) -> None:
        """Every event so far goes to the endpoint."""
        records = [
            {"messageId": "m", "body": one.body, "messageAttributes": {"tenant": {"stringValue": OWNER}}}
            for one in self.world.published
        ]
        deliver.take({"Records": records}, self.caller.parts())

    def tell_upload(self, job_id: str) -> None:
        told = {"Records": [{"s3": {"object": {"key": audio_key(OWNER, job_id)}}}]}
        uploaded.take({"Records": [{"messageId": "m", "body": json.dumps(told)}]}, self.caller.parts())

    def pass_(self, seconds: float) -> None:
        """Let time go by, then let the reconciler run as it does every minute: until it has nothing more to do."""
        self.clock[0] += seconds
        for _ in range(6):
            if not reconcile.reconcile(self.caller.parts()):
                return
