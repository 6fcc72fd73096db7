"""Faults of the running service ring their alarms by the lines that the code itself writes."""

import json
from dataclasses import dataclass, field

import pytest
from alarms.cloudwatch.alarm import alarms_of, committed
from alarms.cloudwatch.ringing import rings
from alarms.scenes.days import queue
from alarms.scenes.lines import Lines
from bench import Scribe
from telemetry.house import House

from api.functions import backlog, deadletters, reconcile
from api.outbound.post import Delivered
from shared.errors.jobs import InternalError
from shared.errors.transient import StorageUnavailable

ALARMS = {alarm.short: alarm for alarm in alarms_of(committed())}
BY_LINES = (
    "interactive-wait", "interactive-wait-early", "work-without-worker", "jobs-failing", "reconcile-silent",
    "backlog-silent", "outbox-stuck", "api-errors", "webhooks-failing", "dead-letters-interactive", "input-failing",
)  # fmt: skip
REFUSED = Delivered(500, None, 0.01, None)


@dataclass
class Hours:
    """A house that is watched minute by minute."""

    house: House = field(default_factory=House)

    def __post_init__(self):
        self.lines = Lines(lambda: self.house.clock[0])
        self.house.ear = self.lines.observer
        self.began = int(self.house.clock[0]) // 60

    def pass_minutes(self, count, *functions):
        """Each of these functions runs once a minute."""
        for _ in range(count):
            for run in functions:
                run(self.house.parts())
            self.house.clock[0] += 60

    def work(self, *errors):
        job_id = self.house.submitted()
        self.house.worker(Scribe(list(errors))).work(self.house.receipt(job_id))

    def ringing(self, samples=None):
        """Which alarms rang between the sixth minute and now: before, there is nothing to go by."""
        seen, minutes = samples or self.lines.samples(), range(self.began + 5, int(self.house.clock[0]) // 60)
        return {name for name in BY_LINES if rings(ALARMS[name], seen, minutes)}


@pytest.fixture
def hours():
    return Hours()


def test_an_hour_in_which_all_goes_well_rings_nothing(hours):
    hours.pass_minutes(20, backlog.run, reconcile.reconcile, lambda _: hours.work())

    assert hours.ringing() == set()


def test_calls_that_nobody_takes_ring_by_their_age(hours):
    hours.house.submitted()

    hours.pass_minutes(20, backlog.run, reconcile.reconcile)

    assert hours.ringing() == {"interactive-wait", "interactive-wait-early", "work-without-worker"}


def test_jobs_that_fail_through_us_ring(hours):
    for number in range(25):
        hours.work(*[InternalError()] if number < 4 else [])

    hours.pass_minutes(10, backlog.run, reconcile.reconcile)

    assert hours.ringing() == {"jobs-failing"}


@pytest.mark.parametrize(
    ("going", "silent"), [(backlog.run, "reconcile-silent"), (reconcile.reconcile, "backlog-silent")]
)
def test_a_function_of_each_minute_that_stops_is_missed(hours, going, silent):
    hours.pass_minutes(10, backlog.run, reconcile.reconcile)
    before = hours.ringing()

    hours.pass_minutes(6, going)

    assert (before, hours.ringing()) == (set(), {silent})


def test_an_event_that_cannot_leave_rings(hours):
    hours.house.world.refuses_events = True
    hours.work()

    hours.pass_minutes(12, backlog.run, reconcile.reconcile)

    assert hours.ringing() == {"outbox-stuck"}


def test_a_table_out_of_reach_rings_by_what_callers_see(hours):
    hours.pass_minutes(6, backlog.run, reconcile.reconcile)
    for _ in range(4):
        for number in range(30):
            hours.house.world.before = [_refusing] if number < 3 else []
            hours.house.caller.get("/v1/jobs")
        hours.pass_minutes(1, backlog.run, reconcile.reconcile)

    assert hours.ringing() == {"api-errors"}


def test_a_delivery_that_nobody_tries_rings(hours):
    hours.house.endpoint()
    hours.house.sender.answers = [REFUSED]
    hours.work()
    hours.house.delivered()

    hours.pass_minutes(20, backlog.run, reconcile.reconcile)

    assert hours.ringing() == {"webhooks-failing"}


def test_a_letter_that_nobody_can_settle_rings(hours):
    letter = {
        "messageId": "m1",
        "body": json.dumps({"v": 1, "tenant": "sales", "job": "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A"}),
    }
    for _ in range(12):
        staying = deadletters.take({"Records": [letter]}, hours.house.parts())["batchItemFailures"]
        hours.pass_minutes(1, backlog.run, reconcile.reconcile)
    samples, minutes = hours.lines.samples(), range(hours.began, int(hours.house.clock[0]) // 60)

    samples.hold(queue("interactive-dlq", "NotVisible"), minutes, float(len(staying)))

    assert hours.ringing(samples) == {"dead-letters-interactive"}


def _refusing(_world, _intent):
    raise StorageUnavailable
