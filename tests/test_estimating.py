"""What a caller is told of the queue: its place, its start, its end, and what the lanes hold."""

import dataclasses
from dataclasses import replace

import pytest
from contract.caller import NOW, Caller
from fakes import MemoryWorld
from fleet_of_calls import Fleet

from api import backlog
from api.functions.backlog import run
from shared.capacity import WorkerSign
from shared.errors.transient import StorageUnavailable
from shared.event import instant
from shared.job import DUE, Key, Lane
from shared.protocol.intents import FindRows


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world)


def send(caller: Caller, audio_s: float, **fields) -> str:
    """A queued job of that length; every job comes a second after the one before it."""
    caller.clock[0] += 1.0
    job_id = caller.submit_form(job=fields or None).json["id"]
    caller.world.rows[Key.of_job(caller.tenant, job_id)]["audio_s"] = audio_s
    return job_id


def become(caller: Caller, job_id: str, **fields) -> None:
    caller.world.rows[Key.of_job(caller.tenant, job_id)].update(fields)


def employ(caller: Caller, name: str = "one", **facts) -> None:
    """A worker without room for a second call that gives a sign of life now."""
    now = caller.clock[0]
    sign = {
        "id": name, "at": now, "lanes": ("interactive", "batch"), "held": {}, "rate": 10.0, "rtf": 0.1,
        "model": "callscribe-small", "model_sha256": "ab", "compute_type": "int8", "device": "cpu", "expires_at": now,
    }  # fmt: skip
    row = WorkerSign.model_validate({**sign, **facts}).model_dump(mode="json", exclude_none=True)
    caller.world.rows[Key.of_worker(name)] = row


def seen_place(caller: Caller, job_id: str) -> dict:
    return caller.get(f"/v1/jobs/{job_id}").json["queue"]


def place(caller: Caller, job_id: str) -> dict:
    """The place by a fresh count."""
    wait(caller)
    return seen_place(caller, job_id)


def wait(caller: Caller) -> None:
    """Let the count that came with the last submission grow too old."""
    caller.clock[0] += 6.0


def counts(world: MemoryWorld) -> list[int]:
    """Grows by one with every count of the backlog."""
    seen: list[int] = []
    world.before.append(lambda _, asked: isinstance(asked, FindRows) and asked.index is DUE and seen.append(1))
    return seen


def test_a_queued_job_knows_what_is_ahead(caller):
    send(caller, 120.0)
    employ(caller)

    last = send(caller, 60.0)

    queue = place(caller, last)

    start, end = instant(caller.clock[0] + 12.0), instant(caller.clock[0] + 18.0)
    assert queue == {"audio_s_ahead": 120.0, "estimated_start_at": start, "estimated_completion_at": end}


def test_a_place_falls_as_others_start(caller):
    jobs = [send(caller, 100.0) for _ in range(4)]
    employ(caller)
    places = []

    for number in range(3):
        employ(caller, held={jobs[number]: 100.0})
        become(caller, jobs[number], status="processing")
        places.append(place(caller, jobs[3])["audio_s_ahead"])
        become(caller, jobs[number], status="completed")

    assert places == [240.0, 140.0, 40.0]


def test_a_place_falls_between_two_counts(caller):
    send(caller, 120.0)
    employ(caller)
    last = send(caller, 60.0)
    place(caller, last)
    caller.clock[0] += 2.0

    assert seen_place(caller, last)["audio_s_ahead"] == 100.0


def test_nothing_is_estimated_without_a_worker(caller):
    send(caller, 100.0)

    queue = place(caller, send(caller, 60.0))

    assert queue == {"audio_s_ahead": 100.0, "estimated_start_at": None, "estimated_completion_at": None}


def test_nothing_is_estimated_before_a_rate_is_known(caller):
    employ(caller, rate=None, rtf=None)
    send(caller, 100.0)

    queue = place(caller, send(caller, 60.0))

    assert (queue["estimated_start_at"], queue["estimated_completion_at"]) == (None, None)


def test_a_job_that_is_not_queued_has_no_place(caller):
    job_id = send(caller, 60.0)

    become(caller, job_id, status="processing")

    assert place(caller, job_id) is None


def test_a_worker_counts_for_a_minute_only(caller):
    employ(caller)
    send(caller, 100.0)
    caller.clock[0] += 60.0

    assert caller.get("/v1/queue").json["workers"] == 0
    assert caller.get("/v1/queue").json["lanes"]["interactive"]["estimated_start_at"] is None


def test_an_estimate_that_moves_is_no_change_of_the_job(caller):
    job_id = send(caller, 60.0)
    etag = caller.get(f"/v1/jobs/{job_id}").headers["ETag"]
    employ(caller)
    caller.clock[0] += 10.0

    answer = caller.get(f"/v1/jobs/{job_id}", If_None_Match=etag)

    assert answer.status == 304


def test_a_job_is_shown_without_a_place_where_counting_fails(caller):
    job_id = send(caller, 60.0)

    def refuse(_, asked):
        if isinstance(asked, FindRows) and asked.index is DUE:
            raise StorageUnavailable

    caller.world.before.append(refuse)

    assert place(caller, job_id) is None


def test_a_long_poll_counts_once(caller):
    job_id = send(caller, 60.0)
    seen = counts(caller.world)

    caller.get(f"/v1/jobs/{job_id}?wait=20")

    assert len(seen) == 10


def test_two_processes_share_one_count(caller):
    job_id = send(caller, 60.0)
    place(caller, job_id)
    other = Caller(MemoryWorld(rows=caller.world.rows), clock=caller.clock, key=caller.key)
    seen = counts(other.world)

    queue = seen_place(other, job_id)

    assert queue["audio_s_ahead"] == 0.0
    assert seen == []


def test_a_count_is_used_for_five_seconds(caller):
    job_id = send(caller, 60.0)
    place(caller, job_id)
    seen = counts(caller.world)

    for _ in range(4):
        caller.clock[0] += 2.0
        seen_place(caller, job_id)

    assert len(seen) == 10


def test_a_long_count_is_used_for_longer(caller):
    counted = backlog.count(caller.parts()).model_copy(update={"live_by_tenant": {"sales": 100_000}})
    caller.world.rows[Key.of_backlog()] = counted.model_dump(mode="json", exclude_none=True)
    other = Caller(MemoryWorld(rows=caller.world.rows), clock=[NOW + 249.0], key=caller.key)

    seen = backlog.estimate(other.parts())

    assert seen.at == NOW


def test_a_count_from_a_fast_clock_is_not_kept(caller):
    send(caller, 60.0)
    ahead = backlog.count(caller.parts()).model_copy(update={"at": NOW + 3_600})
    caller.world.rows[Key.of_backlog()] = ahead.model_dump(mode="json", exclude_none=True)
    seen = counts(caller.world)

    backlog.read(Caller(MemoryWorld(rows=caller.world.rows, before=caller.world.before)).parts())

    assert len(seen) == 10


def test_the_queue_counts_live_jobs_only(caller):
    jobs = [send(caller, 60.0) for _ in range(4)]
    become(caller, jobs[0], status="completed")
    become(caller, jobs[1], status="processing")
    become(caller, jobs[2], status="awaiting_upload")
    send(caller, 30.0, lane="batch")
    wait(caller)

    lanes = caller.get("/v1/queue").json["lanes"]

    assert (lanes["interactive"]["jobs"], lanes["interactive"]["audio_s"], lanes["interactive"]["processing"]) == (
        1, 60.0, 1,
    )  # fmt: skip
    assert (lanes["batch"]["jobs"], lanes["batch"]["audio_s"]) == (1, 30.0)


def test_the_queue_tells_the_oldest_age(caller):
    send(caller, 60.0)
    send(caller, 60.0)
    caller.clock[0] += 40.0

    assert caller.get("/v1/queue").json["lanes"]["interactive"]["oldest_age_s"] == 41.0


def test_a_job_sent_to_a_free_worker_starts_now(caller):
    employ(caller, rate=None, rtf=None)

    queue = caller.get("/v1/queue").json

    assert queue["lanes"]["interactive"]["estimated_start_at"] == queue["as_of"]


def test_the_night_waits_behind_the_day(caller):
    employ(caller)
    send(caller, 100.0)
    send(caller, 50.0, lane="batch")
    wait(caller)

    lanes = caller.get("/v1/queue").json["lanes"]

    assert lanes["interactive"]["estimated_start_at"] == instant(caller.clock[0] + 10.0)
    assert lanes["batch"]["estimated_start_at"] == instant(caller.clock[0] + 15.0)


def test_live_jobs_are_counted_by_tenant(caller):
    send(caller, 60.0)
    become(caller, send(caller, 60.0), status="failed")
    caller.submit()
    stranger = Caller(caller.world, tenant="support", clock=caller.clock)
    send(stranger, 60.0)
    wait(caller)

    counted = [backlog.live_jobs(tenant, 20_000, caller.parts()) for tenant in ("sales", "support", "nobody")]

    assert counted == [2, 1, 0]


def test_live_jobs_near_the_limit_are_counted_often(caller):
    send(caller, 60.0)
    wait(caller)
    backlog.live_jobs("sales", 10, caller.parts())
    caller.submit()
    caller.clock[0] += 0.6
    parts = caller.parts()
    usual = dataclasses.replace(parts, settings=parts.settings.model_copy(update={"submits_per_s": 50.0}))

    assert backlog.live_jobs("sales", 20_000, usual) == 1
    assert backlog.live_jobs("sales", 10, usual) == 2


class ShortAnswers(MemoryWorld):
    """A world that never answers with more than four rows."""

    def _FindRows(self, intent):
        return super()._FindRows(replace(intent, limit=4))


@pytest.mark.parametrize(("due_together", "found"), [(1, 30), (3, 30), (5, 24)])
def test_jobs_are_found_over_many_answers(due_together, found):
    caller = Caller(ShortAnswers())
    for number in range(30):
        become(caller, send(caller, 60.0), check_shard="0", next_check_at=NOW + number // due_together)

    assert backlog.count(caller.parts()).lanes[Lane.INTERACTIVE].queued == found


def test_the_minute_tells_what_is_still_to_be_heard(caller):
    send(caller, 60.0)
    become(caller, send(caller, 40.0), status="processing")

    told = run(caller.parts())

    assert told == {"interactive": 100.0, "batch": 0.0}


def test_a_model_is_described_by_those_who_run_it(caller):
    employ(caller, wer={"en": 0.037})
    employ(caller, "two", rate=30.0, rtf=0.3)

    default, turbo = caller.get("/v1/models").json["data"]

    assert (default["sha256"], default["compute_type"], default["rtf"]) == ("ab", "int8", 0.2)
    assert (turbo["name"], turbo["sha256"], turbo["wer"]) == ("large-v3-turbo", None, None)


def test_a_model_that_nobody_runs_is_not_measured(caller):
    default = caller.get("/v1/models").json["data"][0]

    assert (default["sha256"], default["wer"], default["rtf"]) == (None, None, None)


def missed_s(calls) -> list[tuple[float, float]]:
    """Of each call that was told its wait: by how much it came otherwise, and the wait itself, in seconds."""
    told = [call for call in calls if call.estimated_wait_s is not None]
    assert len(told) > 0.95 * len(calls) > 200
    return [(abs(call.estimated_wait_s - call.wait_s), call.wait_s) for call in told]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_nine_waits_of_ten_come_within_a_quarter(workers):
    calls = Fleet(seed=workers, workers=workers, load=0.7, hours=1).run()

    misses = sorted(off_s / max(wait_s, 10.0) for off_s, wait_s in missed_s(calls))

    assert misses[int(0.9 * len(misses))] < 0.25


def test_short_waits_come_within_seconds():
    calls = Fleet(seed=2, workers=2, load=0.5, hours=1).run()

    misses_s = sorted(off_s for off_s, _ in missed_s(calls))

    assert misses_s[int(0.9 * len(misses_s))] < 5.0


def test_a_count_that_takes_long_is_not_repeated_at_once(caller):
    send(caller, 60.0)
    counted = []

    def drag(_world, intent):
        if isinstance(intent, FindRows) and intent.index is DUE:
            counted.append(intent)
            caller.clock[0] += 1.0

    caller.world.before.append(drag)
    backlog.count(caller.parts())
    first = len(counted)
    caller.clock[0] += 30.0

    backlog.live_jobs("sales", 2, caller.parts())
    then = len(counted)
    caller.clock[0] += 30.0
    backlog.live_jobs("sales", 2, caller.parts())

    assert (then, len(counted)) == (first, 2 * first)
