"""Pages and shared buckets over the memory world and over a table of AWS: what holds in one holds in the other."""

import dataclasses

import pytest
from contract.caller import NOW, Caller, settings

from api.access.allowances import Rates, take_audio
from api.access.paging import CursorScope, read_page
from api.access.principal import Principal
from api.contract.listing import PageQuery
from api.jobs.listing import page
from shared.errors.requests import QuotaExceeded, RateLimited
from shared.ids import new_id
from shared.job import Audio, Job, Key, Lane, Quality, Result, Status, called
from shared.protocol.intents import FindRows, PutRow, Where

SALES = Principal("sales", frozenset(), "k")
LIMITS = {"submits_per_s": 40.0, "submit_burst": 7, "audio_hours_per_day": 0.5}


@pytest.fixture
def parts(world):
    return dataclasses.replace(Caller().parts(), world=world, settings=settings().model_copy(update=LIMITS))


def made(world, number, tenant="sales", **fields):
    """A job that was born `number` seconds after the first."""
    job_id = new_id("job", NOW + number)
    audio = Audio(source="s3", bucket="b", key="k")
    job = Job(tenant=tenant, id=job_id, params_hash="0" * 64, audio=audio, created_at=NOW + number, listed_in=tenant)
    world.perform(PutRow(Key.of_job(tenant, job_id), job.model_copy(update=fields).model_dump(mode="json")))
    return job_id


def completed(language, *, needs_review):
    result = Result(
        bucket="b", key="k", etag="e", sha256="0" * 64, language=language, duration_s=9.5,
        quality=Quality(needs_review=needs_review), warnings=(), decode_s=0.1, engine_s=0.25,
    )  # fmt: skip
    return {"status": Status.COMPLETED, "result": result}


def ids(parts, **parameters):
    every = {name: value if isinstance(value, list) else [value] for name, value in parameters.items()}
    return [job.id for job in page(every, SALES, parts).data]


def test_paging_returns_each_job_once(world, parts):
    born = [made(world, number) for number in range(7)]
    made(world, 8, tenant="support")

    first = page({"limit": ["3"]}, SALES, parts)
    made(world, 9)
    second = page({"limit": ["3"], "cursor": [first.next_cursor]}, SALES, parts)
    third = page({"limit": ["3"], "cursor": [second.next_cursor]}, SALES, parts)

    assert [job.id for one in (first, second, third) for job in one.data] == born[::-1]
    assert (second.has_more, third.has_more) == (True, False)


def test_a_last_page_that_is_full_says_so(world, parts):
    for number in range(4):
        made(world, number)

    first = page({"limit": ["2"]}, SALES, parts)

    assert not page({"limit": ["2"], "cursor": [first.next_cursor]}, SALES, parts).has_more


def test_filters_are_judged_alike(world, parts):
    french = made(world, 1, **completed("fr", needs_review=True))
    made(world, 2, **completed("de", needs_review=False))
    tagged = made(world, 3, status=Status.FAILED, lane=Lane.BATCH, tags=("q1", "x"))
    called_so = made(world, 4, reference="crm-1", called=called("sales", "crm-1"))

    assert ids(parts, language="fr") == ids(parts, needs_review="true") == [french]
    assert ids(parts, tag="x", status=["failed", "canceled"]) == ids(parts, lane="batch") == [tagged]
    assert ids(parts, reference="crm-1") == [called_so]


def test_births_are_bounded_alike(world, parts):
    born = [made(world, number) for number in range(4)]
    asked = {"created_after": "2026-01-15T10:00:03.114Z", "created_before": "2026-01-15T10:00:05.114Z"}

    assert ids(parts, **asked) == [born[2], born[1]]
    assert ids(parts, created_after=asked["created_before"], created_before=asked["created_after"]) == []


def test_the_jobs_of_a_batch_are_found(world, parts):
    batch_id = new_id("bat", NOW)
    world.perform(PutRow(Key.of_batch("sales", batch_id), {"id": batch_id}))
    fields = {"batch_id": batch_id, "belongs_to": batch_id}
    made(world, 1, **fields)
    failed = made(world, 2, **fields, status=Status.FAILED)

    assert len(ids(parts, batch_id=batch_id)) == 2
    assert ids(parts, batch_id=batch_id, status="failed") == [failed]


def test_rows_of_the_table_itself_are_paged(world, parts):
    names = [f"whk_{number:03}" for number in range(25)]
    for number, name in enumerate(names):
        world.perform(PutRow(Key("T#sales#WEBHOOKS", name), {"id": name, "odd": number % 2}))
    find = FindRows(None, "T#sales#WEBHOOKS", guard=((Where("odd", "=", 1),),))
    scope = CursorScope("sales", "x", {})

    first = read_page(find, PageQuery(limit=10), scope, parts)
    rest = read_page(find, PageQuery(limit=10, cursor=first.next_cursor), scope, parts)

    assert [row.key.sk for row in (*first.rows, *rest.rows)] == names[1::2][::-1]
    assert (first.has_more, rest.has_more) == (True, False)


def test_a_bucket_survives_the_table(world, parts):
    processes = [Rates() for _ in range(3)]

    at_once = sum(passes(processes[turn % 3], parts) for turn in range(20))
    after = dataclasses.replace(parts, now=lambda: NOW + 0.1)
    later = sum(passes(processes[turn % 3], after) for turn in range(20))

    assert (at_once, later) == (7, 4)


def test_a_day_survives_the_table(world, parts):
    take_audio("sales", 900, parts)
    take_audio("sales", 899.5, parts)

    with pytest.raises(QuotaExceeded):
        take_audio("sales", 1, parts)


def passes(rates, parts):
    """Whether one request passes."""
    try:
        rates.take("sales", "submits", parts)
    except RateLimited:
        return False
    return True
