"""A healthy day of a hundred reps, as CloudWatch would see it: Monday, 23 November 2026, in UTC.

It has the small troubles of every day, so that an alarm which stays silent means something: early calls before a worker
is up, a burst after lunch, a Spot notice, one job that failed through us, a dead letter that is settled in three minutes.
"""

import random
from collections.abc import Iterator

from alarms.cloudwatch.alarm import committed
from alarms.cloudwatch.samples import Samples, SeriesId, series_id
from alarms.scenes.fleet import Fleet

MONDAY = 1_795_392_000 // 60
"""Its first minute since the epoch."""
DAY = range(MONDAY, MONDAY + 1_440)
WEEK = 7 * 1_440
ENV, NAME = "prod", "callscribe-prod"
LANES = ("interactive", "batch")
FUNCTIONS = tuple(name.removeprefix(f"{NAME}-") for name in committed()["names"]["aws_lambda_function"])
QUEUES = (*LANES, "interactive-dlq", "batch-dlq", "uploads-dlq", "webhooks-dlq", "subscribers-dlq", "nightly-dlq")
OPEN, CLOSE, NIGHT = 405, 1_110, 1_260
"""Minutes of the day (UTC): workers wanted from, until, and the night's batch."""
CALLS_AN_HOUR = dict(zip(range(6, 19), (14, 60, 170, 232, 215, 190, 90, 150, 210, 200, 160, 80, 20), strict=True))


def ours(name: str, **dimensions: str) -> SeriesId:
    """A series of our own."""
    return series_id(name, env=ENV, **dimensions)


def queue(name: str, what: str) -> SeriesId:
    """Messages of a queue: `Visible` or `NotVisible`."""
    return series_id(f"ApproximateNumberOfMessages{what}", "AWS/SQS", QueueName=f"{NAME}-{name}")


def tasks(lane: str, what: str) -> SeriesId:
    """Tasks of a service: `Running`, `Pending`, `Desired`."""
    return series_id(f"{what}TaskCount", "ECS/ContainerInsights", ClusterName=NAME, ServiceName=f"{NAME}-{lane}")


def gateway(which: str, name: str) -> SeriesId:
    return series_id(name, "AWS/ApiGateway", ApiName=f"{NAME}-{which}", Stage="live")


def function(key: str, name: str) -> SeriesId:
    return series_id(name, "AWS/Lambda", FunctionName=f"{NAME}-{key}")


def table(name: str, **dimensions: str) -> SeriesId:
    return series_id(name, "AWS/DynamoDB", TableName=f"{NAME}-jobs", **dimensions)


def spot_notices() -> SeriesId:
    return series_id("TriggeredRules", "AWS/Events", RuleName=f"{NAME}-spot-notice")


def healthy(seed: int = 1) -> Samples:
    """The day, with the small troubles that every day has."""
    samples, dice, fleets = Samples(), random.Random(seed), {lane: Fleet() for lane in LANES}
    for minute in DAY:
        of_day = minute - MONDAY
        jobs = _arriving(of_day, dice)
        for lane, fleet in fleets.items():
            fleet.pass_minute(jobs[lane] * 360.0, lane == "interactive" and OPEN <= of_day < CLOSE)
            _tell_lane(samples, minute, lane, fleet)
            _tell_worker(samples, minute, lane, fleet, dice)
        samples.add(ours("NightlyOpenJobs"), minute, fleets["batch"].left_s // 360)
        _tell_jobs(samples, minute, jobs["interactive"], dice)
        _tell_api(samples, minute, jobs["interactive"], dice)
        for id_, value in _every_minute():
            samples.add(id_, minute, value)
        if OPEN <= of_day < CLOSE and of_day % 15 == 0:
            samples.add(ours("CanaryFailures"), minute, 0.0)
            samples.add(ours("CanaryWer"), minute, 0.04)
    _troubles(samples)
    return samples


def healthy_submits(seed: int) -> Samples:
    """Of another such day only what a band learns from: the calls that were submitted."""
    samples, dice = Samples(), random.Random(seed)
    for minute in DAY:
        jobs = _arriving(minute - MONDAY, dice)["interactive"]
        samples.add(ours("JobsSubmitted", lane="interactive"), minute, *[1.0] * jobs)
    return samples


def _arriving(of_day: int, dice: random.Random) -> dict[str, int]:
    wanted = CALLS_AN_HOUR.get(of_day // 60, 0) / 60
    calls = int(wanted) + (dice.random() < wanted % 1)
    return {"interactive": calls + (45 if of_day == 13 * 60 else 0), "batch": 500 if of_day == NIGHT else 0}


def _tell_lane(samples: Samples, minute: int, lane: str, fleet: Fleet) -> None:
    messages = fleet.work_s // 360
    samples.add(ours("QueuedAudioSeconds", lane=lane), minute, fleet.work_s)
    samples.add(ours("QueuedJobs", lane=lane), minute, messages)
    samples.add(ours("OldestJobAgeSeconds", lane=lane), minute, fleet.age_s)
    samples.add(queue(lane, "Visible"), minute, max(0.0, messages - 8 * fleet.running))
    samples.add(queue(lane, "NotVisible"), minute, min(messages, 8.0 * fleet.running))
    samples.add(tasks(lane, "Running"), minute, fleet.running)
    samples.add(tasks(lane, "Pending"), minute, fleet.desired - fleet.running)
    samples.add(tasks(lane, "Desired"), minute, fleet.desired)


def _tell_worker(samples: Samples, minute: int, lane: str, fleet: Fleet, dice: random.Random) -> None:
    if not fleet.running:
        return
    is_busy = bool(fleet.work_s)
    told = {"WorkersBusy": float(is_busy), "WindowsDone": 120.0 * is_busy, "GpuMemoryRatio": dice.uniform(0.4, 0.8)}
    if is_busy:
        told |= {"MeasuredR": dice.gauss(60, 8), "RetryRatio": dice.uniform(0.01, 0.03)}
        told |= {"SuppressedRatio": dice.uniform(0.01, 0.03)}
    for name, value in told.items():
        samples.add(ours(name, lane=lane), minute, value)


def _tell_jobs(samples: Samples, minute: int, jobs: int, dice: random.Random) -> None:
    if not jobs:
        return
    failed = sum(dice.random() < 0.02 for _ in range(jobs))
    samples.add(ours("JobsSubmitted", lane="interactive"), minute, *[1.0] * jobs)
    samples.add(ours("JobsEnded", lane="interactive", status="completed"), minute, *[1.0] * (jobs - failed))
    samples.add(ours("JobsEnded", lane="interactive", status="failed"), minute, *[1.0] * failed)
    samples.add(ours("JobsFailed", fault="caller"), minute, *[1.0] * failed)


def _tell_api(samples: Samples, minute: int, jobs: int, dice: random.Random) -> None:
    requests = 5 + 6 * jobs
    samples.add(ours("RequestSeconds", waits="no"), minute, *(dice.lognormvariate(-2.5, 0.5) for _ in range(requests)))
    samples.add(ours("AuthRefusals"), minute, *[0.0] * requests)
    for which in ("public", "internal"):
        samples.add(gateway(which, "Count"), minute, *[1.0] * requests)
        samples.add(gateway(which, "5XXError"), minute, *[0.0] * requests)


def _every_minute() -> Iterator[tuple[SeriesId, float]]:
    """What is told each minute, and is nothing on a healthy day."""
    yield ours("ReconcileRuns"), 1.0
    yield ours("OutboxOldestSeconds"), 0.0
    yield ours("DeliveryOldestDueSeconds"), 20.0
    yield from ((function(key, name), 0.0) for key in FUNCTIONS for name in ("Errors", "Throttles"))
    yield from ((queue(name, what), 0.0) for name in QUEUES if "dlq" in name for what in ("Visible", "NotVisible"))


def _troubles(samples: Samples) -> None:
    def at(hour: int, minute: int = 0, lasts: int = 1) -> range:
        return range(MONDAY + 60 * hour + minute, MONDAY + 60 * hour + minute + lasts)

    samples.hold(ours("ReconcileRuns"), at(9, 10))
    samples.hold(ours("OutboxOldestSeconds"), at(9, 30, 2), 320.0)
    samples.hold(ours("DeliveryOldestDueSeconds"), at(11, 0, 10), 600.0)
    samples.hold(queue("interactive-dlq", "Visible"), at(10, 5, 3), 1.0)
    samples.hold(gateway("public", "5XXError"), at(10, 40, 2), 1.0)
    samples.hold(ours("RequestSeconds", waits="no"), at(11, 20, 3), 1.8)
    samples.hold(function("deliver", "Errors"), at(12, 0, 2), 1.0)
    samples.hold(function("uploaded", "Throttles"), at(13, 1), 2.0)
    samples.hold(table("WriteThrottleEvents"), at(13, 2, 2), 3.0)
    samples.hold(ours("JobsFailed", fault="ours"), at(14, 3), 1.0)
    samples.hold(ours("AuthRefusals"), at(15, 0, 5), *[1.0] * 15)
    samples.hold(ours("CanaryFailures"), at(15, 15), 1.0)
    samples.hold(ours("WorkerExits", code="137"), at(16, 20), 1.0)
    samples.hold(spot_notices(), at(16, 18), 1.0)
    samples.hold(ours("GpuMemoryRatio", lane="interactive"), at(16, 40, 5), 0.97)
