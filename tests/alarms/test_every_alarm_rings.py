"""Each alarm rings on its fault and on no healthy day, by the definitions that Terraform plans."""

import re
from dataclasses import replace
from functools import cache

import pytest
from alarms.cloudwatch.alarm import alarms_of, committed
from alarms.cloudwatch.ringing import rings
from alarms.scenes import days
from alarms.scenes.changes import jobs
from alarms.scenes.edges import ALMOST, ANOTHER_WAY
from alarms.scenes.faults import FAULTS, Fault, scaling, with_fault

EXTRACT = committed()
ALARMS = {alarm.short: alarm for alarm in alarms_of(EXTRACT)}
WATCHING = {name: alarm for name, alarm in ALARMS.items() if alarm.priority}
SCALING = {name: alarm for name, alarm in ALARMS.items() if not alarm.priority}
"""They ring on a healthy day, on purpose: each ring starts or ends a worker."""


@cache
def healthy_day():
    return days.healthy()


@cache
def history():
    return tuple(days.healthy_submits(seed) for seed in range(2, 8))


def rung(name, samples, minutes, alarm=None):
    return rings(alarm or ALARMS[name], samples, minutes, history())


@pytest.mark.parametrize("name", WATCHING)
def test_no_alarm_rings_on_a_healthy_day(name):
    assert rung(name, healthy_day(), days.DAY) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_rings_its_alarm_and_those_listed(name):
    samples, minutes = with_fault(healthy_day(), FAULTS[name])

    ringing = {other for other in WATCHING if rung(other, samples, minutes)}

    assert ringing == {name} | FAULTS[name].companions


@pytest.mark.parametrize("name", FAULTS)
def test_an_alarm_rings_in_time(name):
    samples, minutes = with_fault(healthy_day(), FAULTS[name])

    late_min = rung(name, samples, minutes)[0] + 1 - minutes.start

    assert late_min <= FAULTS[name].within_min


@pytest.mark.parametrize(("name", "change"), ALMOST)
def test_an_alarm_bears_what_is_almost_a_fault(name, change):
    samples, minutes = with_fault(healthy_day(), Fault(change, 0, lasts_min=120))

    assert rung(name, samples, minutes) == []


@pytest.mark.parametrize(("name", "change"), ANOTHER_WAY)
def test_an_alarm_rings_on_other_ways_into_its_fault(name, change):
    samples, minutes = with_fault(healthy_day(), Fault(change, 0, lasts_min=120))

    assert rung(name, samples, minutes) != []


@pytest.mark.parametrize(("name", "fault", "fewest"), [("jobs-failing", "ours", 20), ("input-failing", "caller", 5)])
def test_a_share_of_few_jobs_is_no_share(name, fault, fewest):
    """By night, when nothing else ends; five in a quarter of an hour are twenty in an hour."""
    few, enough = (
        with_fault(healthy_day(), Fault(jobs(fault, n, n), 0), days.MONDAY + 120) for n in (fewest - 1, fewest)
    )

    assert rung(name, *few) == []
    assert rung(name, *enough) != []


def test_the_night_may_have_open_jobs_until_its_deadline():
    faulty, small_hours = healthy_day().copy(), range(days.MONDAY, days.MONDAY + 6 * 60)

    faulty.hold(days.ours("NightlyOpenJobs"), small_hours, 40.0)

    assert rung("nightly-unfinished", faulty, small_hours) == []


def test_waiting_is_noticed_without_the_function_that_counts():
    faulty, minutes = with_fault(healthy_day(), FAULTS["backlog-silent"])
    faulty.hold(days.tasks("interactive", "Running"), minutes, 2.0)
    faulty.hold(days.queue("interactive", "Visible"), minutes, 90.0)

    crowded = rung("at-ceiling", faulty, minutes)
    faulty.hold(days.tasks("interactive", "Running"), minutes, 0.0)

    assert crowded != []
    assert rung("work-without-worker", faulty, minutes) != []


@pytest.mark.parametrize("name", FAULTS)
def test_an_alarm_with_an_absurd_threshold_stays_silent(name):
    samples, minutes = with_fault(healthy_day(), FAULTS[name])

    assert rung(name, samples, minutes, absurd(ALARMS[name])) == []


@pytest.mark.parametrize("name", WATCHING)
def test_an_alarm_with_a_jumpy_threshold_rings_on_a_healthy_day(name):
    assert rung(name, healthy_day(), days.DAY, jumpy(ALARMS[name])) != []


def test_every_alarm_has_a_fault_and_every_fault_an_alarm():
    assert set(FAULTS) == set(WATCHING)


@pytest.mark.parametrize(("name", "situation"), [(name, name.split("-")[1]) for name in SCALING])
def test_an_alarm_of_scaling_rings_when_its_step_is_due(name, situation):
    lane = name.split("-")[0]

    due, minutes = with_fault(healthy_day(), scaling(lane, situation))

    assert rung(name, due, minutes) != []


@pytest.mark.parametrize(("name", "situation"), [(name, name.split("-")[1]) for name in SCALING])
def test_an_alarm_of_scaling_rests_when_nothing_is_due(name, situation):
    lane = name.split("-")[0]

    quiet, minutes = with_fault(healthy_day(), scaling(lane, "burst" if situation == "idle" else "idle"))

    assert rung(name, quiet, minutes) == []


def test_scaling_wakes_bursts_and_rests_on_a_healthy_day():
    assert {name for name in SCALING if rung(name, healthy_day(), days.DAY)} >= {
        "interactive-wake", "interactive-burst", "interactive-idle", "batch-wake", "batch-idle",
    }  # fmt: skip


def test_a_rollout_stops_only_for_alarms_that_page():
    names = re.findall(r'ALARM\("callscribe-[a-z]+-([a-z-]+)"\)', EXTRACT["rules"]["callscribe-prod-degraded"])

    assert len(names) == 7
    assert {ALARMS[name].priority for name in names} == {"P1"}


def absurd(alarm):
    """Nothing reaches this bound, and silence is no reason."""
    bound = -1e12 if alarm.comparison.startswith("Less") else 1e12
    return _rebound(alarm, bound, 1e9, "notBreaching")


def jumpy(alarm):
    """Everything is beyond this bound."""
    bound = 1e12 if alarm.comparison.startswith("Less") else -1e12
    return _rebound(alarm, bound, -1e9, alarm.missing)


def _rebound(alarm, bound, width, missing):
    expressions = {
        id_: re.sub(r"(BAND\(\w+, ).*\)", rf"\g<1>{width})", text) for id_, text in alarm.expressions.items()
    }
    return replace(alarm, threshold=bound, expressions=expressions, missing=missing)
