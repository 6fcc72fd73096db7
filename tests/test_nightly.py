"""The night makes its batches: once, for each tenant on its own, with times that count from the run."""

import pytest
from batches import batch_in, completed, jobs_in, slow
from contract.caller import NOW, Caller
from fakes import MemoryWorld
from pydantic import ValidationError

from api.functions.nightly import run
from shared.batch import BatchStatus
from shared.ids import lowest_id
from shared.job import DAY_S, Key
from shared.protocol.intents import FindRows

TURBO = {"selector": {"status": "completed"}, "options": {"model": "large-v3-turbo"}}


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world)


def plan(*requests: dict, tenant: str = "sales") -> dict:
    return {"batches": [{"tenant": tenant, "request": request} for request in requests]}


def batches_of(world: MemoryWorld, tenant: str = "sales") -> list[str]:
    return [row.key.sk for row in world.perform(FindRows(None, Key.of_batch(tenant, "").pk)).rows]


def test_the_night_transcribes_old_calls_again(caller):
    old = completed(caller.world)

    made = run(plan(TURBO), caller.parts())

    (new,) = jobs_in(caller.world, made["batches"][0])
    assert (new.revision_of, new.options.model, new.lane) == (old.id, "large-v3-turbo", "batch")


def test_a_night_that_runs_twice_makes_one_batch(caller):
    completed(caller.world)
    first = run(plan({**TURBO, "deadline_hours": 8}), caller.parts())
    caller.clock[0] += 40

    again = run(plan({**TURBO, "deadline_hours": 8}), caller.parts())

    assert batches_of(caller.world) == first["batches"]
    assert again["batches"] == []


def test_an_equal_run_finds_its_batches(caller):
    first = run(plan(TURBO, TURBO), caller.parts())
    caller.clock[0] += 40

    assert run(plan(TURBO, TURBO), caller.parts()) == first
    assert len(batches_of(caller.world)) == 2


def test_the_next_night_makes_its_own_batch(caller):
    run(plan(TURBO), caller.parts())
    caller.clock[0] += DAY_S

    run(plan(TURBO), caller.parts())

    assert len(batches_of(caller.world)) == 2


def test_relative_times_count_from_the_run(caller):
    searches = []
    caller.world.before.append(lambda _, intent: searches.append(getattr(intent, "low", None)))

    made = run(plan({**TURBO, "created_after_days": 1, "deadline_hours": 8}), caller.parts())

    batch = batch_in(caller.world, made["batches"][0])
    assert {low for low in searches if low} == {lowest_id("job", 1_768_348_800.0)}  # 2026-01-14T00:00:00Z
    assert batch.deadline_at == pytest.approx(NOW + 8 * 3_600, abs=0.001)


def test_one_refused_batch_stops_no_other(caller):
    bad = {**TURBO, "options": {"model": "nobody-has-it"}}

    with pytest.raises(ExceptionGroup) as refused:
        run({"batches": plan(bad)["batches"] + plan(TURBO, tenant="support")["batches"]}, caller.parts())

    assert [error.code for error in refused.value.exceptions] == ["validation_failed"]
    assert (len(batches_of(caller.world)), len(batches_of(caller.world, "support"))) == (0, 1)


def test_a_plan_that_is_none_is_refused(caller):
    with pytest.raises(ValidationError):
        run({"batches": [{"request": TURBO}]}, caller.parts())


def test_a_plan_that_is_refused_is_not_quoted(caller):
    misplaced = {"batches": [{**plan(TURBO)["batches"][0], "reference": "crm-of-somebody"}]}

    with pytest.raises(ValidationError) as refused:
        run(misplaced, caller.parts())

    assert "crm-of-somebody" not in str(refused.value)


def test_a_night_without_a_plan_does_nothing(caller):
    assert run({"time": "2026-01-15T22:00:00Z"}, caller.parts()) == {"batches": []}


def test_what_the_night_did_is_told(caller, capfd):
    completed(caller.world)

    made = run(plan(TURBO), caller.parts())

    told = capfd.readouterr().err
    assert f"batch_id={made['batches'][0]}" in told
    assert "nightly_ran" in told
    assert "found=1 jobs=1 audio_s=14.0" in told


def test_a_night_prepares_what_time_allows(caller):
    for _ in range(60):
        completed(caller.world)
    caller.world.before.append(slow(caller, 0.05))

    made = run(plan(TURBO), caller.parts())

    batch = batch_in(caller.world, made["batches"][0])
    assert (batch.status, batch.made) == (BatchStatus.PREPARING, 40)
