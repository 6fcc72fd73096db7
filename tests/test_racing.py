"""The pure parts of `make races`: the schedule, and a judge that must be able to condemn. No stack is started here."""

import json

import pytest
from races.checks.inside import Seen, Version
from races.checks.verdicts import judge_erased, judge_heard, judge_race
from races.front import Answer
from races.racing import Raced
from races.receiver import Heard
from races.schedule import KINDS, Race, Step, schedule

from shared.ids import event_id

JOB, CANARY = "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A", "canary-1-000001"
TRANSCRIPT = Version(f"transcripts/local/{JOB}/r1.json", '"e1"')


def raced(kind, *statuses, outcome):
    """A race whose strikes were answered with `statuses`, one after the other."""
    left = iter(statuses)
    steps = tuple(Step(actions, 0.0) for actions in KINDS[kind])
    answers = tuple(tuple(Answer(next(left), {"id": "era_1"}) for _ in step.actions) for step in steps)
    last = Answer(410, {}) if outcome == "erased" else Answer(200, {"status": outcome})
    return Raced(Race(kind, CANARY, b"", steps), JOB, Answer(202, {"id": JOB}), answers, last)


def seen(*types, versions=(TRANSCRIPT,), canaries=(), **row):
    """A table with the row of the job, whose events were of these types, and a bucket."""
    outbox = {
        str(n): {"type": f"job.{kind}", "id": event_id(JOB, n), "state": "published"} for n, kind in enumerate(types, 1)
    }
    whole = {"status": types[-1], "sequence": len(types), "outbox": outbox, "result": {"etag": '"e1"'}, **row}
    return Seen({JOB: whole}, {CANARY: list(canaries)}, {JOB: list(versions)})


def heard(number, event="", **data):
    body = json.dumps({"sequence": number, "data": {"job_id": JOB, **data}}).encode()
    return Heard(event or event_id(JOB, number), body, is_genuine=True, at=0.0)


def test_a_seed_makes_the_same_races():
    assert list(schedule(24, 7)) == list(schedule(30, 7))[:24]


def test_another_seed_makes_other_races():
    assert list(schedule(24, 7)) != list(schedule(24, 8))


@pytest.mark.parametrize(
    ("race", "look"),
    [
        (raced("cancel", 200, outcome="canceled"), seen("canceled")),
        (raced("cancel", 409, outcome="completed"), seen("completed")),
        (raced("cancel twice at once", 200, 200, outcome="canceled"), seen("canceled")),
        (raced("cancel, retry", 200, 202, outcome="completed"), seen("canceled", "completed")),
        (
            raced("end, erase", 200, 202, outcome="erased"),
            seen("completed", "erased", versions=(), status="completed", tombstone={"reason": "erased"}),
        ),
    ],
)
def test_what_was_promised_and_is_so_is_no_breach(race, look):
    assert judge_race(race, look) + judge_erased([race], look) == []


@pytest.mark.parametrize(
    ("race", "look"),
    [
        (raced("cancel", 200, outcome="completed"), seen("canceled")),
        (raced("cancel", 200, outcome="canceled"), seen("completed")),
        (raced("cancel", 200, outcome="canceled"), seen("canceled", "canceled")),
        (raced("cancel", 500, outcome="completed"), seen("completed")),
        (raced("cancel", 409, outcome="completed"), seen("completed", versions=(TRANSCRIPT, TRANSCRIPT))),
        (raced("cancel", 409, outcome="completed"), seen("completed", result={"etag": "another"})),
        (raced("cancel", 409, outcome="completed"), seen("completed", sequence=2)),
        (raced("cancel, retry twice at once", 200, 202, 202, outcome="completed"), seen("canceled", "completed")),
    ],
)
def test_what_was_promised_and_is_not_is_a_breach(race, look):
    assert judge_race(race, look) != []


@pytest.mark.parametrize("left", [{"versions": (TRANSCRIPT,)}, {"canaries": ("T#local#W#whk_1 dlv_1",)}])
def test_whatever_is_left_of_an_erased_job_is_named(left):
    look = seen("erased", **{"versions": (), **left})

    assert [one.subject for one in judge_erased([raced("erase", 202, outcome="erased")], look)] == [JOB]


def test_an_event_that_nobody_heard_is_named():
    race, log = raced("cancel", 200, outcome="canceled"), [{"event_id": event_id(JOB, 1), "status": "delivered"}]

    assert judge_heard([race], seen("canceled"), [heard(1)], log) == []
    assert judge_heard([race], seen("canceled"), [], log) != []
    assert judge_heard([race], seen("canceled"), [heard(1)], []) != []


@pytest.mark.parametrize("second", [heard(1, event="evt_2"), heard(1, note="other words")])
def test_a_fact_that_is_told_in_two_ways_is_named(second):
    assert judge_heard([], seen("canceled"), [heard(1), second], []) != []
