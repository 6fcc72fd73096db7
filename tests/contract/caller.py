"""A client of the API in the memory world: it speaks in gateway events, as the deployed function is spoken to."""

import base64
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fakes import BUCKET, MemoryWorld

from api.app import respond
from api.contract.routes import routes_at
from api.outbound.addresses import check_url
from api.outbound.post import Delivered
from api.parts import Parts
from shared.job import Job, Key, Lane
from shared.keys import new_key
from shared.observe import observer
from shared.settings import Settings

NOW = 1_768_471_202.114
ALL_SCOPES = ("jobs:write", "jobs:read", "jobs:erase", "webhooks:manage")
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 40
JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        return self.json["code"]

    @property
    def fields(self) -> dict[str, str]:
        return {error["pointer"]: error["code"] for error in self.json["errors"]}


@dataclass
class DeafSender:
    """Sends nothing, keeps what it was given, and answers 204 to all; `answers` comes first."""

    sent: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[Delivered] = field(default_factory=list)

    def vet(self, url: str) -> object:
        return check_url(url, allow_loopback=False)

    def post(self, url: str, headers: Any, body: bytes, now: float) -> Delivered:
        self.sent.append((url, dict(headers), body))
        return self.answers.pop(0) if self.answers else Delivered(204, None, 0.01, None)


@dataclass
class Caller:
    """One key on one deployment; `clock` moves by what is paused."""

    world: MemoryWorld = field(default_factory=MemoryWorld)
    tenant: str = "sales"
    scopes: tuple[str, ...] = ALL_SCOPES
    clock: list[float] = field(default_factory=lambda: [NOW])
    on_pause: list[Any] = field(default_factory=list)
    key: str = ""
    sender: Any = field(default_factory=DeafSender)

    def __post_init__(self) -> None:
        if not self.key:
            self.key, row = new_key(self.tenant, self.scopes, self.clock[0])
            self.world.rows[Key.of_api_key(row["id"])] = row

    @property
    def key_row(self) -> dict[str, Any]:
        return self.world.rows[Key.of_api_key(self.key[4:14])]

    def parts(self) -> Parts:
        return Parts(
            self.world,
            self.world.store,
            settings(),
            lambda: self.clock[0],
            self._pause,
            observer("test", "text"),
            self.sender,
        )

    def get(self, url: str, **headers: str) -> Answer:
        return self.send("GET", url, b"", headers)

    def ask(self, path: str, query: dict[str, str]) -> Answer:
        """GET with a path and a query that no URL could carry."""
        asked = {**event("GET", "/", b"", {"Authorization": f"Bearer {self.key}"}), "path": path}
        answer = respond({**asked, "queryStringParameters": query}, None, self.parts())
        return Answer(answer["statusCode"], {}, answer["body"])

    def post(self, url: str, body: Any = b"", **headers: str) -> Answer:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send("POST", url, sent, {"Content-Type": JSON, **headers})

    def submit(self, body: Any = None, **headers: str) -> Answer:
        return self.post("/v1/jobs", {"audio": {"upload": {"bytes": len(WAV)}}} if body is None else body, **headers)

    def submit_form(self, audio: bytes | None = WAV, job: Any = None, **headers: str) -> Answer:
        body, content_type = form(audio, job)
        return self.post("/v1/jobs", body, **{"Content-Type": content_type, **headers})

    def upload(self, job_id: str, audio: bytes = WAV) -> None:
        self.world.store.put(BUCKET, f"audio/{self.tenant}/{job_id}", audio)

    def job(self, job_id: str) -> Job:
        return Job.model_validate(self.world.row(self.tenant, job_id))

    def send(self, verb: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        sent = {"Authorization": f"Bearer {self.key}", **{name.replace("_", "-"): v for name, v in headers.items()}}
        answer = respond(event(verb, url, body, {k: v for k, v in sent.items() if v}), None, self.parts())
        text = answer["body"]
        told = {name: values[0] for name, values in answer["multiValueHeaders"].items()}
        return documented(verb, url, Answer(answer["statusCode"], told, text))

    def _pause(self, seconds: float) -> None:
        self.clock[0] += seconds
        for hook in self.on_pause:
            hook()


def documented(verb: str, url: str, answer: Answer) -> Answer:
    """`answer`, once it is sure that openapi.json promises it."""
    route = routes_at(urlsplit(url).path).get(verb)
    if route is not None:
        promised = (
            answer.code in route.refusals if answer.status >= 400 else answer.status in (route.status, *route.statuses)
        )
        assert promised, f"{verb} {url} answers {answer.status} {answer.text[:200]}, which the contract does not name"
    return answer


def event(verb: str, url: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """An event as API Gateway makes it (REST, payload 1.0)."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    return {
        "path": parts.path,
        "httpMethod": verb,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": {name: [v for n, v in pairs if n == name] for name, _ in pairs} or None,
        "requestContext": {"requestId": "req-1", "stage": "live", "path": f"/live{parts.path}"},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


def form(audio: bytes | None, job: Any = None) -> tuple[bytes, str]:
    """A multipart body of the parts given, and its content type."""
    parts = []
    if audio is not None:
        head = b'Content-Disposition: form-data; name="audio"; filename="call.wav"\r\nContent-Type: audio/wav\r\n\r\n'
        parts.append(head + audio)
    if job is not None:
        text = job if isinstance(job, bytes) else json.dumps(job).encode()
        parts.append(b'Content-Disposition: form-data; name="job"\r\n\r\n' + text)
    body = b"".join(b"--frontier\r\n" + part + b"\r\n" for part in parts) + b"--frontier--\r\n"
    return body, "multipart/form-data; boundary=frontier"


@cache
def settings() -> Settings:
    return Settings(
        bucket=BUCKET,
        table="jobs",
        topic_arn="arn:aws:sns:eu-west-3:000000000000:events",
        queue_interactive_url=f"http://queue/{Lane.INTERACTIVE}",
        queue_batch_url=f"http://queue/{Lane.BATCH}",
        allowed_buckets=("sales-calls-eu",),
        models=("default", "large-v3-turbo"),
        base_url="https://stt.example.com",
        # The clock of a test stands still: a bucket would never fill again.
        submits_per_s=1e6,
        submit_burst=1_000_000,
        reads_per_s=1e6,
        read_burst=1_000_000,
    )
