"""Listing: pages of jobs, newest first, each job once and as it is now."""

import dataclasses
from urllib.parse import urlencode

import pytest
from contract.caller import NOW, Caller

from api.access.cursors import CURSOR_S, CursorScope, Signer
from api.access.paging import MOST_REQUESTS, RowPage, filters_of, read_page
from api.contract.listing import JobListQuery, PageQuery
from shared.event import instant
from shared.ids import new_id
from shared.job import Key
from shared.protocol.intents import FindRows, Found, FoundRow

RESULT = {
    "bucket": "calls", "key": "k", "etag": "e", "sha256": "0" * 64, "duration_s": 9.0, "warnings": [],
    "decode_s": 0.1, "engine_s": 0.1, "quality": {"needs_review": False},
}  # fmt: skip
UNFILTERED = filters_of(JobListQuery())


@pytest.fixture
def caller(world) -> Caller:
    return Caller(world)


def made(caller, **fields):
    """A job that was born a second after the one before; its id."""
    caller.clock[0] += 1
    job_id = new_id("job", caller.clock[0])
    row = {
        "tenant": caller.tenant, "id": job_id, "status": "queued", "lane": "interactive", "tags": [],
        "audio": {"source": "s3", "bucket": "b", "key": "k"}, "params_hash": "0" * 64,
        "created_at": caller.clock[0], "listed_in": caller.tenant,
    }  # fmt: skip
    caller.world.rows[Key.of_job(caller.tenant, job_id)] = {**row, **fields}
    return job_id


def listed(caller, **query):
    answer = caller.get(f"/v1/jobs?{urlencode(query, doseq=True)}")
    assert answer.status == 200, answer.text
    return answer.json


def ids(caller, **query):
    return [job["id"] for job in listed(caller, **query)["data"]]


def pages(caller, before_each=lambda: None, **query):
    """Every page to the end, as lists of ids."""
    every, cursor = [], {}
    for _ in range(100):
        page = listed(caller, **query, **cursor)
        every.append([job["id"] for job in page["data"]])
        if not page["has_more"]:
            assert page["next_cursor"] is None
            return every
        cursor = {"cursor": page["next_cursor"]}
        before_each()
    raise AssertionError("the list has no end")


def test_jobs_come_newest_first(caller):
    born = [made(caller) for _ in range(3)]

    assert ids(caller) == born[::-1]


def test_a_list_without_jobs_is_one_empty_page(caller):
    assert listed(caller) == {"object": "list", "has_more": False, "next_cursor": None, "data": []}


def test_a_page_holds_twenty_unless_told(caller):
    for _ in range(21):
        made(caller)

    assert [len(page) for page in pages(caller)] == [20, 1]


@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_paging_returns_each_job_once(caller, limit):
    born = [made(caller) for _ in range(7)]

    assert [one for page in pages(caller, limit=limit) for one in page] == born[::-1]


def test_paging_returns_each_job_once_while_jobs_arrive(caller):
    born = [made(caller) for _ in range(9)]

    seen = [one for page in pages(caller, lambda: made(caller), limit=2) for one in page]

    assert seen == born[::-1]


def test_a_last_page_that_is_full_says_so(caller):
    for _ in range(4):
        made(caller)

    assert [len(page) for page in pages(caller, limit=2)] == [2, 2]


def test_an_entry_is_the_job_itself(caller):
    job_id = caller.submit().json["id"]

    entry = listed(caller)["data"][0]

    assert entry == {**caller.get(f"/v1/jobs/{job_id}").json, "queue": entry["queue"]}
    assert entry["upload"] is None


FILTERS = {
    "status": ({"status": "failed"}, {"status": "failed"}),
    "lane": ({"lane": "batch"}, {"lane": "batch"}),
    "tag": ({"tags": ["team:lyon", "q1"]}, {"tag": "q1"}),
    "language": ({"status": "completed", "result": {**RESULT, "language": "fr"}}, {"language": "fr"}),
    "needs_review": (
        {"status": "completed", "result": {**RESULT, "quality": {"needs_review": True}}},
        {"needs_review": "true"},
    ),
    "trusted": ({"status": "completed", "result": RESULT}, {"needs_review": "false"}),
    "reference": ({"reference": "crm-1", "called": "sales#crm-1"}, {"reference": "crm-1"}),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_leaves_what_fulfils_it(caller, name):
    fields, query = FILTERS[name]
    others = {
        "status": "completed",
        "result": {**RESULT, "language": "de", "quality": {"needs_review": name == "trusted"}},
    }
    made(caller, **others)
    wanted = made(caller, **fields)
    made(caller)

    assert ids(caller, **query) == [wanted]


def test_any_of_several_statuses_is_enough(caller):
    first, _, third = (made(caller, status=status) for status in ("failed", "queued", "canceled"))

    assert ids(caller, status=["failed", "canceled"]) == [third, first]


def test_all_filters_must_hold_together(caller):
    wanted = made(caller, status="failed", lane="batch", reference="r", called="sales#r", tags=["a"])
    made(caller, status="failed", lane="batch", reference="r", called="sales#r")
    made(caller, status="queued", lane="batch", reference="r", called="sales#r", tags=["a"])
    made(caller, status="failed", reference="r", called="sales#r", tags=["a"])

    assert ids(caller, status="failed", lane="batch", tag="a", reference="r") == [wanted]
    assert ids(caller, status=["failed", "canceled"], lane="batch", tag="a") == [wanted]


@pytest.mark.parametrize("reference", [{}, {"reference": "r"}])
def test_instants_bound_the_births(caller, reference):
    born = [made(caller, reference="r", called="sales#r") for _ in range(5)]
    asked = {"created_after": instant(NOW + 2), "created_before": instant(NOW + 4)}

    assert ids(caller, **asked, **reference) == [born[2], born[1]]


def test_a_shown_birth_is_a_bound(caller):
    job_id = made(caller, created_at=caller.clock[0] + 1)
    shown = listed(caller)["data"][0]["created_at"]

    assert (ids(caller, created_after=shown), ids(caller, created_before=shown)) == ([job_id], [])


def test_bounds_that_leave_nothing_are_an_empty_page(caller):
    made(caller)

    assert ids(caller, created_after=instant(NOW + 9), created_before=instant(NOW)) == []
    assert ids(caller, created_before="0001-01-01T00:00:00Z") == []
    assert len(ids(caller, created_after="0001-01-01T00:00:00Z", created_before="9999-12-31T23:59:59Z")) == 1


def of_batch(caller, batch_id, **fields):
    caller.world.rows.setdefault(Key.of_batch(caller.tenant, batch_id), {"id": batch_id})
    return made(caller, batch_id=batch_id, belongs_to=batch_id, **fields)


def test_the_jobs_of_a_batch_are_found(caller):
    batch_id = new_id("bat", NOW)
    first, second = of_batch(caller, batch_id), of_batch(caller, batch_id, status="failed")
    made(caller)

    assert ids(caller, batch_id=batch_id) == [second, first]
    assert ids(caller, batch_id=batch_id, status="failed") == [second]


def test_a_reference_in_a_batch_needs_both(caller):
    batch_id = new_id("bat", NOW)
    wanted = of_batch(caller, batch_id, reference="r", called="sales#r")
    of_batch(caller, batch_id)
    made(caller, reference="r", called="sales#r")

    assert ids(caller, batch_id=batch_id, reference="r") == [wanted]


def test_the_batch_of_another_tenant_lists_nothing(caller):
    batch_id = new_id("bat", NOW)
    for _ in range(3):
        of_batch(caller, batch_id)
    other = Caller(caller.world, tenant="support")

    assert listed(other, batch_id=batch_id, limit=1) == listed(other, batch_id=new_id("bat", NOW))
    assert listed(other, batch_id="x")["data"] == []


def test_what_only_belongs_to_a_job_is_no_job(caller):
    job_id = made(caller)
    caller.world.rows[Key.of_delivery("sales", "whk_1", "dlv_1")] = {"id": "dlv_1", "belongs_to": job_id}

    assert ids(caller, batch_id=job_id) == []


def test_a_tenant_sees_its_own_jobs_only(caller):
    made(caller, reference="r", called="sales#r")
    other = Caller(caller.world, tenant="support")

    assert (ids(other), ids(other, reference="r")) == ([], [])


def test_what_lies_under_a_reference_of_another_tenant_is_left_out(caller):
    made(caller, reference="r", called="sales#r")
    made(Caller(caller.world, tenant="support"), reference="r", called="sales#r")

    assert len(ids(caller, reference="r")) == 1


def test_an_entry_is_as_the_row_says_now(caller):
    job_id = made(caller, status="failed")
    caller.world.before.append(lagging(status="completed"))

    assert [job["status"] for job in listed(caller)["data"]] == ["completed"]
    assert ids(caller, status="failed") == []
    assert caller.job(job_id).status == "completed"


def test_a_job_that_went_meanwhile_is_left_out(caller):
    kept, gone, erased = (made(caller) for _ in range(3))
    caller.world.rows[Key.of_job("sales", erased)]["tombstone"] = {"reason": "erased", "at": NOW}
    caller.world.before.append(vanishing(Key.of_job("sales", gone)))

    assert ids(caller) == [kept]


def test_a_job_whose_transcript_expired_is_still_listed(caller):
    job_id = made(caller, status="completed", tombstone={"reason": "transcript_expired", "at": NOW})

    assert ids(caller) == [job_id]


WRONG = ["limit=0", "limit=101", "status=done", "needs_review=maybe", "created_after=2026-01-15T12:00:00", "sort=asc"]


@pytest.mark.parametrize("query", WRONG)
def test_a_wrong_parameter_is_named(caller, query):
    answer = caller.get(f"/v1/jobs?{query}")

    assert answer.status == 422
    assert [pointer.split("/")[2] for pointer in answer.fields] == [query.split("=")[0]]


def paged(caller, **query):
    """The first cursor of a list with more than a page of jobs, some of which fulfil each filter."""
    for status in ("failed", "queued", "failed", "queued"):
        made(caller, status=status, lane="batch")
    return listed(caller, limit=1, **query)["next_cursor"]


def refused(caller, cursor, **query):
    answer = caller.get(f"/v1/jobs?{urlencode({'cursor': cursor, 'limit': 1, **query})}")
    return answer.status == 422 and answer.code == "cursor_invalid"


def test_a_cursor_of_other_filters_is_refused(caller):
    cursor = paged(caller, status="failed")

    assert refused(caller, cursor)
    assert refused(caller, cursor, status="queued")
    assert refused(caller, cursor, status="failed", lane="batch")
    assert not refused(caller, cursor, status="failed")


def test_a_cursor_of_another_tenant_is_refused(caller):
    cursor = paged(caller)

    assert refused(Caller(caller.world, tenant="support"), cursor)


def test_a_cursor_of_another_list_is_refused(caller):
    here, elsewhere = (CursorScope("sales", f"GET /v1/{name}", UNFILTERED) for name in ("jobs", "batches"))
    signer, job_id = Signer(caller.parts().settings.subject_key), made(caller)

    assert refused(caller, signer.write(job_id, elsewhere, NOW))
    assert not refused(caller, signer.write(job_id, here, NOW))


def test_a_cursor_of_another_deployment_is_refused(caller):
    scope = CursorScope("sales", "GET /v1/jobs", UNFILTERED)

    assert refused(caller, Signer("another secret").write(made(caller), scope, NOW))


def test_a_cursor_holds_for_a_day(caller):
    cursor = paged(caller)
    caller.clock[0] += CURSOR_S - 1
    held = not refused(caller, cursor)
    caller.clock[0] += 2

    assert held
    assert refused(caller, cursor)


def test_any_damage_to_a_cursor_is_refused(caller):
    cursor = paged(caller)
    damaged = [cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :] for at in range(len(cursor))]

    assert all(refused(caller, text) for text in [*damaged, cursor[:-1], cursor + "A", "c1..", "c1.e30.", ""])


def test_a_cursor_may_change_the_limit(caller):
    cursor = paged(caller)

    assert len(ids(caller, cursor=cursor, limit=100)) == 3


class Sparse:
    """A table in which each request finds one row at most, and looks at ten."""

    def __init__(self, rows):
        self.rows, self.asked = rows, []

    def perform(self, intent):
        self.asked.append(intent)
        below = [n for n in range(self.rows, 0, -1) if intent.high is None or name(n) <= intent.high]
        seen = below[:10]
        found = tuple(FoundRow(Key("P", name(n)), {}) for n in seen if n % 10 == 0)
        return Found(found[: intent.limit], name(seen[-1]) if len(below) > 10 else None)


def name(number):
    return f"bat_{number:026}"


def sparse_page(caller, table, cursor=None):
    parts = dataclasses.replace(caller.parts(), world=table)
    return read_page(FindRows(None, "P"), PageQuery(limit=20, cursor=cursor), CursorScope("sales", "x", {}), parts)


def test_a_short_answer_is_asked_on_five_times(caller):
    table = Sparse(200)

    page = sparse_page(caller, table)

    assert (len(page.rows), page.has_more, len(table.asked)) == (5, True, MOST_REQUESTS)
    assert len({row.key for row in (*page.rows, *sparse_page(caller, table, page.next_cursor).rows)}) == 10


def test_a_search_that_ends_has_no_cursor(caller):
    assert sparse_page(caller, Sparse(30)) == RowPage(
        tuple(FoundRow(Key("P", name(n)), {}) for n in (30, 20, 10)), has_more=False, next_cursor=None
    )


def test_filters_hold_all_but_the_page():
    query = JobListQuery(limit=7, cursor="c1.x.y", status=("failed",), needs_review=False)

    assert filters_of(query) == {"status": ["failed"], "needs_review": False}


def lagging(**fields):
    """A hook by which every row is newer than what an index knows of it."""

    def hook(world, intent):
        if type(intent).__name__ == "ReadRows":
            for key in intent.keys:
                world.rows[key].update(fields)

    return hook


def vanishing(key):
    """A hook by which a row goes between index and table."""

    def hook(world, intent):
        if type(intent).__name__ == "ReadRows":
            world.rows.pop(key, None)

    return hook
