"""The table is lost: what the bucket tells of comes back, what was forgotten does not."""

import pytest
from batches import WORDS, batch_in, jobs_in, slow
from contract.caller import Caller
from deployed import BASE_URL, SAID, everything
from fakes import BUCKET
from jobs import NOW

from api.cli.commands.admin.auditing import audit
from api.cli.commands.admin.rebuilding import rebuild
from api.contract.jobs import view_of
from api.functions.reconcile import reconcile
from shared.ids import event_id
from shared.job import DAY_S, Audio, Job, Key, Outcome, Status
from shared.protocol.auditing.pages import PAGE
from shared.protocol.batching.preparing import SLICE
from shared.protocol.drive import drive
from shared.protocol.erasing import erase
from shared.protocol.intents import CreateRows, PutObject
from shared.protocol.rebuilding import Plan, Word
from shared.protocol.working import finish

LATER = NOW + 3_600
PLAN = Plan(BUCKET, LATER)
BACK = {
    "queued": Word.QUEUED,
    "processing": Word.QUEUED,
    "failed": Word.QUEUED,
    "canceled": Word.QUEUED,
    "completed": Word.COMPLETED,
    "retried": Word.COMPLETED,
    "first": Word.COMPLETED,
    "revision": Word.COMPLETED,
    "recording_over": Word.COMPLETED,
}


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world, clock=[LATER])


@pytest.fixture
def lost(bench, world):
    """A job in every state, whose rows are all gone; as they stood."""
    made = everything(bench)
    world.rows.clear()
    world.rung.clear()
    return made


def rebuilt(world, plan=PLAN) -> dict[str, Word]:
    return {one.id: word for page in rebuild(world, None, plan) for one, word in page.jobs}


def put(world, number: int) -> str:
    world.store.put("sales-calls-eu", f"call-{number}.wav", b"audio")
    return f"call-{number}.wav"


def worked_off(bench, caller) -> None:
    """One run of the reconciler, and a worker that takes whatever was rung."""
    reconcile(caller.parts())
    bench.clock.now = caller.clock[0]
    for ring in list(bench.world.rung):
        bench.work(Job.model_validate(bench.world.row(ring.tenant, ring.job_id)))


def test_all_that_was_queued_or_later_comes_back(world, lost):
    words = rebuilt(world)

    assert words == {lost[name].id: word for name, word in BACK.items()}
    assert {key.pk for key in world.rows if key.sk == "JOB"} == {f"T#sales#J#{job_id}" for job_id in words}


def test_all_that_comes_back_ends(bench, world, lost, caller):
    rebuilt(world)

    worked_off(bench, caller)

    assert {bench.jobs.row(lost[name]).status for name in BACK} == {Status.COMPLETED}
    assert list(audit(world, None, LATER)) == []


@pytest.mark.parametrize("name", ["completed", "retried", "first", "revision"])
def test_a_completed_job_shows_what_it_showed(bench, world, lost, name):
    rebuilt(world)

    was, now = (view_of(job).model_dump() for job in (lost[name], bench.jobs.row(lost[name])))
    # The memory world does not know when an object was written.
    late = ("completed_at", "expires", "timing")
    assert {k: v for k, v in now.items() if k not in late} == {k: v for k, v in was.items() if k not in late}


@pytest.mark.parametrize("name", ["completed", "retried", "revision"])
def test_a_completed_row_is_the_row_it_was(bench, world, lost, name):
    rebuilt(world)

    row, was = bench.jobs.row(lost[name]), lost[name]
    same = (
        "result",
        "audio",
        "params_hash",
        "sequence",
        "listed_in",
        "called",
        "belongs_to",
        "subject_hmac",
        "check_shard",
    )
    assert {field: getattr(row, field) for field in same} == {field: getattr(was, field) for field in same}
    assert row.outbox[str(row.sequence)].id == was.outbox[str(was.sequence)].id


def test_an_end_that_was_noted_is_the_end_it_was(bench, world, lost):
    _, noted = world.store.objects[BUCKET, lost["completed"].transcript_key]
    noted["completed-at"] = str(lost["completed"].completed_at)

    rebuilt(world)

    assert view_of(bench.jobs.row(lost["completed"])) == view_of(lost["completed"])


def test_a_queued_job_shows_what_it_showed(bench, world, lost):
    rebuilt(world)

    row = bench.jobs.row(lost["queued"])
    assert view_of(row) == view_of(lost["queued"])
    assert (row.rung_at, row.next_check_at, row.audio) == (None, LATER, lost["queued"].audio)


@pytest.mark.parametrize("name", ["awaiting", "upload_expired", "erased", "erased_early", "all_over"])
def test_what_was_forgotten_stays_forgotten(world, lost, name):
    rebuilt(world)

    assert lost[name].row_key not in world.rows


def test_nothing_is_told_again(bench, world, lost, caller):
    world.published.clear()
    rebuilt(world)

    reconcile(caller.parts())

    assert world.published == []


def test_ends_are_told_again_under_their_ids(world, lost, caller):
    world.published.clear()
    rebuilt(world, Plan(BUCKET, LATER, republish=True))
    caller.clock[0] += 40

    reconcile(caller.parts())

    told = "".join(event.body for event in world.published)
    assert len(world.published) == len([word for word in BACK.values() if word is not Word.QUEUED])
    assert all(lost[name].outbox[str(lost[name].sequence)].id in told for name in ("completed", "retried", "revision"))
    assert list(audit(world, None, LATER)) == []


def test_a_preview_changes_nothing(world, lost):
    words = rebuilt(world, Plan(BUCKET, LATER, writes=False))

    assert (len(words), world.rows) == (len(BACK), {})


def test_rows_that_are_there_stay(bench, world):
    made = everything(bench)
    del world.rows[made["completed"].row_key]
    before = dict(world.rows)

    words = rebuilt(world)

    assert words == {made["completed"].id: Word.COMPLETED}
    assert {key: world.rows[key] for key in before} == before


def test_a_second_run_finds_nothing_to_do(world, lost):
    rebuilt(world)
    before = dict(world.rows)

    pages = list(rebuild(world, None, Plan(BUCKET, LATER + 60)))

    assert ([page.jobs for page in pages], sum(page.there for page in pages)) == ([()], len(BACK))
    assert world.rows == before


def test_a_run_that_broke_off_is_begun_again(world, lost):
    def break_off(world, intent):
        if isinstance(intent, CreateRows) and len(world.rows) >= 3:
            raise KeyboardInterrupt

    world.before.append(break_off)
    with pytest.raises(KeyboardInterrupt):
        rebuilt(world)
    world.before.clear()

    rebuilt(world)

    assert {Key.of_job("sales", lost[name].id) for name in BACK} <= set(world.rows)


def test_a_row_that_appears_meanwhile_stays(world, lost):
    job = lost["queued"]

    def appear(world, intent):
        if isinstance(intent, CreateRows) and intent.rows[0][0] == job.row_key:
            world.rows[job.row_key] = {"of": "another"}

    world.before.append(appear)

    assert rebuilt(world)[job.id] is Word.THERE
    assert world.rows[job.row_key] == {"of": "another"}


def test_a_worker_from_before_stays_fenced(bench, world, jobs):
    zombie = jobs.claimed()
    world.rows.clear()
    rebuilt(world)
    held = bench.jobs.again(jobs.row(zombie.job), LATER)

    ending = drive(finish(zombie, WORDS, {"duration_s": 1.0}, LATER), world)

    assert (ending.outcome, jobs.row(zombie.job).lease_owner) == (Outcome.LOST, held.job.lease_owner)


def test_no_event_gets_an_id_that_was_told(bench, world, lost, caller):
    told = {entry.id for name in ("failed", "canceled") for entry in lost[name].outbox.values()}
    rebuilt(world)

    worked_off(bench, caller)

    again = {entry.id for name in ("failed", "canceled") for entry in bench.jobs.row(lost[name]).outbox.values()}
    assert len(again) == 2
    assert told.isdisjoint(again)


def test_revisions_are_found_beside_the_first(world, lost, caller):
    rebuilt(world)

    erased = drive(erase(Job.model_validate(world.rows[lost["first"].row_key]), LATER, BASE_URL), world)

    assert erased.jobs == 2
    assert not [key for _, key in world.store.objects if lost["revision"].id in key]


def test_jobs_still_belong_to_their_batch(world, lost, caller):
    rebuilt(world)
    fresh = Caller(world, clock=[LATER])

    listed = fresh.get(f"/v1/jobs?batch_id={lost['revision'].batch_id}").json

    assert [job["id"] for job in listed["data"]] == [lost["revision"].id]


def test_a_batch_ends_again_under_the_same_event(bench, world, lost, caller):
    batch_id = lost["revision"].batch_id
    rebuilt(world)
    world.published.clear()
    for wait_s in (0, 100, 7 * 3_600, 8 * 3_600):
        caller.clock[0] = LATER + wait_s
        worked_off(bench, caller)

    batch = batch_in(world, batch_id)
    assert (batch.status, batch.counts["completed"]) == ("completed", 1)
    assert event_id(batch_id, 1) in "".join(event.body for event in world.published)


def test_a_batch_that_was_being_made_loses_what_was_not_made(world, caller):
    calls = [{"s3_uri": f"s3://sales-calls-eu/{put(world, n)}"} for n in range(SLICE + 2)]
    world.before.append(slow(caller, 0.1))
    batch_id = caller.post("/v1/batches", {"items": calls}).json["id"]
    world.before.clear()
    made = jobs_in(world, batch_id)
    world.rows.clear()

    words = rebuilt(world)

    assert words == {batch_id: Word.BATCH, **{job.id: Word.QUEUED for job in made}}
    assert (len(made), batch_in(world, batch_id).items, batch_in(world, batch_id).lane) == (SLICE, SLICE + 2, "batch")


def test_a_job_whose_recording_is_gone_is_named(world, jobs):
    job = jobs.queued()
    world.rows.clear()
    del world.store.objects[BUCKET, job.audio.key]

    assert rebuilt(world) == {job.id: Word.NO_AUDIO}
    assert world.rows == {}


def test_a_request_that_cannot_be_read_stops_nothing(world, jobs):
    bad, good = jobs.queued(), jobs.queued()
    world.rows.clear()
    world.store.put(BUCKET, bad.request_key, b"{")

    assert rebuilt(world) == {bad.id: Word.UNREADABLE, good.id: Word.QUEUED}


def test_a_recording_that_only_the_service_may_read_is_taken(world, jobs):
    place = Audio(source="s3", bucket="locked", key="call.wav", etag='"1"', size_bytes=5)
    job = jobs.queued(audio=place)
    world.rows.clear()
    world.store.denied_buckets.add("locked")

    assert rebuilt(world) == {job.id: Word.QUEUED}
    assert jobs.row(job).audio.etag == job.audio.etag


def test_a_request_without_a_pin_is_pinned_anew(world, jobs):
    job = jobs.queued()
    world.rows.clear()
    del world.store.objects[BUCKET, job.request_key]
    world.perform(
        PutObject(
            job.request_key,
            b'{"audio": {"source": "upload", "bucket": "calls", "key": "%s"}}' % job.audio.key.encode(),
            {},
        )
    )

    rebuilt(world)

    row = jobs.row(job)
    assert (row.audio.etag, row.audio.size_bytes, row.queued_at) == (job.audio.etag, 5, pytest.approx(NOW, abs=0.01))


def test_retention_goes_on_where_it_was(bench, world, lost, caller):
    rebuilt(world)
    caller.clock[0] = LATER + 31 * DAY_S

    reconcile(caller.parts())

    assert bench.jobs.row(lost["completed"]).audio.removed_at == caller.clock[0]
    assert (BUCKET, lost["completed"].audio.key) not in world.store.objects


def test_more_than_a_page_comes_back(world, jobs):
    job = jobs.queued(**SAID)
    request, audio = (world.store.objects[BUCKET, key] for key in (job.request_key, job.audio.key))
    ids = [f"job_{number:026}" for number in range(PAGE + 2)]
    for job_id in ids:
        world.store.objects[BUCKET, f"requests/sales/{job_id}.json"] = request
        world.store.objects[BUCKET, f"audio/sales/{job_id}"] = audio
    world.rows.clear()

    words = rebuilt(world)

    assert len(words) == PAGE + 3
    assert set(words.values()) == {Word.QUEUED}


def test_another_tenant_is_left_alone(world, lost):
    pages = list(rebuild(world, "support", PLAN))

    assert ([page.jobs for page in pages], world.rows) == ([()], {})
