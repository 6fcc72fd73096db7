"""`make load`: thousands of jobs through the local stack on a stub engine, counted, weighed and timed.

First live calls alone, for comparison; then a night of the batch lane, and live calls while it is worked off. Judged:
that every job ended once, that nobody's memory grows with the jobs, that live calls do not wait for the night.
"""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
from benchmarks.calls import parties, recorded
from benchmarks.sign import Sign
from benchmarks.stack import Stack, emulated
from load.checking import Ears, wrong
from load.memory import Sampler
from load.report import Outcome, Waits, waits_of, write
from load.sending import Sender
from races.checks.inside import Inside
from races.local import Local
from rich.console import Console

from api.cli.processes import LOOPBACK, free_port, script

RECORDINGS = "callscribe-local-recordings"
CALL_S = 2.5
EVERY_S = 0.5
IDLE = 60
"""Live calls that are timed before the night comes."""
SETTINGS = {
    "CALLSCRIBE_TRACES": "none",
    # What is measured is the service, not what it allows a tenant.
    "CALLSCRIBE_SUBMITS_PER_S": "1000000",
    "CALLSCRIBE_SUBMIT_BURST": "1000000",
    "CALLSCRIBE_READS_PER_S": "1000000",
    "CALLSCRIBE_READ_BURST": "1000000",
    "CALLSCRIBE_LIVE_JOBS_MAX": "10000000",
    "CALLSCRIBE_AUDIO_HOURS_PER_DAY": "10000000",
    "CALLSCRIBE_LONG_POLL_S": "5",
}
EVENTS = "load-events"
LATEST_S = 3_600.0


@dataclass(frozen=True, slots=True)
class Running:
    """The stack of a load run."""

    stack: Stack
    sender: Sender
    ears: Ears
    inside: Inside


def main() -> int:
    """Run, report, and say by the exit status whether every promise was kept."""
    asked = argparse.ArgumentParser(prog="make load", description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("--jobs", type=int, default=10_000, help="jobs of the batch lane")
    asked.add_argument("--out", type=Path, default=Path("build/load"), help="folder of figures and picture")
    options = asked.parse_args()
    sign = Sign(Console())
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as load:
        outcome = measure(load, options.jobs, sign)
    for line in [*outcome.lines(), *map(str, write(outcome, options.out))]:
        sys.stdout.write(line + "\n")
    return 0 if outcome.is_well else 1


def measure(load: Running, jobs: int, sign: Sign) -> Outcome:
    """Live calls alone, then the night with live calls in it, and everything looked up at the end."""
    began_s = time.monotonic()
    with Sampler(load.stack.family.pids, lambda: load.ears.ended, time.monotonic) as sampler:
        with sign.row("live calls alone", IDLE * EVERY_S):
            alone = load.sender.day(IDLE, EVERY_S, threading.Event())
        over, among = threading.Event(), list[str]()
        day = threading.Thread(target=lambda: among.extend(load.sender.day(jobs, EVERY_S, over)))
        day.start()
        with sign.row("a night is submitted", jobs / 40) as say:
            night = load.sender.night(jobs, say)
        ended_at_last_submit = load.ears.ended
        with sign.row("it is worked off", jobs / 20) as say:
            _wait(load.ears, len(alone) + len(night), say)
        over.set()
        day.join()
        sent = [*alone, *night, *among]
        with sign.row("the rest", 30) as say:
            _wait(load.ears, len(sent), say)
    left = load.inside.drained(_Quiet())
    took_s = time.monotonic() - began_s
    load.ears.hush()
    seen = load.inside.look()
    waits = Waits(busy_s=waits_of(seen.rows, among), idle_s=waits_of(seen.rows, alone))
    return Outcome(
        len(sent),
        took_s,
        wrong(sent, seen, load.ears, left),
        sampler.samples,
        waits,
        load.sender.refused,
        ended_at_last_submit,
    )


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """Run emulator, API and one worker while the block lasts."""
    with emulated(folder) as stack, ExitStack() as stay:
        port = free_port()
        named = {**stack.environment, **SETTINGS, "CALLSCRIBE_PORT": str(port)}
        url = named["CALLSCRIBE_BASE_URL"] = f"http://{LOOPBACK}:{port}"
        inside = Inside.of(Local(url, named))
        call = recorded(folder / "call.wav", CALL_S, parties()[0])
        boto3.client("s3").put_object(Bucket=RECORDINGS, Key="call.wav", Body=call.path.read_bytes())
        ears = Ears(inside.sqs, _subscribed(named["CALLSCRIBE_TOPIC_ARN"]))
        ears.start()
        stay.callback(ears.hush)
        stack.family.start("api", script("callscribe-api"), named)
        stack.until("api", "ready")
        stack.family.start("worker", [sys.executable, "-m", "load.worker"], {**named, "PYTHONPATH": "tests"})
        command = [*script("callscribe"), "keys", "create", "--tenant", "load"]
        key = subprocess.run(command, env=named, capture_output=True, text=True, check=True).stdout.split()[-1]
        stack.until("worker", "worker_ready")
        yield Running(stack, Sender(url, key, f"s3://{RECORDINGS}/call.wav"), ears, inside)


def _subscribed(topic_arn: str) -> str:
    """A queue that hears every event."""
    sqs, sns = boto3.client("sqs"), boto3.client("sns")
    url = sqs.create_queue(QueueName=EVENTS)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    return url


def _wait(ears: Ears, jobs: int, say: Callable[[str], None]) -> None:
    """Until the end of so many jobs was told, or nothing has moved for a minute."""
    never, until_s = threading.Event(), time.monotonic() + LATEST_S
    while ears.ended < jobs and time.monotonic() < until_s:
        say(f"{ears.ended:,} of {jobs:,} ended")
        never.wait(1.0)


class _Quiet:
    """A progress that nobody looks at."""

    def step(self, _count: int = 1) -> None:
        """Say nothing."""


if __name__ == "__main__":
    sys.exit(main())
