"""P8 and P9: what handing in a call costs its sender, beside boto3's bare put and send on the same emulator."""

import io
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import boto3
import httpx
from benchmarks.goals import REAL_CPU, Figure
from benchmarks.setting import Bench
from benchmarks.stack import served

from api.client import Client, Wishes

SIX_MIN_S = 360.0
CONNECTIONS = 16
START_S = 5.0
RECORDINGS = "callscribe-local-recordings"
SEQUENTIAL_SHARE = 10  # the emulator keeps every upload in memory


@dataclass(slots=True)
class Plain:
    """What a sender does without us: put the audio, send a message."""

    body: bytes
    bucket: str
    queue_url: str
    clients: tuple[Any, Any] = field(default_factory=lambda: (boto3.client("s3"), boto3.client("sqs")))
    count: int = 0

    def send(self) -> None:
        s3, sqs = self.clients
        self.count += 1
        key = f"plain/{self.count}.wav"
        s3.put_object(Bucket=self.bucket, Key=key, Body=self.body)
        sqs.send_message(QueueUrl=self.queue_url, MessageBody=key)


def measure(bench: Bench, budgets_s: tuple[float, float]) -> Iterator[Figure]:
    """Both rows, on one API."""
    body = bench.single(SIX_MIN_S).path.read_bytes()
    queue_url = boto3.client("sqs").create_queue(QueueName="bench-plain")["QueueUrl"]
    plain = Plain(body, RECORDINGS, queue_url)
    with ExitStack() as stay:
        with bench.sign.row("API", START_S):
            client = stay.enter_context(served(bench.stack))
        yield _one_call(bench, client, plain, budgets_s[0])
        yield _many(bench, client, plain, budgets_s[1])


def _one_call(bench: Bench, client: Client, plain: Plain, budget_s: float) -> Figure:
    sent_bytes = _counting(client)
    ours, theirs = [], []
    with bench.sign.row("P8", budget_s) as sign:
        _submit(client, plain.body)
        plain.send()
        sent_bytes.clear()
        for place in range(bench.sizes.pairs):
            sign(f"pair {place + 1} of {bench.sizes.pairs}")
            ours.append(_seconds(lambda: _submit(client, plain.body)))
            theirs.append(_seconds(plain.send))
    each = sum(sent_bytes) / len(ours)
    note = (
        f"ours {median(ours) * 1000:.0f} ms, boto3 {median(theirs) * 1000:.0f} ms for {len(plain.body) / 1e6:.1f} MB; "
        f"through the API {each:.0f} bytes a call, of audio {0 if each < len(plain.body) / 100 else each:.0f}"
    )
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    return Figure("P8", ratios, REAL_CPU, note=note, beside={"ours_s": ours, "boto3_s": theirs, "api_bytes": each})


def _submit(client: Client, body: bytes) -> None:
    """Announce, upload, complete: the job is queued when this returns."""
    audio = io.BytesIO(body)
    job = client.announce(audio, Wishes(language="en", lane="batch"))
    client.upload(job, audio)
    queued = client.complete(job.id)
    if queued.status != "queued":
        raise RuntimeError(f"The job is {queued.status}, not queued.")


def _counting(client: Client) -> list[int]:
    """Keep the size of every body that goes to the API itself."""
    api, sizes = urlsplit(client.url).netloc, []

    def keep(request: httpx.Request) -> None:
        if request.url.netloc.decode() == api:
            sizes.append(int(request.headers.get("content-length", 0)))

    client.http.event_hooks["request"].append(keep)
    return sizes


def _many(bench: Bench, client: Client, plain: Plain, budget_s: float) -> Figure:
    submits, sequential = bench.sizes.submits, max(4, bench.sizes.submits // SEQUENTIAL_SHARE)
    boto3.client("s3").put_object(Bucket=RECORDINGS, Key="referred.wav", Body=plain.body)
    ours, theirs = [], []
    with bench.sign.row("P9", budget_s) as sign:
        _at_once(client, CONNECTIONS)
        for place in range(bench.sizes.repeats):
            sign(f"pair {place + 1} of {bench.sizes.repeats}")
            ours.append(submits / _seconds(lambda: _at_once(client, submits)))
            theirs.append(sequential / _seconds(lambda: _in_turn(plain, sequential)))
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    note = f"ours {median(ours):.0f} a second, boto3 put + send {median(theirs):.1f} (client, API and emulator share the cores)"
    return Figure("P9", ratios, REAL_CPU, note=note, beside={"ours_per_s": ours, "boto3_per_s": theirs})


def _in_turn(plain: Plain, times: int) -> None:
    for _ in range(times):
        plain.send()


def _at_once(client: Client, submits: int) -> None:
    asked = {"audio": {"s3_uri": f"s3://{RECORDINGS}/referred.wav"}, "lane": "batch"}
    headers = {"Authorization": f"Bearer {client.key}"}
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    with httpx.Client(trust_env=False, timeout=60.0, limits=limits) as http, ThreadPoolExecutor(CONNECTIONS) as pool:
        answers = pool.map(lambda _: http.post(f"{client.url}/v1/jobs", json=asked, headers=headers), range(submits))
        for answer in answers:
            answer.raise_for_status()


def _seconds(act: Callable[[], object]) -> float:
    started_s = time.monotonic()
    act()
    return time.monotonic() - started_s
