"""Many calls at once: items are checked, jobs are made in slices, the batch is counted, told, or called off."""

import itertools
import json

import pytest
from batches import BASE_URL, batch_in, completed, end, failed, interleave, jobs_in, kill_at, settle, slow
from contract.caller import NOW, Caller
from fakes import MemoryWorld

from shared.batch import BatchStatus
from shared.errors.transient import StorageUnavailable
from shared.ids import new_id
from shared.job import TOMBSTONE_S, Key, Lane, Status
from shared.protocol.batching import advance
from shared.protocol.batching.preparing import SLICE
from shared.protocol.drive import drive
from shared.protocol.intents import FindRows

CALLS = "sales-calls-eu"


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world)


def put_calls(world: MemoryWorld, number: int) -> list[dict]:
    for index in range(number):
        world.store.put(CALLS, f"call-{index}.wav", b"audio")
    return [{"s3_uri": f"s3://{CALLS}/call-{index}.wav"} for index in range(number)]


def make(caller: Caller, number: int = 3, **fields) -> dict:
    return caller.post("/v1/batches", {"items": put_calls(caller.world, number), **fields}).json


def traces(world: MemoryWorld) -> list[Key]:
    """Keys of batches, jobs and used idempotency keys."""
    return [key for key in world.rows if any(part in key.pk for part in ("#BATCHES", "#I#", "#J#"))]


def test_new_calls_are_queued_in_the_batch_lane(caller):
    answer = caller.post("/v1/batches", {"items": put_calls(caller.world, 3), "reference": "night"})

    assert (answer.status, answer.json["status"], answer.json["lane"]) == (202, "running", "batch")
    assert answer.headers["Location"] == f"/v1/batches/{answer.json['id']}"
    assert answer.json["counts"] == {
        "total": 3, "queued": 3, "processing": 0, "completed": 0, "failed": 0, "canceled": 0
    }  # fmt: skip


def test_a_new_call_is_a_job_as_any_other(caller):
    items = put_calls(caller.world, 1)
    options = {"language": "de", "channels": {"mode": "separate"}}
    wishes = {"options": options, "retention": {"audio_days": 2}, "deadline_at": "2026-01-16T05:00:00Z"}

    made = caller.post("/v1/batches", {"items": [{**items[0], "reference": "crm-1", "subject_ref": "p1"}], **wishes})

    (job,) = jobs_in(caller.world, made.json["id"])
    assert (job.status, job.lane, job.reference, job.audio.size_bytes) == (Status.QUEUED, Lane.BATCH, "crm-1", 5)
    assert (job.options.language, job.options.channels.mode, job.options.model) == ("de", "separate", "default")
    assert (job.retention.audio_days, job.deadline_at, len(job.subject_hmac)) == (2, 1_768_539_600.0, 64)


def test_bad_items_are_named_and_the_others_made(caller):
    caller.world.store.put(CALLS, "empty.wav", b"")
    caller.world.store.denied_buckets.add("locked")
    live = caller.submit().json["id"]
    bad = [
        {"s3_uri": "s3://elsewhere/call.wav"},
        {"s3_uri": f"s3://{CALLS}/gone.wav"},
        {"s3_uri": f"s3://{CALLS}/empty.wav"},
        {"job_id": "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A"},
        {"job_id": "no id"},
        {"job_id": live},
    ]

    answer = caller.post("/v1/batches", {"items": [*bad, *put_calls(caller.world, 1)]})

    codes = ["bucket_not_allowed", "audio_not_found", "empty_file", "not_found", "not_found", "state_conflict"]
    assert [(one["index"], one["code"]) for one in answer.json["rejected"]] == list(enumerate(codes))
    assert answer.json["counts"]["total"] == 1


def test_a_batch_of_bad_items_is_refused(caller):
    answer = caller.post("/v1/batches", {"items": [{"s3_uri": "s3://elsewhere/a"}] * 40}, Idempotency_Key="n1")

    assert (answer.status, answer.code, len(answer.json["errors"])) == (422, "validation_failed", 32)
    assert answer.fields["/items/0"] == "not_allowed"
    assert traces(caller.world) == []


def test_a_bucket_that_denies_is_told(caller):
    caller.world.store.denied_buckets.add(CALLS)

    answer = caller.post("/v1/batches", {"items": [{"s3_uri": f"s3://{CALLS}/a.wav"}]})

    assert "audio_access_denied" in answer.text


def test_neither_items_nor_selector_is_refused(caller):
    answers = [caller.post("/v1/batches", body) for body in ({}, {"items": [], "dry_run": True}, {"selector": 1})]

    assert [answer.status for answer in answers] == [422] * 3


def test_an_equal_request_finds_its_batch(caller):
    items = put_calls(caller.world, 2)
    first = caller.post("/v1/batches", {"items": items}, Idempotency_Key="n1")
    caller.world.store.objects.clear()

    again = caller.post("/v1/batches", {"items": items}, Idempotency_Key="n1")
    other = caller.post("/v1/batches", {"items": items, "reference": "x"}, Idempotency_Key="n1")

    assert (again.status, again.json["id"], again.headers["Idempotency-Replayed"]) == (202, first.json["id"], "true")
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert len(jobs_in(caller.world, first.json["id"])) == 2


def test_a_preview_uses_up_no_key(caller):
    body = {"items": put_calls(caller.world, 2)}

    shown = caller.post("/v1/batches", {**body, "dry_run": True}, Idempotency_Key="n1")

    assert (shown.status, shown.json["object"], shown.json["jobs"]) == (200, "batch_preview", 2)
    assert traces(caller.world) == []
    assert caller.post("/v1/batches", body, Idempotency_Key="n1").status == 202


def test_a_preview_does_not_mind_a_used_key(caller):
    body = {"items": put_calls(caller.world, 2)}
    caller.post("/v1/batches", body, Idempotency_Key="n1")

    shown = caller.post("/v1/batches", {**body, "dry_run": True}, Idempotency_Key="n1")

    assert (shown.status, shown.json["matched"]) == (200, 2)


def test_a_large_batch_is_made_in_slices(caller):
    made = make(caller, 130)

    batch = batch_in(caller.world, made["id"])
    assert (made["status"], made["counts"]["total"], batch.slices) == ("running", 130, 4)
    assert len(jobs_in(caller.world, made["id"])) == len({ring.job_id for ring in caller.world.rung}) == 130


def test_a_slow_store_leaves_slices_to_the_reconciler(caller):
    caller.world.before.append(slow(caller, 0.1))

    made = make(caller, 130)

    batch = batch_in(caller.world, made["id"])
    assert (made["status"], batch.made, batch.next_check_at is not None) == ("preparing", 40, True)
    assert settle(caller.world, batch, caller.clock[0] + 100).made == 130


def test_a_kill_anywhere_makes_each_job_once():
    kills = 0
    for point in itertools.count(1):
        caller = Caller()
        was_killed = kill_at(caller, point, lambda caller: make(caller, 3))

        found = caller.world.perform(FindRows(None, Key.of_batch("sales", "").pk)).rows

        for row in found:
            done = settle(caller.world, batch_in(caller.world, row.key.sk), NOW + 61)
            assert (done.status, done.made, done.skipped) == (BatchStatus.RUNNING, 3, {})
            assert [job.status for job in jobs_in(caller.world, done.id)] == [Status.QUEUED] * 3
        kills += was_killed
        if not was_killed:
            break
    assert kills > 30


def test_two_processes_make_each_job_once(caller):
    caller.world.before.append(fail_on("ReadObject"))
    made = make(caller, 4)
    caller.world.before.clear()
    batch = batch_in(caller.world, made["id"])

    runs = [advance(batch.row_key, NOW + 61, BASE_URL), advance(batch.row_key, NOW + 122, BASE_URL)]
    interleave(runs, caller.world)

    after = batch_in(caller.world, made["id"])
    assert (after.status, after.made, len(jobs_in(caller.world, made["id"]))) == (BatchStatus.RUNNING, 4, 4)


def fail_on(name: str):
    def hook(_, intent):
        if type(intent).__name__ == name:
            raise StorageUnavailable

    return hook


def test_a_batch_completes_when_all_jobs_have_ended(caller):
    made = make(caller, 2, reference="night")
    batch = batch_in(caller.world, made["id"])
    first, second = jobs_in(caller.world, made["id"])
    end(caller.world, first)
    early = drive(advance(batch.row_key, NOW + 60, BASE_URL), caller.world)
    end(caller.world, second)

    drive(advance(batch.row_key, NOW + 120, BASE_URL), caller.world)

    shown = caller.get(f"/v1/batches/{batch.id}").json
    assert (early.status, early.next_check_at) == (BatchStatus.RUNNING, NOW + 120)
    assert (shown["status"], shown["completed_at"], shown["counts"]["completed"]) == (
        "completed", "2026-01-15T10:02:02.114Z", 2
    )  # fmt: skip


def test_the_end_is_told_once_with_its_counts(caller):
    made = make(caller, 1, reference="night")
    batch = batch_in(caller.world, made["id"])
    end(caller.world, jobs_in(caller.world, made["id"])[0])
    caller.world.published.clear()

    for later in (120, 180, 240):
        drive(advance(batch.row_key, NOW + later, BASE_URL), caller.world)

    (told,) = caller.world.published
    event = json.loads(told.body)
    assert (event["type"], event["data"]["batch_id"], event["data"]["counts"]["completed"]) == (
        "batch.completed", made["id"], 1
    )  # fmt: skip
    assert told.attributes == {
        "type": "batch.completed", "tenant": "sales", "batch_id": made["id"], "reference": "night"
    }  # fmt: skip
    assert batch_in(caller.world, made["id"]).check_shard is None


def test_an_event_that_is_refused_keeps_its_id(caller):
    made = make(caller, 1)
    batch = batch_in(caller.world, made["id"])
    end(caller.world, jobs_in(caller.world, made["id"])[0])
    caller.world.refuses_events = True
    waiting = drive(advance(batch.row_key, NOW + 120, BASE_URL), caller.world)
    caller.world.refuses_events = False

    told = drive(advance(batch.row_key, NOW + 180, BASE_URL), caller.world)

    assert (waiting.event.state, waiting.next_check_at) == ("pending", NOW + 180)
    assert (told.event.state, json.loads(caller.world.published[-1].body)["id"]) == ("published", waiting.event.id)


def test_a_canceled_batch_cancels_its_jobs(caller):
    made = make(caller, 3)
    done = end(caller.world, jobs_in(caller.world, made["id"])[0])

    answer = caller.post(f"/v1/batches/{made['id']}/cancel")

    assert (answer.status, answer.json["status"], answer.json["counts"]["canceled"]) == (200, "canceled", 2)
    assert caller.job(done.id).status is Status.COMPLETED
    assert caller.post(f"/v1/batches/{made['id']}/cancel").json["status"] == "canceled"


def test_a_canceled_batch_makes_no_more_jobs(caller):
    caller.world.before.append(slow(caller, 0.1))
    made = make(caller, 60)
    caller.world.before.clear()

    caller.post(f"/v1/batches/{made['id']}/cancel")

    batch = settle(caller.world, batch_in(caller.world, made["id"]), caller.clock[0] + 200)
    assert {job.status for job in jobs_in(caller.world, made["id"])} == {Status.CANCELED}
    assert (len(jobs_in(caller.world, made["id"])), batch.check_shard, batch.counts["canceled"]) == (40, None, 40)
    assert not [each for each in caller.world.published if "batch." in each.body]


def test_a_canceled_batch_waits_for_jobs_being_made(caller):
    made = make(caller, 1)
    caller.post(f"/v1/batches/{made['id']}/cancel")
    key = batch_in(caller.world, made["id"]).row_key

    early, late = (drive(advance(key, NOW + after_s, BASE_URL), caller.world) for after_s in (60, 121))

    assert (early.next_check_at, late.next_check_at) == (NOW + 120, None)


def test_cancel_in_the_middle_of_a_slice_stops_it(caller):
    items = put_calls(caller.world, 3)
    heads = []

    def cancel_at_the_second(world, intent):
        heads.append(intent)
        if [type(one).__name__ for one in heads].count("Ring") == 1 and type(intent).__name__ == "Ring":
            world.before.clear()
            (row,) = world.perform(FindRows(None, Key.of_batch("sales", "").pk)).rows
            caller.post(f"/v1/batches/{row.key.sk}/cancel")

    caller.world.before.append(cancel_at_the_second)

    made = caller.post("/v1/batches", {"items": items}).json

    assert made["status"] == "canceled"
    assert [job.status for job in jobs_in(caller.world, made["id"])] == [Status.CANCELED]


def test_a_completed_batch_cannot_be_canceled(caller):
    made = make(caller, 1)
    end(caller.world, jobs_in(caller.world, made["id"])[0])
    drive(advance(batch_in(caller.world, made["id"]).row_key, NOW + 60, BASE_URL), caller.world)

    answer = caller.post(f"/v1/batches/{made['id']}/cancel")

    assert (answer.status, answer.code) == (409, "state_conflict")


def test_batches_are_listed_newest_first(caller):
    made = []
    for _ in range(3):
        made.append(make(caller, 1)["id"])
        caller.clock[0] += 1

    first = caller.get("/v1/batches?limit=2").json
    rest = caller.get(f"/v1/batches?limit=2&cursor={first['next_cursor']}").json

    assert [one["id"] for one in first["data"] + rest["data"]] == made[::-1]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert caller.get("/v1/batches?status=completed").json["data"] == []


def test_the_batch_of_another_tenant_is_unknown(caller):
    made = make(caller, 1)
    other = Caller(caller.world, tenant="support")

    answers = [other.get(f"/v1/batches/{made['id']}"), other.post(f"/v1/batches/{made['id']}/cancel")]

    assert [(answer.status, answer.code) for answer in answers] == [(404, "not_found")] * 2
    assert other.get("/v1/batches").json["data"] == []


def test_the_job_of_another_tenant_is_no_item(caller):
    job = completed(caller.world)
    other = Caller(caller.world, tenant="support")

    answer = other.post("/v1/batches", {"items": [{"job_id": job.id}]})

    assert (answer.status, "not_found" in answer.text) == (422, True)


def begun(caller: Caller, **fields) -> str:
    """A batch of which only the first slice is made."""
    caller.world.before.append(slow(caller, 0.1))
    made = make(caller, SLICE + 2, **fields)
    caller.world.before.clear()
    assert made["status"] == "preparing"
    return made["id"]


def test_items_go_once_all_jobs_are_made(caller):
    batch = batch_in(caller.world, begun(caller))
    kept = ("calls", batch.items_key) in caller.world.store.objects

    after = settle(caller.world, batch, caller.clock[0])

    assert (after.status, len(jobs_in(caller.world, batch.id))) == (BatchStatus.RUNNING, SLICE + 2)
    assert (kept, ("calls", batch.items_key) in caller.world.store.objects) == (True, False)


def test_items_that_a_lost_process_left_go_at_the_next_look(caller):
    batch = batch_in(caller.world, make(caller, 1)["id"])
    caller.world.store.put("calls", batch.items_key, b"{}")

    looked = drive(advance(batch.row_key, NOW + 60, BASE_URL), caller.world)

    assert looked.status is BatchStatus.RUNNING
    assert ("calls", batch.items_key) not in caller.world.store.objects


def test_all_jobs_are_born_with_their_batch(caller):
    batch = batch_in(caller.world, make(caller, 60)["id"])

    jobs = jobs_in(caller.world, batch.id)

    assert {job.id[:14] for job in jobs} == {batch.id.replace("bat_", "job_")[:14]}
    assert [job.audio.key for job in jobs] == [f"call-{index}.wav" for index in range(60)]
    assert {job.created_at for job in jobs} == {batch.created_at}


@pytest.mark.parametrize("scope", [{"reference": "crm-1"}, {"subject_ref": "p1"}, {"batch_id": None}])
def test_a_call_that_was_erased_meanwhile_is_left_out(caller, scope):
    caller.world.before.append(slow(caller, 0.1))
    items = [
        *put_calls(caller.world, SLICE),
        {**put_calls(caller.world, 1)[0], "reference": "crm-1", "subject_ref": "p1"},
    ]
    made = caller.post("/v1/batches", {"items": items}).json
    caller.world.before.clear()
    caller.post("/v1/erasures", {name: value or made["id"] for name, value in scope.items()})

    settle(caller.world, batch_in(caller.world, made["id"]), caller.clock[0])

    shown = caller.get(f"/v1/batches/{made['id']}").json
    assert (shown["skipped"], shown["counts"]["total"]) == ({"erased": 1}, SLICE)


def test_an_earlier_erasure_leaves_nothing_out(caller):
    caller.post("/v1/erasures", {"reference": "crm-1"})
    caller.clock[0] += 1

    made = caller.post("/v1/batches", {"items": [{**put_calls(caller.world, 1)[0], "reference": "crm-1"}]}).json

    assert (made["skipped"], made["counts"]["total"]) == ({}, 1)


def test_a_choice_goes_once_all_jobs_are_made(caller):
    completed(caller.world, reference="crm-1")

    made = caller.post("/v1/batches", {"selector": {"reference": "crm-1"}, "options": {"language": "de"}}).json

    batch = batch_in(caller.world, made["id"])
    assert (batch.status, batch.made, batch.choice) == (BatchStatus.RUNNING, 1, None)


@pytest.mark.parametrize("is_canceled", [False, True])
def test_a_batch_that_rests_is_forgotten_in_a_year(caller, is_canceled):
    made = make(caller, 1, reference="night")
    caller.post(f"/v1/batches/{made['id']}/cancel") if is_canceled else end(
        caller.world, jobs_in(caller.world, made["id"])[0]
    )
    for later in (130, 190):
        drive(advance(Key.of_batch("sales", made["id"]), NOW + later, BASE_URL), caller.world)

    shown = caller.get(f"/v1/batches/{made['id']}")

    batch = batch_in(caller.world, made["id"])
    assert (batch.choice, batch.next_check_at) == (None, None)
    assert NOW + TOMBSTONE_S < batch.expires_at < NOW + TOMBSTONE_S + 200
    assert (shown.status, shown.json["reference"], shown.json["counts"]["total"]) == (200, "night", 1)


def test_a_failed_job_ends_its_batch_too(caller):
    old = failed(caller.world)
    made = caller.post("/v1/batches", {"items": [{"job_id": old.id}]}).json
    (job,) = jobs_in(caller.world, made["id"])
    caller.post(f"/v1/jobs/{job.id}/cancel")

    done = drive(advance(batch_in(caller.world, made["id"]).row_key, NOW + 60, BASE_URL), caller.world)

    assert (done.status, done.counts["canceled"], done.counts["total"]) == (BatchStatus.COMPLETED, 1, 1)


def test_a_job_that_is_gone_holds_no_batch_up(caller):
    made = make(caller, 2)
    batch = batch_in(caller.world, made["id"])
    first, second = jobs_in(caller.world, made["id"])
    end(caller.world, first)
    del caller.world.rows[second.row_key]

    early = drive(advance(batch.row_key, NOW + 60, BASE_URL), caller.world)
    late = drive(advance(batch.row_key, NOW + 1_000, BASE_URL), caller.world)

    assert (early.status, late.status) == (BatchStatus.RUNNING, BatchStatus.COMPLETED)
    assert (late.counts["total"], late.counts["completed"]) == (2, 1)


def test_the_last_job_of_many_is_waited_for(caller):
    batch = batch_in(caller.world, make(caller, 1)["id"])
    for number in range(1_000):
        job_id = new_id("job", NOW + 1 + number)
        row = {"id": job_id, "belongs_to": batch.id, "status": "completed"}
        caller.world.rows[Key.of_job("sales", job_id)] = row

    looked = drive(advance(batch.row_key, NOW + 60, BASE_URL), caller.world)

    assert looked.status is BatchStatus.RUNNING


def test_a_batch_without_calls_completes_at_once(caller):
    made = caller.post("/v1/batches", {"selector": {}}).json

    assert (made["status"], made["counts"]["total"]) == ("completed", 0)
    assert [json.loads(told.body)["type"] for told in caller.world.published] == ["batch.completed"]


def test_a_repetition_goes_on_with_a_lost_batch(caller):
    caller.world.before.append(fail_on("ReadObject"))
    items = put_calls(caller.world, 2)
    lost = caller.post("/v1/batches", {"items": items}, Idempotency_Key="n1").json
    caller.world.before.clear()
    caller.clock[0] += 61

    again = caller.post("/v1/batches", {"items": items}, Idempotency_Key="n1").json

    assert (lost["status"], again["status"], again["counts"]["total"]) == ("preparing", "running", 2)
