"""Looking for rows and removing things: alike in memory and on AWS's side."""

import pytest
from fakes import BUCKET
from jobs import NOW

from shared.job import BELONGING, DUE, LISTED, Key
from shared.protocol.intents import (
    CreateRows,
    DeleteRow,
    DeleteVersions,
    FindRows,
    HeadObject,
    PutObject,
    PutRow,
    ReadObject,
    ReadRow,
    ReadRows,
    Where,
)

A, B, C = (Key("T#sales#BATCHES", f"bat_{letter}") for letter in "ABC")


@pytest.fixture
def rows(world):
    """Three rows of one partition and one of another tenant, all of them listed."""
    for number, key in enumerate((A, B, C)):
        row = {
            "id": key.sk, "listed_in": "sales", "status": "failed" if key == B else "queued", "tags": ["blue", key.sk],
            "result": {"language": "fr"} if key == C else None, "check_shard": "3", "next_check_at": NOW + number,
        }  # fmt: skip
        world.perform(CreateRows(((key, row),), NOW))
    other = Key("T#support#BATCHES", "bat_A")
    world.perform(CreateRows(((other, {"id": "bat_A", "listed_in": "support", "status": "queued"}),), NOW))
    return world


def ids(found):
    return [one.row["id"] for one in found.rows]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["bat_A", "bat_B", "bat_C"]),
        ({"newest_first": True}, ["bat_C", "bat_B", "bat_A"]),
        ({"low": "bat_B"}, ["bat_B", "bat_C"]),
        ({"high": "bat_B"}, ["bat_A", "bat_B"]),
        ({"low": "bat_B", "high": "bat_B"}, ["bat_B"]),
        ({"guard": ((Where("status", "=", "failed"),),)}, ["bat_B"]),
        ({"guard": ((Where("status", "=", "failed"),), (Where("tags", "contains", "bat_C"),))}, ["bat_B", "bat_C"]),
        ({"guard": ((Where("result.language", "=", "fr"),),)}, ["bat_C"]),
    ],
)
@pytest.mark.parametrize("place", [(None, "T#sales#BATCHES"), (LISTED, "sales")], ids=["table", "index"])
def test_rows_are_found_in_order_and_within_bounds(rows, place, asked, expected):
    found = rows.perform(FindRows(*place, **asked))

    assert ids(found) == expected
    assert found.last is None


def test_a_cut_answer_says_how_far_it_looked(rows):
    first = rows.perform(FindRows(LISTED, "sales", limit=2))
    guarded = rows.perform(FindRows(LISTED, "sales", limit=1, guard=((Where("status", "=", "queued"),),)))

    assert (ids(first), first.last) == (["bat_A", "bat_B"], "bat_B")
    assert (ids(guarded), guarded.last) == (["bat_A"], "bat_A")


def test_what_is_due_is_found_by_its_moment(rows):
    found = rows.perform(FindRows(DUE, "3", high=NOW + 1))

    assert [one.key for one in found.rows] == [A, B]


def test_nothing_is_found_where_nothing_belongs(rows):
    assert rows.perform(FindRows(BELONGING, "bat_none")).rows == ()


def test_many_rows_are_read_in_their_order(rows):
    gone = Key("T#sales#BATCHES", "bat_none")

    read = rows.perform(ReadRows((C, gone, A, C)))

    assert [row and row["id"] for row in read] == ["bat_C", None, "bat_A", "bat_C"]


def test_more_rows_are_read_than_one_request_takes(world):
    keys = tuple(Key("T#sales#MANY", f"{number:03}") for number in range(230))
    for key in keys:
        world.perform(PutRow(key, {"id": key.sk}))

    read = world.perform(ReadRows(keys))

    assert [row["id"] for row in read] == [key.sk for key in keys]


def test_a_put_row_replaces_what_stood_there(rows):
    rows.perform(PutRow(A, {"only": 1, "nothing": None}))

    assert rows.perform(ReadRow(A)) == {"only": 1}


def test_a_row_is_removed_once_and_for_all(rows):
    rows.perform(DeleteRow(A))
    rows.perform(DeleteRow(A))

    assert rows.perform(ReadRow(A)) is None


def test_every_version_under_a_prefix_goes(world):
    world.perform(PutObject("work/sales/job_1/a", b"one", {}))
    world.perform(PutObject("work/sales/job_1/b", b"two", {}))
    world.perform(PutObject("work/sales/job_2/a", b"stays", {}))

    assert world.perform(DeleteVersions("work/sales/job_1/")) == 2
    assert world.perform(HeadObject(BUCKET, "work/sales/job_1/a")) is None
    assert world.perform(ReadObject("work/sales/job_1/b")) is None
    assert world.perform(ReadObject("work/sales/job_2/a")) == b"stays"


def test_a_prefix_without_objects_deletes_nothing(world):
    assert world.perform(DeleteVersions("work/none/")) == 0
