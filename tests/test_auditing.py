"""The audit: silent where all is well, and each kind of breach found where one is planted."""

import pytest
from contract.caller import Caller
from deployed import everything
from fakes import BUCKET
from jobs import NOW

from api.cli.commands.admin.auditing import audit
from api.functions.reconcile import reconcile
from shared.ids import event_id, new_id
from shared.job import DAY_S, Key
from shared.protocol.auditing import KINDS, Breach, audit_job, breaches_of
from shared.protocol.auditing.pages import PAGE
from shared.protocol.drive import drive
from shared.protocol.intents import ListVersions, ReadRow

LONG_AGO = NOW - 2_000


def third(row) -> dict:
    return {**row["outbox"]["2"], "id": event_id(row["id"], 3)}


PLANTED_IN_ROWS = {
    "unreadable": ("queued", lambda row: row.pop("audio")),
    "nothing_due": ("queued", lambda row: row.pop("check_shard")),
    "overlooked": ("queued", lambda row: row.update(next_check_at=LONG_AGO)),
    "never_rung": ("queued", lambda row: row.update(rung_at=None, queued_at=LONG_AGO)),
    "lease_over": ("processing", lambda row: row.update(lease_until=LONG_AGO)),
    "past_limit": ("awaiting", lambda row: row.update(created_at=LONG_AGO - DAY_S)),
    "no_result": ("completed", lambda row: row.pop("result")),
    "stone_on_live": ("queued", lambda row: row.update(tombstone={"reason": "transcript_expired", "at": NOW})),
    "lease_kept": ("failed", lambda row: row.update(lease_until=NOW)),
    "end_unlike": ("failed", lambda row: row.pop("error")),
    "event_id": ("failed", lambda row: row["outbox"]["1"].update(id="evt_0")),
    "sequence_gap": ("retried", lambda row: row.update(sequence=3, outbox={"1": row["outbox"]["1"], "3": third(row)})),
    "no_event": ("failed", lambda row: row.update(outbox={})),
    "untold": ("failed", lambda row: (row["outbox"]["1"].update(state="pending", at=LONG_AGO), row.update(next_check_at=LONG_AGO))),
    "never_told": ("failed", lambda row: (row["outbox"]["1"].update(state="pending"), row.pop("next_check_at"))),
    "served": ("canceled", lambda row: row.update(result=RESULT)),
    "never_expires": ("failed", lambda row: row.pop("next_check_at")),
    "retention_overdue": ("failed", lambda row: row.update(completed_at=NOW - 40 * DAY_S, next_check_at=NOW - 5 * DAY_S)),
    "not_scrubbed": ("erased", lambda row: (row.update(reference="crm-1"), row["audio"].pop("removed_at"))),
    "stone_kept": ("erased", lambda row: row.update(expires_at=NOW - 4 * DAY_S)),
}  # fmt: skip
RESULT = {
    "bucket": BUCKET, "key": "k", "etag": "e", "sha256": "0", "duration_s": 1.0, "quality": {"needs_review": False},
    "warnings": [], "decode_s": 0.1, "engine_s": 0.1,
}  # fmt: skip
PLANTED_IN_OBJECTS = {
    "transcript_missing": ("completed", lambda world, job: world.store.objects.pop((BUCKET, job.transcript_key))),
    "transcript_differs": ("completed", lambda world, job: world.store.put(BUCKET, job.transcript_key, b"other")),
    "transcript_twice": ("completed", lambda world, job: world.store.put(BUCKET, f"{job.transcript_key}.2", b"other")),
    "no_row": ("completed", lambda world, job: world.rows.pop(job.row_key)),
    "revision_hidden": ("revision", lambda world, job: world.rows.pop(Key.of_revision("sales", job.revision_of, 2))),
}
PLACES = [
    "audio/sales/{}", "requests/sales/{}.json", "transcripts/sales/{}/r1.json", "listening/sales/{}/r1.webm",
    "work/sales/{}/ckpt-1-1.json",
]  # fmt: skip
BATCHES = {
    "nothing_due": {"status": "running", "event": None, "check_shard": None},
    "overlooked": {"status": "running", "event": None, "check_shard": "1", "next_check_at": LONG_AGO},
    "ended_early": {"counts": {"total": 1, "queued": 1}},
    "no_event": {"event": None},
    "event_id": {"event": {"id": "evt_0", "state": "published", "at": NOW}},
    "jobs_missing": {"made": 1, "completed_at": LONG_AGO},
}


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world, clock=[NOW])


@pytest.fixture
def made(bench):
    """A job in every state."""
    return everything(bench)


def found(world, now=NOW, tenant=None) -> list[tuple[str, str]]:
    return [(breach.kind, breach.id) for breach in audit(world, tenant, now)]


def batch_row(caller, **fields) -> str:
    """A batch that has ended, with what `fields` says of it; its id."""
    batch = caller.post("/v1/batches", {"selector": {"status": "completed", "tag": "none"}}).json["id"]
    row = caller.world.rows[Key.of_batch("sales", batch)]
    event = {"id": event_id(batch, 1), "state": "published", "at": NOW}
    row |= {"status": "completed", "completed_at": NOW, "event": event, "check_shard": None, "next_check_at": None}
    row |= fields
    return batch


def test_a_healthy_deployment_gives_no_breach(world, made):
    assert found(world) == []


def test_a_deployment_that_is_looked_after_stays_healthy(world, made, caller):
    for wait_s in (60, 900, 3_600, 13 * 3_600, DAY_S):
        caller.clock[0] = NOW + wait_s
        reconcile(caller.parts())

    assert [kind for kind, _ in found(world, caller.clock[0])] == []


@pytest.mark.parametrize("kind", PLANTED_IN_ROWS)
def test_each_breach_of_a_row_is_found(world, made, kind):
    state, plant = PLANTED_IN_ROWS[kind]
    plant(world.rows[made[state].row_key])

    assert found(world) == [(kind, made[state].id)]


@pytest.mark.parametrize("kind", PLANTED_IN_OBJECTS)
def test_each_breach_of_objects_is_found(world, made, kind):
    state, plant = PLANTED_IN_OBJECTS[kind]
    plant(world, made[state])

    assert found(world) == [(kind, made[state].id)]


def test_a_job_without_any_object_is_found(world, made):
    for place in [place for place in world.store.objects if made["completed"].id in place[1]]:
        del world.store.objects[place]

    assert found(world) == [("transcript_missing", made["completed"].id)]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("state", ["erased", "erased_early"])
def test_what_is_left_of_an_erased_job_is_found(world, made, state, place):
    world.store.put(BUCKET, place.format(made[state].id), b"back")

    assert found(world) == []
    assert [one for one in found(world, NOW + 1_000) if one[0] == "objects_left"] == [("objects_left", made[state].id)]


@pytest.mark.parametrize(
    ("kind", "state", "place"),
    [
        ("objects_left", "all_over", "transcripts/sales/{}/r1.json"),
        ("recording_left", "recording_over", "audio/sales/{}"),
        ("recording_left", "recording_over", "listening/sales/{}/r1.json"),
    ],
)
def test_what_retention_should_have_removed_is_found(world, made, kind, state, place):
    world.store.put(BUCKET, place.format(made[state].id), b"back")

    assert found(world) == []
    assert [one for one in found(world, NOW + 1_000) if one[0] == kind] == [(kind, made[state].id)]


def test_what_retention_should_have_scrubbed_is_found(world, made):
    for name in ("recording_over", "all_over"):
        world.rows[made[name].row_key]["reference"] = "crm-1"

    assert found(world) == [("not_scrubbed", made["all_over"].id)]


def test_a_promise_without_a_job_is_found(world, caller):
    job = caller.submit(Idempotency_Key="k1").json["id"]
    del world.rows[Key.of_job("sales", job)]

    assert found(world) == [("promised", job)]


@pytest.mark.parametrize("kind", BATCHES)
def test_each_breach_of_a_batch_is_found(world, caller, kind):
    batch = batch_row(caller, **BATCHES[kind])

    assert found(world, NOW + 100) == [(kind, batch)]


def test_a_batch_that_cannot_be_read_is_found(world, caller):
    assert found(world) == []
    batch = batch_row(caller, lane="fast")

    assert found(world) == [("unreadable", batch)]


@pytest.mark.parametrize(("kind", "due"), [("untold", {"check_shard": "1", "next_check_at": NOW}), ("never_told", {})])
def test_an_untold_end_of_a_batch_is_found(world, caller, kind, due):
    batch = batch_row(caller, **due)
    world.rows[Key.of_batch("sales", batch)]["event"] |= {"state": "pending", "at": LONG_AGO}

    assert found(world) == [(kind, batch)]


def test_items_of_a_batch_that_rests_are_found(world, caller):
    batch = batch_row(caller)
    world.store.put(BUCKET, f"requests/sales/{batch}.json", b"{}")

    assert found(world) == [("objects_left", batch)]


def test_items_of_no_batch_are_found(world):
    batch = new_id("bat", NOW)
    world.store.put(BUCKET, f"requests/sales/{batch}.json", b"{}")

    assert found(world) == [("no_row", batch)]


def test_every_kind_is_planted():
    planted = {*PLANTED_IN_ROWS, *PLANTED_IN_OBJECTS, *BATCHES, "objects_left", "recording_left", "promised", "untold"}

    assert planted == set(KINDS)


def test_a_tenant_is_looked_at_alone(world, made):
    world.rows[made["queued"].row_key].pop("check_shard")
    world.store.put(BUCKET, f"audio/other/{made['queued'].id}", b"of another")

    assert {breach.tenant for breach in audit(world, None, NOW)} == {"sales", "other"}
    assert {breach.tenant for breach in audit(world, "sales", NOW)} == {"sales"}


def test_more_than_a_page_is_looked_at(world, jobs):
    row = world.rows[jobs.queued().row_key]
    ids = sorted(new_id("job", NOW + number) for number in range(PAGE + 5))
    for job_id in ids:
        world.rows[Key.of_job("sales", job_id)] = {**row, "id": job_id}
        world.store.put(BUCKET, f"audio/sales/{job_id}", b"audio")
    world.store.put(BUCKET, f"requests/sales/{ids[-1]}.json", b"{}")
    lost = (ids[0], ids[PAGE], ids[-1])
    for job_id in lost:
        del world.rows[Key.of_job("sales", job_id)]

    assert found(world) == [("no_row", job_id) for job_id in lost]


def test_a_job_that_moves_meanwhile_is_not_accused(world, made):
    job, looks = made["completed"], []
    kept = world.store.objects.pop((BUCKET, job.transcript_key))

    def put_back(world, intent):
        looks.append(intent)
        if isinstance(intent, ListVersions) and job.id in intent.prefix:
            world.store.objects[BUCKET, job.transcript_key] = kept

    world.before.append(put_back)

    assert found(world) == []


def test_a_row_that_changes_under_the_look_is_not_judged(world, made):
    job = made["completed"]
    del world.store.objects[BUCKET, job.transcript_key]
    reads = []

    def change(world, intent):
        reads.extend([intent] if intent == ReadRow(job.row_key) else [])
        if len(reads) == 2:
            world.rows[job.row_key]["tombstone"] = {"reason": "transcript_expired", "at": NOW}

    world.before.append(change)

    assert drive(audit_job("sales", job.id, NOW), world) == ()


def test_a_breach_says_what_to_do(world, made):
    job = made["completed"].model_copy(update={"lease_until": NOW})

    breaches = breaches_of(job, (), NOW)

    assert [breach.kind for breach in breaches] == ["lease_kept", "transcript_missing"]
    assert all(breach.remedy and breach.invariant in ("I2", "I3") for breach in breaches)
    assert Breach("no_row", "sales", "job_1", "x").invariant == "I1"
