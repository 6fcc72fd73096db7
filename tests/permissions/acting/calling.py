"""A client that uses every route, through the function `api` under its own role."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from contract.caller import JSON, WAV, Answer, Caller, event
from permissions.acting.working import Worker
from permissions.stage import ACCOUNT, BUCKET, SOURCE, Stage

from api.app import respond
from shared.job import Job, Key
from shared.keys import SCOPES, Grant
from shared.protocol.intents import ReadRow

SAID = {"reference": "crm-1", "subject_ref": "marie", "tags": ["team:lyon"]}


@dataclass
class OnStage(Caller):
    """One key; what it asks for is asked of AWS by the function's role."""

    stage: Any = None
    role: str = field(default_factory=lambda: f"backend-{uuid.uuid4().hex}")
    """A new one each time: what a process knows of a role it does not ask again."""

    def parts(self) -> Any:
        return self.stage.parts("api")

    def signed(self, verb: str, url: str) -> Answer:
        """As a role that the internal gateway has let in."""
        asked = event(verb, url, b"", {})
        identity = {"userArn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{self.role}/session"}
        asked["requestContext"] |= {"apiId": "internal", "identity": identity}
        answer = respond(asked, None, self.parts())
        return Answer(answer["statusCode"], {}, answer["body"])

    def job(self, job_id: str) -> Job:
        return Job.model_validate(self.stage.admin.world.perform(ReadRow(Key.of_job(self.tenant, job_id))))

    def made(self, **more: Any) -> str:
        """The id of a job that waits for its upload."""
        answer = self.submit({"audio": {"upload": {"bytes": len(WAV)}}, **SAID, **more})
        assert answer.status == 202, answer.text
        return str(answer.json["id"])

    def queued(self, **more: Any) -> str:
        """The id of a job whose audio has been uploaded and confirmed."""
        job_id = self.made(**more)
        self.upload(job_id)
        assert self.post(f"/v1/jobs/{job_id}/upload/complete").status == 200
        return job_id

    def upload(self, job_id: str, audio: bytes = WAV) -> None:
        """As a client would by its presigned URL, which is allowed what its signer is."""
        self.world.store.put(BUCKET, f"audio/{self.tenant}/{job_id}", audio)

    def refer(self, number: int) -> str:
        """Somebody puts a recording into a bucket of their own."""
        self.stage.admin.world.store.put(SOURCE, f"call-{number}.wav", WAV)
        return f"s3://{SOURCE}/call-{number}.wav"


def caller(stage: Stage) -> OnStage:
    """A caller with a key, and a role that is let in, both made by an operator."""
    keys = stage.keys()
    key = keys.create(Grant("sales", SCOPES), stage.now())
    client = OnStage(stage.actors["api"].world, clock=stage.clock, key=key, stage=stage)
    keys.allow_role(f"arn:aws:iam::{ACCOUNT}:role/{client.role}", Grant("sales", SCOPES), stage.now())
    return client


def use_every_route(client: OnStage, worker: Worker) -> None:
    """Each answer is one that the contract names; what matters here is what was asked of AWS for it."""
    _submit(client)
    finished = _finish(client, worker)
    _read(client, finished)
    _change_mind(client)
    _batches(client, finished)
    _webhooks(client)
    _forget(client, worker)


def _submit(client: OnStage) -> None:
    ok(client.submit(None, Idempotency_Key="once"), 202)
    ok(client.submit(None, Idempotency_Key="once"), 202)
    ok(client.submit_form(), 202)
    ok(client.submit({"audio": {"s3_uri": client.refer(1)}}), 202)
    ok(client.submit({"audio": {"s3_uri": f"s3://{SOURCE}/nothing.wav"}}), 422)
    unlike = client.made()
    client.upload(unlike, b"not what was declared")
    ok(client.post(f"/v1/jobs/{unlike}/upload/complete"), 200)
    ok(client.post(f"/v1/jobs/{client.made()}/upload"), 200)
    ok(client.post(f"/v1/jobs/{client.made()}/upload/complete"), 409)


def _finish(client: OnStage, worker: Worker) -> str:
    finished = client.queued()
    worker.serve()
    assert client.job(finished).status == "completed"
    return finished


def _read(client: OnStage, finished: str) -> None:
    for query in ("", "?reference=crm-1", "?tag=team:lyon", f"?batch_id=bat_{'0' * 26}"):
        ok(client.get(f"/v1/jobs{query}"), 200)
    ok(client.get(f"/v1/jobs/{finished}"), 200)
    for what in ("transcript", "audio", "peaks"):
        ok(client.get(f"/v1/jobs/{finished}/{what}"), 200)
    for path in ("/v1/models", "/v1/queue", "/v1/health", "/v1/openapi.json", "/docs", "/console", "/console/app.js"):
        ok(client.get(path), 200)
    ok(client.signed("GET", "/v1/jobs"), 200)


def _change_mind(client: OnStage) -> None:
    pinned, unpinned = client.queued(), client.made()
    client.upload(unpinned)
    for job_id in (pinned, unpinned):
        ok(client.post(f"/v1/jobs/{job_id}/cancel"), 200)
        ok(client.post(f"/v1/jobs/{job_id}/retry"), 202)


def _batches(client: OnStage, finished: str) -> None:
    again = {"options": {"language": "de"}, "lane": "interactive"}
    named = {"items": [{"job_id": finished}, {"s3_uri": client.refer(2), "reference": "crm-2"}], **again}
    ok(client.post("/v1/batches", {**named, "dry_run": True}), 200)
    made = ok(client.post("/v1/batches", named), 202)["id"]
    ok(client.post("/v1/batches", {"selector": {"batch_id": made, "status": "canceled"}}), 202)
    ok(client.post("/v1/batches", {"selector": {"reference": "nobody"}}), 202)
    ok(client.post("/v1/batches", {"selector": {"language": "fr"}}), 202)
    ok(client.get("/v1/batches"), 200)
    ok(client.get(f"/v1/batches/{made}"), 200)
    ok(client.post(f"/v1/batches/{made}/cancel"), 200)


def _webhooks(client: OnStage) -> None:
    one = f"/v1/webhooks/{ok(client.post('/v1/webhooks', {'url': 'https://hooks.example.com/calls'}), 201)['id']}"
    for path in ("/v1/webhooks", one, f"{one}/deliveries"):
        ok(client.get(path), 200)
    ok(client.send("PATCH", one, b'{"description": "ours"}', {"Content-Type": JSON}), 200)
    sent = ok(client.post(f"{one}/test"), 202)["id"]
    ok(client.post(f"{one}/deliveries/{sent}/redeliver"), 202)
    ok(client.post(f"{one}/rotate-secret"), 200)
    ok(client.send("DELETE", one, b"", {}), 204)


def _forget(client: OnStage, worker: Worker) -> None:
    """One job with all that can be of it, then every call of a batch, a person and a reference."""
    held, told = client.queued(reference="crm-3"), client.queued(subject_ref="jean")
    worker.kept()
    worker.serve()
    ok(client.send("DELETE", f"/v1/jobs/{held}", b"", {}), 202)
    made = ok(client.post("/v1/batches", {"items": [{"job_id": told}], "options": {"language": "it"}}), 202)["id"]
    for scope in ({"batch_id": made}, {"subject_ref": "jean"}, {"reference": "crm-1"}):
        receipt = ok(client.post("/v1/erasures", scope), 202)["id"]
        ok(client.get(f"/v1/erasures/{receipt}"), 200)


def ok(answer: Answer, status: int) -> Any:
    assert answer.status == status, answer.text
    return answer.json if answer.headers.get("Content-Type", "").startswith("application/json") else None
