"""The canary: a known call through the public contract, judged by words and by time, without holding a worker awake."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from client_world import EXAMPLE, NOW, Wire, once
from fakes import BUCKET

from api.functions.canary import CALL, LIMIT_S, SLOT_S, Asked, run
from shared.capacity.hours import OfficeHours

SAID = json.loads(CALL.with_suffix(".json").read_text("utf-8"))["channels"][0]["text"]
BROKEN = {"code": "engine_failed", "message": "The engine failed.", "retryable": True, "attempt": 1}
OFFICE = {"open": "07:45", "close": "19:30", "days": "MON-FRI", "timezone": "Europe/Paris"}
"""The clock of the memory world stands at 10:00 UTC on a Thursday."""
DOWN = httpx.Response(503, json={"code": "unavailable", "detail": "Not now."})


@dataclass
class Told:
    """Keeps the facts that it is told."""

    facts: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, name: str, **fields: Any) -> None:
        assert name == "canary_ran"
        self.facts.append(fields)

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        return [(fact["kind"], fact.get("code") or fact["outcome"]) for fact in self.facts]


class Birds:
    """A canary in the memory world; what a worker would do is done by `sing`."""

    def __init__(self) -> None:
        self.wire = Wire()
        self.told = Told()

    def run(self, total_s: float = 60.0, **event: Any) -> dict[str, Any]:
        parts = replace(self.wire.caller.parts(), observer=self.told)
        return run(Asked.model_validate(event), self.wire.client(total_s), parts, watch_s=0)

    def next_quarter(self) -> None:
        self.wire.caller.clock[0] = NOW + SLOT_S

    def sing(self, text: str, after_s: float = 40.0) -> None:
        self.wire.complete_all()
        for job in self.jobs:
            document = json.dumps({**json.loads(EXAMPLE), "text": text}).encode()
            self.wire.caller.world.store.put(BUCKET, job["result"]["key"], document)
            job["completed_at"] = job["created_at"] + after_s

    @property
    def jobs(self) -> list[dict[str, Any]]:
        return [row for key, row in self.wire.caller.world.rows.items() if key.sk == "JOB"]


@pytest.fixture
def birds() -> Birds:
    return Birds()


def test_a_full_run_hands_in_and_does_not_wait(birds):
    answer = birds.run(office_hours=OFFICE)

    assert [job["status"] for job in birds.jobs] == ["queued"]
    assert (answer["verdicts"], birds.told.facts) == ([], [])


def test_the_next_quarter_judges_the_call_before(birds):
    birds.run(office_hours=OFFICE)
    birds.sing(SAID)
    birds.next_quarter()

    birds.run(office_hours=OFFICE)

    (fact,) = birds.told.facts
    assert (fact["outcome"], fact["wer"], fact["elapsed_s"]) == ("passed", 0.0, 40.0)


def test_a_run_that_is_repeated_hands_in_one_call(birds):
    birds.run(office_hours=OFFICE)

    birds.run(office_hours=OFFICE)

    assert len(birds.jobs) == 1


def test_wrong_words_are_a_failure(birds):
    birds.run(office_hours=OFFICE)
    birds.sing(" ".join(SAID.split()[::2]))
    birds.next_quarter()

    birds.run()

    assert birds.told.outcomes[0] == ("call", "canary_inaccurate")
    assert birds.told.facts[0]["wer"] == pytest.approx(0.5, abs=0.05)


def test_right_words_too_late_are_a_failure(birds):
    birds.run(office_hours=OFFICE)
    birds.sing(SAID, after_s=LIMIT_S + 1)
    birds.next_quarter()

    birds.run()

    assert birds.told.outcomes == [("call", "canary_late"), ("knock", "passed")]


def test_a_call_without_end_is_late(birds):
    birds.run(office_hours=OFFICE)
    birds.next_quarter()

    birds.run(office_hours=OFFICE)

    assert birds.told.outcomes == [("call", "canary_late")]
    assert birds.told.facts[0]["elapsed_s"] == pytest.approx(SLOT_S, abs=5)


def test_a_failed_call_tells_its_code(birds):
    birds.run(office_hours=OFFICE)
    birds.wire.become(birds.jobs[0]["id"], status="failed", error=BROKEN)
    birds.next_quarter()

    birds.run(office_hours=OFFICE)

    assert (birds.told.facts[0]["outcome"], birds.told.facts[0]["code"]) == ("failed", "engine_failed")


@pytest.mark.parametrize("event", [{}, {"office_hours": {**OFFICE, "days": "SAT-SUN"}}])
def test_out_of_hours_a_call_is_taken_back(birds, event):
    birds.run(**event)

    assert [job["status"] for job in birds.jobs] == ["canceled"]
    assert birds.told.outcomes == [("knock", "passed")]


def test_a_knock_is_not_judged_as_a_call(birds):
    birds.run()
    birds.next_quarter()

    birds.run()

    assert birds.told.outcomes == [("knock", "passed"), ("knock", "passed")]


def test_a_service_that_refuses_is_a_failure(birds):
    birds.wire.before.append(lambda _: DOWN)

    birds.run(total_s=1.0, office_hours=OFFICE)

    assert (birds.told.facts[0]["outcome"], birds.told.facts[0]["code"]) == ("failed", "unavailable")


def test_one_refusal_in_passing_is_no_failure(birds):
    birds.wire.before.append(once(DOWN))

    birds.run()

    assert birds.told.outcomes == [("knock", "passed")]


def test_a_deployment_is_told_to_wait(birds):
    answer = birds.run(deploy="abc-1")

    assert [verdict["outcome"] for verdict in answer["verdicts"]] == ["waiting"]
    assert birds.told.facts == []


def test_a_deployment_waits_for_one_call(birds):
    birds.run(deploy="abc-1")
    birds.sing(SAID)

    answer = birds.run(deploy="abc-1")

    assert [verdict["outcome"] for verdict in answer["verdicts"]] == ["passed"]
    assert (len(birds.jobs), birds.told.outcomes) == (1, [("deploy", "passed")])


def test_each_deployment_has_a_call_of_its_own(birds):
    birds.run(deploy="abc-1")

    birds.run(deploy="abc-2")

    assert len(birds.jobs) == 2


def test_what_a_canary_leaves_goes_after_a_day(birds):
    birds.run(office_hours=OFFICE)

    (job,) = birds.jobs
    assert (job["retention"]["audio_days"], job["retention"]["transcript_days"]) == (1, 1)


@pytest.mark.parametrize(
    ("moment", "days", "is_open"),
    [
        ("2026-07-13T07:45", "MON-FRI", True),
        ("2026-07-13T07:44", "MON-FRI", False),
        ("2026-07-13T19:29", "MON-FRI", True),
        ("2026-07-13T19:30", "MON-FRI", False),
        ("2026-07-12T12:00", "MON-FRI", False),
        ("2026-07-12T12:00", "SAT-MON", True),
        ("2026-07-15T12:00", "MON,WED", True),
        ("2026-07-14T12:00", "MON,WED", False),
    ],
)
def test_office_hours_hold_in_their_own_zone(moment, days, is_open):
    hours = OfficeHours.model_validate({**OFFICE, "days": days})

    assert hours.hold(datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Europe/Paris")).timestamp()) is is_open
