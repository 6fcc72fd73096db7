"""Old calls are transcribed again: chosen by what they are, judged one by one, each born as a job of its own."""

import itertools

import pytest
from batches import (
    BASE_URL,
    Killed,
    batch_in,
    completed,
    end,
    failed,
    interleave,
    jobs_in,
    kill_at,
    referred,
    settle,
)
from contract.caller import NOW, Caller
from fakes import MemoryWorld

from shared.batch import BatchStatus
from shared.job import DAY_S, Key, Lane, Options, Status
from shared.protocol.batching import advance
from shared.protocol.controlling import cancel
from shared.protocol.drive import drive
from shared.protocol.erasing import erase
from shared.protocol.intents import FindRows

TURBO = {"options": {"model": "large-v3-turbo"}}


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world)


def again(caller: Caller, selector: dict | None = None, **fields):
    """Ask for the calls that `selector` means, with a better model."""
    caller.clock[0] += 1
    return caller.post("/v1/batches", {"selector": selector or {}, **TURBO, **fields})


def preview(caller: Caller, selector: dict | None = None, **fields) -> dict:
    return again(caller, selector, dry_run=True, **fields).json


def revised(caller: Caller, answer) -> list[str]:
    """The first jobs of the calls that a batch transcribes again."""
    return sorted(job.revision_of for job in jobs_in(caller.world, answer.json["id"]))


def test_a_revision_names_what_it_revises(caller):
    old = completed(caller.world, reference="crm-1", metadata={"a": "b"}, tags=("team:lyon",))

    answer = again(caller)

    (new,) = jobs_in(caller.world, answer.json["id"])
    assert (new.revision_of, new.revision, new.status, new.lane) == (old.id, 2, Status.QUEUED, Lane.BATCH)
    assert (new.reference, new.metadata, new.tags) == (old.reference, old.metadata, old.tags)
    assert caller.world.rows[Key.of_revision("sales", old.id, 2)]["job_id"] == new.id


def test_a_revision_reads_the_recording_of_the_first(caller):
    old = completed(caller.world)

    (new,) = jobs_in(caller.world, again(caller).json["id"])

    pins = ("bucket", "key", "version_id", "etag", "size_bytes", "sha256", "duration_s")
    assert [getattr(new.audio, name) for name in pins] == [getattr(old.audio, name) for name in pins]
    assert new.audio_s == 14.0


def test_the_old_transcript_stays_as_it_is(caller):
    old = completed(caller.world)

    (new,) = jobs_in(caller.world, again(caller).json["id"])
    end(caller.world, new, NOW + 60)

    assert caller.job(old.id) == old
    assert (new.transcript_key, old.transcript_key) == (
        f"transcripts/sales/{new.id}/r2.json", f"transcripts/sales/{old.id}/r1.json"
    )  # fmt: skip


def test_options_are_laid_over_the_old_ones(caller):
    completed(caller.world, options=Options(language="de", fail_on=("no_speech",)))

    (new,) = jobs_in(caller.world, again(caller, options={"model": "large-v3-turbo", "fail_on": []}).json["id"])

    assert (new.options.model, new.options.language, new.options.fail_on) == ("large-v3-turbo", "de", ())
    assert new.params_hash != "0" * 64


def test_a_third_transcription_is_revision_three(caller):
    old = completed(caller.world)
    (second,) = jobs_in(caller.world, again(caller).json["id"])
    end(caller.world, second, NOW + 60)

    (third,) = jobs_in(caller.world, again(caller, {"model": "large-v3-turbo"}, options={"language": "fr"}).json["id"])

    assert (third.revision, third.revision_of, third.options.model) == (3, old.id, "large-v3-turbo")


@pytest.mark.parametrize(
    ("selector", "meant"),
    [
        ({}, "abc"),
        ({"needs_review": True}, "a"),
        ({"needs_review": False}, "bc"),
        ({"tag": "team:lyon"}, "b"),
        ({"reference": "crm-9"}, "c"),
        ({"lane": "batch"}, "c"),
        ({"model": "default"}, "abc"),
        ({"model_not": "default"}, ""),
        ({"language": "fr"}, "abc"),
        ({"language": "de"}, ""),
        ({"status": "failed"}, "d"),
        ({"created_after": "2026-01-15T09:59:59Z"}, "abc"),
        ({"created_after": "2026-01-15T10:00:01Z"}, ""),
        ({"created_before": "2026-01-15T10:00:00Z"}, ""),
        ({"created_before": "0001-01-01T00:00:00Z"}, ""),
        ({"created_after": "9999-12-31T23:59:59Z"}, ""),
        ({"batch_id": "bat_01KF1TRBR08WQ2R5TXMZ0NCJ3A"}, ""),
        ({"batch_id": "none"}, ""),
    ],
)
def test_a_selector_means_these_calls(caller, selector, meant):
    world = caller.world
    calls = {
        "a": completed(world, needs_review=True),
        "b": completed(world, tags=("team:lyon", "q1")),
        "c": completed(world, reference="crm-9", lane=Lane.BATCH),
        "d": failed(world),
    }

    shown, answer = preview(caller, selector), again(caller, selector)

    assert revised(caller, answer) == sorted(calls[name].id for name in meant)
    assert (shown["matched"], shown["jobs"]) == (len(meant), len(meant))


def test_the_jobs_of_a_batch_can_be_chosen(caller):
    old = completed(caller.world)
    made = again(caller).json["id"]
    end(caller.world, jobs_in(caller.world, made)[0], NOW + 60)
    completed(caller.world)

    answer = again(caller, {"batch_id": made}, options={"language": "it"})

    assert revised(caller, answer) == [old.id]


def test_a_batch_never_revises_its_own_jobs(caller):
    completed(caller.world)
    batch = unprepared(caller)
    caller.world.before.append(lost_before_the_commit)
    with pytest.raises(Killed):
        drive(advance(batch.row_key, NOW + 62, BASE_URL), caller.world)
    caller.world.before.clear()
    end(caller.world, jobs_in(caller.world, batch.id)[0], NOW + 70)

    after = settle(caller.world, batch, NOW + 200)

    assert (after.made, after.skipped) == (1, {})


def lost_before_the_commit(_, intent):
    if type(intent).__name__ == "ChangeRow" and "slices" in intent.adds:
        raise Killed


def test_jobs_of_a_batch_are_chosen_by_reference_too(caller):
    completed(caller.world, reference="crm-1")
    completed(caller.world, reference="crm-2")
    made = again(caller).json["id"]
    for job in jobs_in(caller.world, made):
        end(caller.world, job, NOW + 60)

    shown = preview(caller, {"batch_id": made, "reference": "crm-2"}, options={"language": "it"})

    assert shown["matched"] == 1


def test_calls_of_other_tenants_are_never_chosen(caller):
    other = Caller(caller.world, tenant="support")
    caller.world.store.put("sales-calls-eu", "x.wav", b"audio")
    theirs = other.post("/v1/batches", {"items": [{"s3_uri": "s3://sales-calls-eu/x.wav"}]}).json["id"]
    end(caller.world, jobs_in(caller.world, theirs)[0])

    shown = [preview(caller, selector) for selector in ({}, {"batch_id": theirs})]

    assert [each["matched"] for each in shown] == [0, 0]
    assert preview(other, {"batch_id": theirs})["matched"] == 1


def test_equal_options_are_skipped(caller):
    completed(caller.world)

    shown, made = preview(caller, options={"model": "default"}), again(caller, options={})

    assert (shown["matched"], shown["skipped"], shown["jobs"]) == (1, {"same_options": 1}, 0)
    assert (made.json["skipped"], made.json["counts"]["total"]) == ({"same_options": 1}, 0)


def test_what_a_newer_revision_has_is_skipped(caller):
    old = completed(caller.world)
    end(caller.world, jobs_in(caller.world, again(caller).json["id"])[0], NOW + 60)

    shown = preview(caller, {"model": "default"})

    assert shown["skipped"] == {"same_options": 1}
    assert again(caller, {"model": "default"}, options={"language": "de"}).json["counts"]["total"] == 1
    assert caller.job(old.id).status is Status.COMPLETED


def test_a_call_is_revised_once_a_batch(caller):
    completed(caller.world)
    second = end(caller.world, jobs_in(caller.world, again(caller).json["id"])[0], NOW + 60)

    shown, made = preview(caller, options={"language": "de"}), again(caller, options={"language": "de"})

    (new,) = jobs_in(caller.world, made.json["id"])
    assert shown["skipped"] == made.json["skipped"] == {"newer_revision": 1}
    assert (new.revision, new.options.model) == (3, second.options.model)


def test_a_call_in_progress_is_skipped(caller):
    completed(caller.world)
    again(caller)

    shown, made = preview(caller, options={"language": "de"}), again(caller, options={"language": "de"})

    assert shown["skipped"] == made.json["skipped"] == {"in_progress": 1}


def test_expired_audio_is_skipped(caller):
    completed(caller.world, reference="due")
    removed = completed(caller.world)
    caller.world.rows[removed.row_key]["audio"]["removed_at"] = NOW
    caller.clock[0] += 31 * DAY_S

    shown, made = preview(caller), again(caller)

    assert shown["skipped"] == made.json["skipped"] == {"audio_expired": 2}


def test_audio_that_went_is_skipped_where_jobs_are_made(caller):
    old = referred(caller.world, 1)
    caller.world.store.objects.clear()

    made = again(caller)

    assert (made.json["skipped"], made.json["counts"]["total"]) == ({"audio_expired": 1}, 0)
    assert Key.of_revision("sales", old.id, 2) not in caller.world.rows


def test_an_erased_call_is_never_chosen(caller):
    old = completed(caller.world)
    drive(erase(old, NOW, BASE_URL), caller.world)

    assert preview(caller)["matched"] == 0
    assert "erased" in again_by_id(caller, old.id).text


def again_by_id(caller: Caller, *job_ids: str, **fields):
    caller.clock[0] += 1
    return caller.post("/v1/batches", {"items": [{"job_id": job_id} for job_id in job_ids], **fields})


def test_a_call_erased_meanwhile_is_skipped(caller):
    old, other = completed(caller.world), completed(caller.world)
    caller.world.before.append(erase_before_the_row(old))

    made = again_by_id(caller, old.id, other.id)

    assert (made.json["skipped"], made.json["counts"]["total"]) == ({"erased": 1}, 1)


def erase_before_the_row(old):
    def hook(world, intent):
        if type(intent).__name__ == "CreateRows" and any("#BATCHES" in key.pk for key, _ in intent.rows):
            world.before.clear()
            drive(erase(old, NOW, BASE_URL), world)

    return hook


def test_a_call_that_is_named_is_made_with_equal_options(caller):
    old = completed(caller.world)

    shown, made = again_by_id(caller, old.id, dry_run=True), again_by_id(caller, old.id)

    assert (shown.json["jobs"], shown.json["audio_s"], shown.json["estimate"]) == (1, 14.0, None)
    assert [job.revision_of for job in jobs_in(caller.world, made.json["id"])] == [old.id]


def test_a_call_that_is_named_twice_is_made_once(caller):
    old = completed(caller.world)
    new = end(caller.world, jobs_in(caller.world, again_by_id(caller, old.id).json["id"])[0], NOW + 60)

    shown, made = again_by_id(caller, new.id, old.id, dry_run=True), again_by_id(caller, new.id, old.id)

    assert shown.json["skipped"] == made.json["skipped"] == {"newer_revision": 1}
    assert [job.revision for job in jobs_in(caller.world, made.json["id"])] == [3]


def test_a_call_whose_audio_expired_is_no_item(caller):
    old = completed(caller.world)
    caller.clock[0] += 31 * DAY_S

    answer = again_by_id(caller, old.id)

    assert (answer.status, "audio_expired" in answer.text) == (422, True)


def test_failed_calls_are_made_again_with_equal_options(caller):
    old = failed(caller.world)

    made = again(caller, {"status": "failed"}, options={})

    assert revised(caller, made) == [old.id]


def test_a_preview_shows_what_is_then_made(caller):
    mixed_calls(caller.world)

    shown, made = preview(caller), again(caller).json

    skipped = {"same_options": 20, "audio_expired": 10}
    assert shown == {
        "object": "batch_preview", "matched": 130, "skipped": skipped, "jobs": 100, "audio_s": 1_400.0, "estimate": None
    }  # fmt: skip
    assert (made["skipped"], made["counts"]["total"], made["status"]) == (skipped, 100, "running")


def mixed_calls(world: MemoryWorld) -> None:
    """100 calls to be made again, 20 that have the model already, 10 whose audio is gone, 5 that failed."""
    for _ in range(100):
        completed(world)
    for _ in range(20):
        completed(world, options=Options(model="large-v3-turbo"))
    for _ in range(10):
        gone = completed(world)
        world.rows[gone.row_key]["audio"]["removed_at"] = NOW
    for _ in range(5):
        failed(world)


def test_a_kill_anywhere_makes_one_revision_a_call():
    kills = 0
    for point in itertools.count(1):
        caller = Caller()
        for options in ({}, {}, {"model": "large-v3-turbo"}):
            completed(caller.world, options=Options(**options))
        was_killed = kill_at(caller, point, again)

        found = caller.world.perform(FindRows(None, Key.of_batch("sales", "").pk)).rows

        for row in found:
            done = settle(caller.world, batch_in(caller.world, row.key.sk), NOW + 62)
            jobs = jobs_in(caller.world, done.id)
            assert (done.status, done.made, done.skipped) == (BatchStatus.RUNNING, 2, {"same_options": 1})
            assert [(job.status, job.revision) for job in jobs] == [(Status.QUEUED, 2)] * 2
        kills += was_killed
        if not was_killed:
            break
    assert kills > 25


@pytest.mark.parametrize("lead", range(12))
def test_two_processes_make_one_revision_a_call(caller, lead):
    old = [completed(caller.world) for _ in range(3)]
    batch = unprepared(caller)

    # The second begins when the clock has taken the slice from the first, and they go on side by side.
    interleave([advance(batch.row_key, NOW + 61 + 61 * n, BASE_URL) for n in range(2)], caller.world, lead)

    after = settle(caller.world, batch_in(caller.world, batch.id), NOW + 300)
    assert sorted(job.revision_of for job in jobs_in(caller.world, batch.id)) == sorted(job.id for job in old)
    assert (after.made, after.skipped, after.status) == (3, {}, BatchStatus.RUNNING)


def test_two_batches_at_once_never_share_a_number(caller):
    old = completed(caller.world)
    batches = [unprepared(caller), unprepared(caller)]

    interleave([advance(batch.row_key, NOW + 61, BASE_URL) for batch in batches], caller.world, 0)

    after = [batch_in(caller.world, batch.id) for batch in batches]
    numbers = [job.revision for batch in batches for job in jobs_in(caller.world, batch.id)]
    assert numbers == [2]
    assert sorted(str(batch.skipped) for batch in after) == ["{'in_progress': 1}", "{}"]
    assert caller.world.rows[Key.of_revision("sales", old.id, 2)]


def unprepared(caller: Caller):
    """A batch whose process was lost before it made any job."""
    seen = {row.key.sk for row in caller.world.perform(FindRows(None, Key.of_batch("sales", "").pk)).rows}

    def kill(world, intent):
        if type(intent).__name__ == "ReadRow" and "#BATCHES" in intent.key.pk:
            raise Killed

    caller.world.before.append(kill)
    with pytest.raises(Killed):
        again(caller)
    caller.world.before.clear()
    rows = caller.world.perform(FindRows(None, Key.of_batch("sales", "").pk)).rows
    (new,) = [row.key.sk for row in rows if row.key.sk not in seen]
    return batch_in(caller.world, new)


def test_a_canceled_revision_leaves_the_old_one(caller):
    old = completed(caller.world)
    (new,) = jobs_in(caller.world, again(caller).json["id"])

    drive(cancel(new, NOW + 5), caller.world)

    assert caller.job(old.id).status is Status.COMPLETED
    assert again(caller).json["counts"]["total"] == 1
