"""Audit and rebuild on the memory world and on AWS's, and as a person types them."""

import json

import pytest
from bench import Bench
from fakes import BUCKET, MemoryWorld
from jobs import NOW, Jobs
from typer.testing import CliRunner

from api.cli.commands.admin.auditing import audit
from api.cli.commands.admin.rebuilding import rebuild
from api.cli.main import app
from api.cli.session import Session
from shared.emulator.making import table_definition
from shared.job import Job, Status
from shared.protocol.drive import drive
from shared.protocol.erasing import erase
from shared.protocol.intents import ListVersions, ScanRows
from shared.protocol.rebuilding import Plan, Word
from shared.protocol.submitting import ring

LATER = NOW + 3_600
PLACES = {
    "CALLSCRIBE_BUCKET": BUCKET,
    "CALLSCRIBE_TABLE": "jobs",
    "CALLSCRIBE_TOPIC_ARN": "arn:aws:sns:eu-central-1:123456789012:events",
    "CALLSCRIBE_QUEUE_INTERACTIVE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/q-interactive",
    "CALLSCRIBE_QUEUE_BATCH_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/q-batch",
}


def walked(world, ask, pages: int = 20) -> list:
    """Every answer of a walk, page after page."""
    answers = [world.perform(ask(None))]
    while answers[-1].last is not None and len(answers) < pages:
        answers.append(world.perform(ask(answers[-1].last)))
    return answers


def lose_table(world) -> None:
    if isinstance(world, MemoryWorld):
        world.rows.clear()
        return
    world.ledger.client.delete_table(TableName=world.ledger.table)
    world.ledger.client.create_table(**table_definition(world.ledger.table))


def typed(*words: str, **settings: str):
    environment = {**PLACES, **settings}
    return CliRunner().invoke(app, ["admin", *words], obj=Session(lambda: NOW + 30), env=environment)


def mixed_in(world) -> dict[str, Job]:
    """A completed, a queued and an erased job."""
    jobs = Jobs(world)
    made = {name: jobs.queued(reference=name) for name in ("completed", "queued", "erased")}
    Bench(world, jobs).work(made["completed"])
    drive(erase(made["erased"], NOW, "https://stt.example.com"), world)
    return made


@pytest.fixture
def mixed(world) -> dict[str, Job]:
    return mixed_in(world)


@pytest.fixture
def operated(moto_world) -> dict[str, Job]:
    """The same where the command line finds it."""
    return mixed_in(moto_world)


def test_objects_are_listed_page_by_page(world):
    keys = sorted(f"audio/sales/job_{number}" for number in range(5))
    for key in ("audio/other/job_1", *keys):
        world.store.put(BUCKET, key, b"audio")

    pages = walked(world, lambda after: ListVersions("audio/sales/", after, limit=2))

    assert [[one.key for one in page.versions] for page in pages] == [keys[:2], keys[2:4], keys[4:]]
    assert all(one.is_there and one.size_bytes == 5 for page in pages for one in page.versions)


def test_a_listing_begins_behind_a_key_that_is_not_there(ministack_world):
    """Moto leaves out the first key behind such a one."""
    for name in ("a", "b", "b"):
        ministack_world.store.put(BUCKET, f"audio/sales/{name}", b"audio")

    found = ministack_world.perform(ListVersions("audio/sales/", "audio/sales/a~"))

    assert ([one.key for one in found.versions], found.last) == (["audio/sales/b"] * 2, None)


def test_a_listing_ends_with_the_key_it_was_cut_at(ministack_world):
    for name in ("a", "b", "b", "c"):
        ministack_world.store.put(BUCKET, f"audio/sales/{name}", b"audio")

    found = ministack_world.perform(ListVersions("audio/sales/", limit=2))

    assert ([one.key[-1] for one in found.versions], found.last) == (["a", "b"], "audio/sales/b")


def test_all_versions_and_delete_markers_are_listed(moto_world):
    for body in (b"first", b"second"):
        moto_world.store.put(BUCKET, "audio/sales/a", body)
    moto_world.store.client.delete_object(Bucket=BUCKET, Key="audio/sales/a")

    versions = moto_world.perform(ListVersions("audio/")).versions

    assert sorted((one.is_latest, one.is_marker) for one in versions) == [(False, False), (False, False), (True, True)]
    assert not any(one.is_there for one in versions)


def test_rows_are_read_page_by_page(world):
    jobs = Jobs(world)
    made = {jobs.submitted().row_key for _ in range(5)}

    pages = walked(world, lambda after: ScanRows(after, limit=2))

    assert sorted(str(row.key) for page in pages for row in page.rows) == sorted(map(str, made))
    assert max(len(page.rows) for page in pages) == 2


def test_a_lost_table_comes_back(world, mixed):
    before = Jobs(world).row(mixed["completed"])
    lose_table(world)

    words = {one.id: word for page in rebuild(world, None, Plan(BUCKET, LATER)) for one, word in page.jobs}

    after = Jobs(world).row(mixed["completed"])
    assert words == {mixed["completed"].id: Word.COMPLETED, mixed["queued"].id: Word.QUEUED}
    assert (after.result, after.audio, after.outbox["1"].id) == (before.result, before.audio, before.outbox["1"].id)


def test_what_came_back_can_be_worked_on(world, mixed):
    lose_table(world)
    list(rebuild(world, None, Plan(BUCKET, LATER)))
    queued = Jobs(world).row(mixed["queued"])
    drive(ring(queued, LATER), world)

    bench = Bench(world, Jobs(world))
    bench.clock.now = LATER
    bench.work(queued)

    assert Jobs(world).row(queued).status is Status.COMPLETED
    assert list(audit(world, None, LATER)) == []


def test_an_audit_names_what_is_broken(moto_world, operated):
    job, silent = operated["completed"], typed("audit")
    moto_world.store.delete_versions(ListVersions(job.transcript_key))

    told, elsewhere = typed("audit", "--json", "--tenant", "sales"), typed("audit", "--tenant", "support")

    assert [(one.exit_code, one.stderr) for one in (silent, told, elsewhere)] == [
        (0, "0 breaches\n"), (1, "1 breaches\n"), (0, "0 breaches\n"),
    ]  # fmt: skip
    assert (silent.stdout, json.loads(told.stdout)["invariant"], json.loads(told.stdout)["id"]) == ("", "I2", job.id)


@pytest.mark.parametrize("settings", [{"CALLSCRIBE_TABLE": "no-such"}, {"CALLSCRIBE_TABEL": "jobs"}])
def test_an_audit_that_cannot_look_exits_with_78(moto_world, settings):
    told = typed("audit", **settings)

    assert (told.exit_code, told.stdout) == (78, "")


def test_a_rebuild_is_previewed_then_done(moto_world, operated):
    lose_table(moto_world)

    preview, done, again = typed("rebuild", "--preview"), typed("rebuild"), typed("rebuild")

    assert f"sales  {operated['queued'].id}  queued\n" in preview.stdout
    assert "        1  completed\n" in done.stdout
    assert "        2  there already\n" in again.stdout


def test_a_rebuilt_end_is_when_the_job_had_ended(moto_world, operated):
    ended = Jobs(moto_world).row(operated["completed"])
    lose_table(moto_world)

    list(rebuild(moto_world, "sales", Plan(BUCKET, LATER)))

    assert ended.completed_at is not None
    assert Jobs(moto_world).row(ended).completed_at == ended.completed_at


def test_what_was_deleted_does_not_come_back(moto_world, operated):
    moto_world.store.client.delete_object(Bucket=BUCKET, Key=operated["queued"].request_key)
    lose_table(moto_world)

    [page] = rebuild(moto_world, "sales", Plan(BUCKET, LATER))

    assert [one.id for one, _ in page.jobs] == [operated["completed"].id]
