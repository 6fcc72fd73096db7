"""Batches over the memory world and AWS's: what the indexes carry is enough to choose, count and call off."""

import dataclasses

import pytest
from batches import BASE_URL, batch_in, completed, end
from contract.caller import NOW, Caller

from api import batches
from api.access.principal import Principal
from api.contract.reading.bodies import Incoming
from api.parts import Parts
from shared.batch import BatchStatus, Choice
from shared.job import Job, Key, Options, Status
from shared.protocol.batching import advance
from shared.protocol.batching.choosing import find
from shared.protocol.batching.ending import count
from shared.protocol.drive import drive
from shared.protocol.intents import ReadRow

SALES = Principal("sales", frozenset({"jobs:write"}), "test")
TURBO = '"options": {"model": "large-v3-turbo"}'
SELECTORS = {
    "{}": 3,
    '{"needs_review": true}': 1,
    '{"tag": "q1"}': 1,
    '{"reference": "crm-9"}': 1,
    '{"reference": "crm-9", "needs_review": true}': 0,
    '{"lane": "interactive", "language": "fr", "model": "default"}': 2,
    '{"model_not": "default"}': 1,
    '{"status": "failed"}': 0,
    '{"batch_id": "bat_01KF1TRBR08WQ2R5TXMZ0NCJ3A"}': 0,
    '{"created_after": "2026-01-15T09:59:00Z", "created_before": "2026-01-15T10:00:01Z"}': 3,
    '{"created_before": "2026-01-15T10:00:00Z"}': 0,
    '{"created_after": "9999-12-31T23:59:59Z"}': 0,
}


@pytest.fixture
def parts(world) -> Parts:
    return dataclasses.replace(Caller().parts(), world=world, store=world.store)


def make(parts: Parts, body: str):
    return batches.create(Incoming("application/json", body.encode(), None), SALES, parts).view


def revision_of(world, old: Job) -> Job:
    item = world.perform(ReadRow(Key.of_revision("sales", old.id, 2)))
    return Job.model_validate(world.row("sales", item["job_id"]))


def test_the_list_carries_what_a_selector_asks(world, parts):
    completed(world, needs_review=True)
    completed(world, tags=("q1",), reference="crm-9")
    completed(world, options=Options(model="large-v3-turbo"))

    shown = {each: make(parts, f'{{"selector": {each}, "dry_run": true, {TURBO}}}') for each in SELECTORS}

    assert {each: preview.matched for each, preview in shown.items()} == SELECTORS


def test_a_walk_in_small_pages_finds_each_call_once(world, parts):
    old = sorted(completed(world).id for _ in range(5))
    made = batch_in(world, make(parts, '{"selector": {}}').id)
    batch = made.model_copy(update={"choice": Choice()})

    found, position = [], None
    for _ in range(5):
        page = drive(find(batch, position, 2), world)
        found += [match.job_id for match in page.matches]
        position = page.position
        if position is None:
            break

    assert found == old[::-1]


def test_a_batch_lives_and_ends_in_the_table(world, parts):
    old = completed(world)
    made = make(parts, f'{{"selector": {{}}, {TURBO}}}')
    new = revision_of(world, old)
    end(world, new, NOW + 1)

    done = drive(advance(batch_in(world, made.id).row_key, NOW + 60, BASE_URL), world)

    assert (made.status, made.counts.total, new.revision, new.revision_of) == ("running", 1, 2, old.id)
    assert (done.status, done.counts["completed"], done.check_shard) == (BatchStatus.COMPLETED, 1, None)


def test_what_a_batch_made_can_be_chosen_again(world, parts):
    old = completed(world)
    made = make(parts, f'{{"selector": {{}}, {TURBO}}}')
    end(world, revision_of(world, old), NOW + 1)

    shown = make(parts, f'{{"selector": {{"batch_id": "{made.id}"}}, "dry_run": true}}')

    assert (shown.matched, shown.skipped) == (1, {"same_options": 1})


def test_named_calls_are_pinned_and_kept_beside_the_row(world, parts):
    world.store.put("calls", "recordings/1.wav", b"audio")
    allowed = parts.settings.model_copy(update={"allowed_buckets": ("calls",)})
    here = dataclasses.replace(parts, settings=allowed)
    old = completed(world)

    made = make(here, f'{{"items": [{{"s3_uri": "s3://calls/recordings/1.wav"}}, {{"job_id": "{old.id}"}}]}}')

    counted = drive(count(batch_in(world, made.id)), world)
    assert (made.status, made.rejected, counted["queued"]) == ("running", (), 2)


def test_a_canceled_batch_calls_its_jobs_off(world, parts):
    old = completed(world)
    made = make(parts, f'{{"selector": {{}}, {TURBO}}}')

    shown = batches.cancel(made.id, Incoming("", b"", None), SALES, parts)
    rested = drive(advance(batch_in(world, made.id).row_key, NOW + 130, BASE_URL), world)

    assert (shown.status, shown.counts.canceled) == ("canceled", 1)
    assert (revision_of(world, old).status, rested.check_shard) == (Status.CANCELED, None)


def test_batches_are_listed_from_the_table(world, parts):
    made = [make(parts, '{"selector": {}}').id for _ in range(3)]

    first = batches.page({"limit": ["2"], "status": ["completed"]}, SALES, parts)
    rest = batches.page({"limit": ["2"], "status": ["completed"], "cursor": [first.next_cursor]}, SALES, parts)

    assert sorted(one.id for one in (*first.data, *rest.data)) == sorted(made)
    assert (first.has_more, rest.has_more) == (True, False)
