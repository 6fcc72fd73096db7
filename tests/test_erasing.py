"""Erasing: a job is forgotten at once and for good, whatever is going on with it."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from bench import EXAMPLE, FACTS
from contract.caller import WAV, Caller
from fakes import BUCKET, MemoryWorld
from interleaving import race
from jobs import NOW, Jobs

from api.access.pseudonyms import pseudonym
from shared.erasure import Erasure, Marker, Scope
from shared.errors.jobs import UnsupportedCodec, UploadExpired
from shared.errors.transient import StorageUnavailable
from shared.event import instant
from shared.ids import event_id, new_id
from shared.job import DAY_S, TERMINAL, TOMBSTONE_S, Audio, Job, Key, Outcome, Status
from shared.protocol.attending.storing import store
from shared.protocol.controlling import cancel, retry
from shared.protocol.drive import drive
from shared.protocol.erasing import advance, erase, new_erasure
from shared.protocol.erasing.receipts import PAGE_ROWS
from shared.protocol.intents import ChangeRow, DeleteVersions, PutObject, Transcribed
from shared.protocol.working import fail_unclaimed, finish, reject, release
from shared.transcript import Transcript

BASE_URL = "https://stt.example.com"
HOUR_S = 3_600
SAID = {"reference": "crm-1", "metadata": {"campaign": "q1"}, "tags": ("team:lyon",), "subject_hmac": "ab" * 32}
STATES = ["awaiting", "queued", "processing", "completed", "failed", "canceled", "upload_expired", "transcript_expired"]


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world, clock=[NOW])


def job_in(state: str, bench) -> Job:  # noqa: C901 - one table
    """A job in `state`, with everything that a caller can say of it."""
    jobs, world = bench.jobs, bench.world
    waits = state in ("awaiting", "upload_expired")
    job = jobs.submitted(**SAID) if waits else jobs.queued(**SAID)
    match state:
        case "upload_expired":
            drive(fail_unclaimed(job, UploadExpired(stage="uploading"), NOW), world)
        case "processing":
            jobs.again(job, NOW)
        case "failed":
            drive(reject(jobs.again(job, NOW), UnsupportedCodec(), NOW), world)
        case "canceled":
            drive(cancel(job, NOW), world)
        case "completed":
            bench.work(job)
        case "transcript_expired":
            bench.work(job)
            world.row("sales", job.id)["tombstone"] = {"reason": "transcript_expired", "at": NOW}
    return jobs.row(job)


def left_of(world, job: Job) -> list[str]:
    return [key for _, key in world.store.objects if job.id in key]


def types(world) -> list[str]:
    return [json.loads(event.body)["type"] for event in world.published]


def receipt_in(world, tenant: str, erasure_id: str) -> Erasure:
    return Erasure.model_validate(world.rows[Key.of_erasure(tenant, erasure_id)])


def worked_off(caller: Caller, erasure_id: str) -> Erasure:
    """The receipt after every slice that is due now."""
    key = Key.of_erasure(caller.tenant, erasure_id)
    for _ in range(50):
        erasure = drive(advance(key, caller.clock[0], BASE_URL), caller.world)
        if erasure.next_check_at is None or erasure.next_check_at > caller.clock[0]:
            return erasure
    raise AssertionError("an erasure that never rests")


@pytest.mark.parametrize("state", STATES)
def test_a_job_is_erased_in_every_status(bench, caller, world, state):
    job = job_in(state, bench)

    answer = caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {})

    row = bench.jobs.row(job)
    assert (answer.status, answer.json["status"], answer.json["jobs"]) == (202, "completed", 1)
    assert (row.status, left_of(world, job)) == (job.status if job.status in TERMINAL else Status.FAILED, [])
    assert types(world)[-1] == "job.erased"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("path", ["", "/transcript"])
def test_an_erased_job_is_gone_and_says_so(bench, caller, state, path):
    job = job_in(state, bench)
    caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {})

    answer = caller.get(f"/v1/jobs/{job.id}{path}")

    assert (answer.status, answer.code) == (410, "erased")


@pytest.mark.parametrize("path", ["cancel", "retry", "upload", "upload/complete"])
def test_nothing_is_done_with_an_erased_job(bench, caller, path):
    job = job_in("canceled", bench)
    caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {})

    answer = caller.post(f"/v1/jobs/{job.id}/{path}")

    assert (answer.status, answer.code) == (410, "erased")


@pytest.mark.parametrize("state", STATES)
def test_the_row_keeps_ids_times_and_codes(bench, caller, world, state):
    job = job_in(state, bench)

    caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {})

    kept = json.dumps(world.row("sales", job.id))
    assert not [
        word for word in ("crm-1", "campaign", "q1", "team:lyon", "ab" * 32, "result", "etag") if f'"{word}"' in kept
    ]
    assert bench.jobs.row(job).expires_at == int(caller.clock[0]) + TOMBSTONE_S


def test_the_end_of_an_erased_job_has_a_code_of_its_own(bench, caller):
    job = job_in("processing", bench)

    caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {})

    row = bench.jobs.row(job)
    assert (row.error.code, row.lease_until, row.completed_at) == ("erased", 0.0, NOW)


def test_erasing_twice_gives_the_same_receipt(bench, caller, world):
    job = job_in("completed", bench)
    first = caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {})
    caller.clock[0] += 60

    second = caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {})

    assert (second.status, second.text) == (202, first.text)
    assert types(world) == ["job.completed", "job.erased"]
    assert json.loads(world.published[-1].body)["data"] == {"job_id": job.id, "erasure_id": first.json["id"]}


class OneAtATime(MemoryWorld):
    """A memory world for threads: each intent is whole, as each request to AWS is."""

    def perform(self, intent):
        with LOCK:
            return super().perform(intent)


LOCK = threading.Lock()


def test_fifty_at_once_make_one_receipt():
    world = OneAtATime()
    job = Jobs(world).queued()
    gate = threading.Barrier(50)

    def ask(_):
        gate.wait()
        return drive(erase(job, NOW, BASE_URL), world).id

    with ThreadPoolExecutor(50) as pool:
        receipts = set(pool.map(ask, range(50)))

    assert len(receipts) == 1
    assert receipt_in(world, "sales", receipts.pop()).object_versions_deleted == 2
    assert [entry.type for entry in Jobs(world).row(job).outbox.values()] == ["job.erased"]


def test_an_erasure_takes_a_sequence_of_its_own(jobs, world):
    job = drive(cancel(jobs.queued(), NOW), world)

    def canceled_again(_, intent):
        if isinstance(intent, ChangeRow) and "tombstone" in intent.sets:
            world.before.clear()
            drive(cancel(drive(retry(job, NOW), world), NOW), world)

    world.before.append(canceled_again)
    drive(erase(job, NOW, BASE_URL), world)

    told = [(number, entry.type) for number, entry in jobs.row(job).outbox.items()]
    assert told == [("1", "job.canceled"), ("2", "job.canceled"), ("3", "job.erased")]


@pytest.mark.parametrize("job_id", ["job_1", "%2e%2e", "job_01KF0HJ080D3MN4P7ZWPEET9E2"])
def test_an_unknown_job_is_not_found(caller, job_id):
    answer = caller.send("DELETE", f"/v1/jobs/{job_id}", b"", {})

    assert (answer.status, answer.code) == (404, "not_found")


def test_a_stranger_erases_nothing(bench, caller, world):
    job = job_in("completed", bench)
    stranger = Caller(world, tenant="sale")

    answer = stranger.send("DELETE", f"/v1/jobs/{job.id}", b"", {})

    assert (answer.status, answer.code) == (404, "not_found")
    assert len(left_of(world, job)) == 3


def test_tenants_whose_names_begin_alike_are_apart(caller, world):
    mine = caller.submit_form().json["id"]
    other = Caller(world, tenant="sales-eu")
    theirs = other.submit_form().json["id"]

    caller.send("DELETE", f"/v1/jobs/{mine}", b"", {})

    assert [key for _, key in world.store.objects if mine in key] == []
    assert {key for _, key in world.store.objects} == {f"audio/sales-eu/{theirs}", f"requests/sales-eu/{theirs}.json"}


def test_a_referenced_object_stays_the_callers(bench, caller, world):
    audio = Audio(source="s3", bucket="sales-calls-eu", key="alice.wav")
    job = bench.jobs.queued(audio=audio)

    caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {})

    assert ("sales-calls-eu", "alice.wav") in world.store.objects
    assert "alice" not in json.dumps(world.row("sales", job.id))


def test_an_outage_is_made_up_for_by_the_reconciler(bench, caller, world):
    job = job_in("completed", bench)

    def fails(_, intent):
        if isinstance(intent, DeleteVersions):
            raise StorageUnavailable

    world.before.append(fails)
    refused = caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {})
    world.before.clear()
    repeated = caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {})
    caller.clock[0] += 60

    erasure = worked_off(caller, repeated.json["id"])

    assert (refused.status, repeated.json["status"], caller.get(f"/v1/jobs/{job.id}").status) == (503, "running", 410)
    assert (erasure.status, erasure.jobs, left_of(world, job)) == ("completed", 1, [])


def test_an_erasure_is_told_later_when_events_are_down(bench, caller, world):
    job = job_in("queued", bench)
    world.refuses_events = True

    answer = caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {})

    assert answer.json["status"] == "completed"
    assert [(entry.type, entry.state) for entry in bench.jobs.row(job).outbox.values()] == [("job.erased", "pending")]


def test_a_running_worker_is_beaten_and_leaves_nothing(bench, caller, world):
    job = job_in("queued", bench)
    bench.scribe.happens = [lambda _: caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {})]

    outcome = bench.work(job)

    assert outcome is Outcome.LOST
    assert (bench.jobs.row(job).status, left_of(world, job)) == (Status.FAILED, [])
    assert types(world) == ["job.erased"]


@pytest.mark.parametrize("ending", ["finish", "reject", "release"])
def test_a_worker_that_sees_a_tombstone_removes_what_it_wrote(bench, caller, world, ending):
    held = bench.jobs.claimed()
    caller.send("DELETE", f"/v1/jobs/{held.job.id}", b"", {})
    example = Transcript.model_validate_json(EXAMPLE.read_text())
    stored = drive(store(held.job, Transcribed(example, FACTS), BUCKET, NOW), world)
    steps = {
        "finish": lambda: finish(held, stored.result, FACTS, NOW),
        "reject": lambda: reject(held, UnsupportedCodec(), NOW),
        "release": lambda: release(held, None, NOW),
    }

    drive(steps[ending](), world)

    assert left_of(world, held.job) == []


def test_a_sweep_finds_what_a_zombie_wrote_late(bench, caller, world):
    job = job_in("completed", bench)
    erasure_id = caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {}).json["id"]
    for hour, number in ((1, 1), (13, 2)):
        world.perform(PutObject(job.transcript_key, b"late", {}))
        caller.clock[0] = NOW + hour * HOUR_S

        erasure = worked_off(caller, erasure_id)

        assert left_of(world, job) == []
        assert (len(erasure.swept_at), erasure.object_versions_deleted) == (number, 3 + number)


def test_a_receipt_rests_after_the_last_sweep(bench, caller, world):
    job = job_in("queued", bench)
    erasure_id = caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {}).json["id"]
    for hour in (1, 13):
        caller.clock[0] = NOW + hour * HOUR_S
        worked_off(caller, erasure_id)

    shown = caller.get(f"/v1/erasures/{erasure_id}").json

    assert shown["swept_at"] == [instant(NOW + HOUR_S), instant(NOW + 13 * HOUR_S)]
    receipt = receipt_in(world, "sales", erasure_id)
    assert (receipt.next_check_at, receipt.scope) == (None, None)


def test_a_sweep_before_its_time_does_nothing(bench, caller):
    job = job_in("queued", bench)
    erasure_id = caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {}).json["id"]
    caller.clock[0] += HOUR_S - 1

    assert worked_off(caller, erasure_id).swept_at == ()


def test_hundreds_of_races_bring_nothing_back():
    for seed in range(300):
        one = race(seed)
        row = one.row

        moves = list(zip(one.seen, one.seen[1:], strict=False))
        ends = [(a, b) for a, b in moves if a.status in TERMINAL and a.status is not b.status]
        assert all(a.status is not Status.COMPLETED and b.status is Status.QUEUED for a, b in ends), seed
        assert not any(a.tombstone and (b.tombstone is None or b.status is not a.status) for a, b in moves), seed
        assert not (one.erased and (one.left or row.reference or row.result)), (seed, one.left)
        assert all(entry.id == event_id(row.id, int(number)) for number, entry in row.outbox.items()), seed
        told = {json.loads(event.body)["id"] for event in one.world.published}
        assert told == {entry.id for entry in row.outbox.values() if entry.state == "published"}, seed


def revision_of(bench, first: Job, number: int, **fields) -> Job:
    """Revision `number` of `first`, as a batch makes it: its own row, the same recording."""
    audio = first.audio.model_copy(update={"removed_at": None})
    job = bench.jobs.queued(audio=audio, revision=number, revision_of=first.id, **fields)
    bench.world.rows[Key.of_revision("sales", first.id, number)] = {"job_id": job.id}
    return job


def test_a_job_takes_its_revisions_along(bench, caller, world):
    first = job_in("completed", bench)
    second = revision_of(bench, first, 2)
    bench.work(second)

    answer = caller.send("DELETE", f"/v1/jobs/{first.id}", b"", {})

    assert answer.json["jobs"] == 2
    assert left_of(world, first) + left_of(world, second) == []
    assert caller.get(f"/v1/jobs/{second.id}").code == "erased"


def test_a_revision_goes_alone(bench, caller, world):
    first = job_in("completed", bench)
    second = revision_of(bench, first, 2)
    before = left_of(world, first)

    answer = caller.send("DELETE", f"/v1/jobs/{second.id}", b"", {})

    assert (answer.json["jobs"], left_of(world, second)) == (1, [])
    assert left_of(world, first) == before
    assert caller.get(f"/v1/jobs/{first.id}/transcript").status == 200


def test_a_revision_born_after_the_erasure_is_found_by_the_sweep(bench, caller):
    first = job_in("completed", bench)
    erasure_id = caller.send("DELETE", f"/v1/jobs/{first.id}", b"", {}).json["id"]
    late = revision_of(bench, first, 2)
    caller.clock[0] += HOUR_S

    erasure = worked_off(caller, erasure_id)

    assert (erasure.jobs, caller.get(f"/v1/jobs/{late.id}").code) == (2, "erased")


def test_deliveries_of_the_job_are_scrubbed(bench, caller, world):
    job = job_in("completed", bench)
    mine, other = (Key.of_delivery("sales", "whk_1", new_id("dlv", NOW)) for _ in range(2))
    world.rows[mine] = {"id": mine.sk, "belongs_to": job.id, "body": "crm-1", "status": "pending"}
    world.rows[other] = {"id": other.sk, "belongs_to": new_id("job", NOW), "body": "crm-2", "status": "pending"}

    caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {})

    assert (world.rows[mine].get("body"), world.rows[mine]["erased"]) == (None, True)
    assert world.rows[other]["body"] == "crm-2"


def submitted(caller: Caller, **fields) -> str:
    return caller.submit({"audio": {"upload": {"bytes": len(WAV)}}, **fields}).json["id"]


@pytest.mark.parametrize("name", ["subject_ref", "reference"])
def test_all_calls_of_one_name_are_erased(caller, name):
    gone = [submitted(caller, **{name: "c-1"}) for _ in range(3)]
    kept = submitted(caller, **{name: "c-2"})

    answer = caller.post("/v1/erasures", {name: "c-1"})

    assert (answer.status, answer.json["status"], answer.json["jobs"]) == (202, "completed", 3)
    assert [caller.get(f"/v1/jobs/{job_id}").status for job_id in (*gone, kept)] == [410, 410, 410, 200]
    assert caller.get(answer.headers["Location"]).text == answer.text


def test_all_jobs_of_a_batch_are_erased(bench, caller):
    job = bench.jobs.queued(batch_id="bat_1")

    answer = caller.post("/v1/erasures", {"batch_id": "bat_1"})

    assert (answer.json["jobs"], caller.get(f"/v1/jobs/{job.id}").status) == (1, 410)


def test_an_erased_batch_forgets_its_own_name(caller, world):
    world.store.put("sales-calls-eu", "call.wav", WAV)
    item = {"s3_uri": "s3://sales-calls-eu/call.wav"}
    batch_id = caller.post("/v1/batches", {"items": [item], "reference": "of somebody"}).json["id"]

    caller.post("/v1/erasures", {"batch_id": batch_id})

    shown = caller.get(f"/v1/batches/{batch_id}")
    assert (shown.status, shown.json["reference"]) == (200, None)


def test_the_marker_of_a_later_erasure_stays(caller, world):
    scope = Scope(kind="called", value="sales#crm-1")
    early, late = (new_erasure("sales", new_id("era", at), scope, at) for at in (NOW, NOW + 60))

    for erasure in (late, early):
        world.rows[erasure.row_key] = erasure.row
        drive(advance(erasure.row_key, NOW + 90, BASE_URL), world)

    key = Marker.key_of("sales", scope)
    assert world.rows[key] == {"at": NOW + 60, "expires_at": int(NOW + 60) + DAY_S}
    assert "crm-1" not in f"{key}"


def test_a_batch_of_another_tenant_is_out_of_reach(bench, caller):
    job = bench.jobs.queued(batch_id="bat_1")
    stranger = Caller(caller.world, tenant="other")

    answer = stranger.post("/v1/erasures", {"batch_id": "bat_1"})

    assert (answer.status, answer.json["jobs"]) == (202, 0)
    assert caller.get(f"/v1/jobs/{job.id}").status == 200


def test_nothing_to_erase_is_a_receipt_too(caller):
    answer = caller.post("/v1/erasures", {"reference": "none"})

    assert (answer.status, answer.json["status"]) == (202, "completed")
    assert (answer.json["jobs"], answer.json["object_versions_deleted"]) == (0, 0)


def test_many_jobs_are_erased_slice_by_slice(caller, world):
    gone = [submitted(caller, reference="c-1") for _ in range(2 * PAGE_ROWS + 3)]
    answer = caller.post("/v1/erasures", {"reference": "c-1"})

    erasure = worked_off(caller, answer.json["id"])

    assert (answer.json["status"], answer.json["jobs"]) == ("running", PAGE_ROWS)
    assert (erasure.status, erasure.jobs, erasure.pages) == ("completed", len(gone), 3)
    assert all(caller.get(f"/v1/jobs/{job_id}").status == 410 for job_id in gone)


def test_every_page_is_swept(caller, world):
    gone = [submitted(caller, reference="c-1") for _ in range(PAGE_ROWS + 1)]
    erasure_id = caller.post("/v1/erasures", {"reference": "c-1"}).json["id"]
    worked_off(caller, erasure_id)
    for job_id in gone:
        caller.upload(job_id)
    caller.clock[0] += HOUR_S

    erasure = worked_off(caller, erasure_id)

    assert (erasure.object_versions_deleted, len(erasure.swept_at)) == (len(gone), 1)
    assert world.store.objects == {}


def test_a_job_that_the_index_showed_late_is_found_by_the_sweep(caller, world):
    job_id = submitted(caller, reference="c-1")
    hidden = world.row("sales", job_id).pop("called")
    erasure_id = caller.post("/v1/erasures", {"reference": "c-1"}).json["id"]
    world.row("sales", job_id)["called"] = hidden
    caller.clock[0] += HOUR_S

    erasure = worked_off(caller, erasure_id)

    assert (erasure.jobs, caller.get(f"/v1/jobs/{job_id}").status) == (1, 410)


def test_a_call_that_is_submitted_afterwards_stays(caller):
    submitted(caller, reference="c-1")
    erasure_id = caller.post("/v1/erasures", {"reference": "c-1"}).json["id"]
    caller.clock[0] += 10
    fresh = submitted(caller, reference="c-1")
    caller.clock[0] += HOUR_S

    erasure = worked_off(caller, erasure_id)

    assert (erasure.jobs, caller.get(f"/v1/jobs/{fresh}").status) == (1, 200)


def test_a_dead_process_is_counted_once(caller, world):
    gone = [submitted(caller, reference="c-1") for _ in range(3)]

    def dies(_, intent):
        if isinstance(intent, ChangeRow) and intent.key == Key.of_job("sales", gone[2]):
            raise StorageUnavailable

    world.before.append(dies)
    refused = caller.post("/v1/erasures", {"reference": "c-1"}, Idempotency_Key="k")
    world.before.clear()
    answer = caller.post("/v1/erasures", {"reference": "c-1"}, Idempotency_Key="k")

    erasure = worked_off(caller, answer.json["id"])

    assert (refused.status, answer.headers["Idempotency-Replayed"]) == (503, "true")
    assert (erasure.status, erasure.jobs) == ("completed", 3)


def test_an_equal_request_makes_one_erasure(caller):
    submitted(caller, reference="c-1")

    first, again = (caller.post("/v1/erasures", {"reference": "c-1"}, Idempotency_Key="k") for _ in range(2))

    assert (again.status, again.text, again.headers["Idempotency-Replayed"]) == (202, first.text, "true")
    assert caller.post("/v1/erasures", {"reference": "c-2"}, Idempotency_Key="k").code == "idempotency_key_reused"


def test_a_receipt_names_nobody(caller, world):
    erasure_id = caller.post("/v1/erasures", {"subject_ref": "Alice"}).json["id"]

    kept = json.dumps(world.rows[Key.of_erasure("sales", erasure_id)])

    assert "Alice" not in kept
    assert pseudonym("Alice", "sales", "local-only") in kept


@pytest.mark.parametrize("erasure_id", ["era_1", "era_01KF0HJ080D3MN4P7ZWPEET9E3"])
def test_an_unknown_receipt_is_not_found(caller, erasure_id):
    assert caller.get(f"/v1/erasures/{erasure_id}").code == "not_found"


def test_a_strangers_receipt_is_not_found(caller, world):
    erasure_id = caller.post("/v1/erasures", {"reference": "c-1"}).json["id"]

    assert Caller(world, tenant="other").get(f"/v1/erasures/{erasure_id}").code == "not_found"


def test_a_job_erased_by_reference_answers_with_that_receipt(caller):
    job_id = submitted(caller, reference="c-1")
    receipt = caller.post("/v1/erasures", {"reference": "c-1"})

    assert caller.send("DELETE", f"/v1/jobs/{job_id}", b"", {}).text == receipt.text


def test_a_repeated_submission_of_an_erased_call_is_410(caller):
    first = caller.submit(Idempotency_Key="k").json["id"]
    caller.send("DELETE", f"/v1/jobs/{first}", b"", {})

    answer = caller.submit(Idempotency_Key="k")

    assert (answer.status, answer.code) == (410, "erased")


def test_a_receipt_outlives_its_tombstones(bench, caller, world):
    job = job_in("queued", bench)
    erasure_id = caller.send("DELETE", f"/v1/jobs/{job.id}", b"", {}).json["id"]

    expires_at = receipt_in(world, "sales", erasure_id).expires_at

    assert expires_at - bench.jobs.row(job).expires_at >= DAY_S
