"""Schemathesis with every check against the whole local stack, until enough requests are sent.

A stack of its own is started, with limits that do not stop a fuzzer; with CALLSCRIBE_URL and CALLSCRIBE_API_KEY in the
environment (`.local/env`) a running one is taken, whose rates then bound the run. Rounds run side by side, each with a
seed of its own: `SEED=7` begins there, and one round alone is replayed by `REQUESTS=1 SEED=<its seed>`.
"""

import itertools
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
from fuzz.running import Outcome, Plan, fuzz

import api
from api.cli.stack import Stack, StackSettings, running

RECORDING = Path(api.__file__).parent / "console" / "calls" / "renewal-en.wav"

PLENTY = {
    "CALLSCRIBE_SUBMITS_PER_S": "1000000",
    "CALLSCRIBE_SUBMIT_BURST": "1000000",
    "CALLSCRIBE_READS_PER_S": "1000000",
    "CALLSCRIBE_READ_BURST": "1000000",
    "CALLSCRIBE_LIVE_JOBS_MAX": "100000000",
    "CALLSCRIBE_AUDIO_HOURS_PER_DAY": "100000000",
    "CALLSCRIBE_WEBHOOKS_MAX": "100",
    "CALLSCRIBE_WEBHOOK_ALLOW_LOOPBACK": "1",
}
TOO_MANY_LIMITED = 0.02
"""Share of 429 above which a run says little about the routes behind the limit."""


@dataclass(frozen=True)
class Demand:
    """At least so many requests, the seed of the first round, cases an operation and phase, and rounds at a time."""

    requests: int
    seed: int
    examples: int = 200
    side_by_side: int = 2


def ask(demand: Demand) -> bool:
    """Fuzz the API and say what it answered; whether nothing was found."""
    began = time.monotonic()
    with served() as target:
        outcomes = rounds(target, demand)
    report(outcomes, time.monotonic() - began)
    return all(outcome.ok for _, outcome in outcomes) and limited(outcomes) <= TOO_MANY_LIMITED


@dataclass(frozen=True)
class Target:
    """Where the API answers, to which key, and a recording in a bucket that it may read."""

    url: str
    key: str
    s3_uri: str


@contextmanager
def served() -> Iterator[Target]:
    """The stack that the environment names, or one that is started here."""
    named = os.environ  # noqa: TID251 - this is a composition root
    if "CALLSCRIBE_URL" in named:
        yield Target(named["CALLSCRIBE_URL"], named["CALLSCRIBE_API_KEY"], "s3://callscribe-local-recordings/none.wav")
        return
    named.update(PLENTY)
    with tempfile.TemporaryDirectory() as folder, running(Stack(Path(folder), StackSettings(port=0))) as stack:
        for line in stack.start():
            print(f"{line.process:<9} {line.text}")
        yield Target(stack.url, stack.key, put_recording(stack.environment()))


def put_recording(environment: Mapping[str, str]) -> str:
    """Put a recording into the bucket that the stack may read; its address."""
    bucket = environment["CALLSCRIBE_ALLOWED_BUCKETS"].split(",")[0]
    session = boto3.Session(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
    s3 = session.client("s3", environment["AWS_DEFAULT_REGION"], endpoint_url=environment["AWS_ENDPOINT_URL"])
    s3.put_object(Bucket=bucket, Key="call-8842.wav", Body=RECORDING.read_bytes())
    return f"s3://{bucket}/call-8842.wav"


def rounds(target: Target, demand: Demand) -> list[tuple[int, Outcome]]:
    """Rounds side by side until enough is sent or one has failed; each with its seed."""
    done: list[tuple[int, Outcome]] = []
    with ThreadPoolExecutor(demand.side_by_side) as pool:
        for first in itertools.count(demand.seed, demand.side_by_side):
            seeds = range(first, first + demand.side_by_side) if demand.requests > 1 else [first]
            plans = [Plan(demand.examples, seed, s3_uri=target.s3_uri) for seed in seeds]
            done += zip(seeds, pool.map(lambda plan: fuzz(target.url, target.key, plan), plans), strict=True)
            sent = sum(outcome.requests for _, outcome in done)
            print(f"{sent:,} requests, seeds {demand.seed} to {seeds[-1]}", flush=True)
            if sent >= demand.requests or not all(outcome.ok for _, outcome in done):
                return done
    return done


def limited(outcomes: list[tuple[int, Outcome]]) -> float:
    """The share of requests that met a limit of rate."""
    answers = total(outcomes)
    return sum(count for (_, status), count in answers.items() if status == 429) / max(1, answers.total())


def total(outcomes: list[tuple[int, Outcome]]) -> Counter[tuple[str, int]]:
    return sum((outcome.answers for _, outcome in outcomes), Counter())


def report(outcomes: list[tuple[int, Outcome]], took_s: float) -> None:
    """What was answered, operation by operation; then each failure, with its request as curl."""
    answers = total(outcomes)
    statuses = sorted({status for _, status in answers})
    print(f"\n{'operation':<16}" + "".join(f"{status:>8}" for status in statuses))
    for name in sorted({name for name, _ in answers}):
        print(f"{name:<16}" + "".join(f"{answers[name, status] or '':>8}" for status in statuses))
    excused = sum((outcome.excused for _, outcome in outcomes), Counter())
    print(f"\n{answers.total():,} requests in {took_s:.0f} s: {answers.total() / took_s:.0f} a second")
    print("refused for what no schema can say:", ", ".join(f"{code} {n:,}" for code, n in excused.most_common()))
    if limited(outcomes) > TOO_MANY_LIMITED:
        print(f"{limited(outcomes):.0%} met a limit of rate: raise CALLSCRIBE_SUBMITS_PER_S and CALLSCRIBE_READS_PER_S")
    for seed, outcome in outcomes:
        if not outcome.ok:
            print(f"\nseed {seed}:\n{outcome.failures}")
