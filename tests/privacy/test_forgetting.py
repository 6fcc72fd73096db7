"""Erased is erased, in a bucket that keeps versions: whatever comes too late, nothing is left but that it was."""

import json

import pytest
from privacy.canaries import Canaries
from privacy.forgetting import residents
from privacy.forgetting.allowed import breaches, kind_of
from privacy.forgetting.bucket import Left, look
from privacy.forgetting.house import DAY_S, HOUR_S, House
from privacy.sinks import Sinks

from shared.errors.jobs import UnsupportedFormat
from shared.job import TOMBSTONE_S

KEPT_FOR_EVER = {"KEY", "BACKLOG", "interactive", "batch", "reads", "submits"}
"""Rows that know of no call: keys, counters, watermarks."""
WAITING_FOR_A_TERM = {"REVISION", "WEBHOOKS"}
"""Numbers of revisions and endpoints stay until somebody gives them an end."""


@pytest.fixture(scope="module")
def erased():
    """(house, residents, what is left at once, after an hour, after thirteen)."""
    house = House()
    who = residents.move_in(house)
    residents.erase(house, who)
    house.pass_(0)
    looks = [look(house.world)]
    for number, hours in ((1, 1), (2, 12)):
        residents.come_back(house, who, number)
        assert look(house.world).of(*who.all_ids), "somebody came too late, and left something"
        house.pass_(hours * HOUR_S)
        looks.append(look(house.world))
    return house, who, looks


def said_in(*texts: str) -> list[str]:
    """The kinds of canaries that stand in these texts."""
    sinks = Sinks()
    sinks.pour("table keys", *texts)
    return [hit.kind for hit in sinks.hits(Canaries())]


def jobs_of(left: Left, job_ids) -> list[dict]:
    return [row for (_, sk), row in left.rows.items() if sk == "JOB" and row["id"] in job_ids]


@pytest.mark.parametrize("at", [0, 1, 2], ids=["at once", "after 1 h", "after 13 h"])
def test_no_version_and_no_marker_is_left(erased, at):
    _, who, looks = erased

    assert looks[at].of(*who.all_ids) == []


def test_every_job_of_the_erasures_is_gone(erased):
    _, who, looks = erased

    rows = jobs_of(looks[-1], who.all_ids)

    assert len(rows) == len(who.all_ids) == 15
    assert {row["tombstone"]["reason"] for row in rows} == {"erased"}


def test_rows_keep_what_the_list_allows(erased):
    left = erased[2][-1]

    found = [
        breach for row in left.rows.values() if kind_of(row["pk"], row["sk"]) != "other" for breach in breaches(row)
    ]

    assert found == []


def test_no_row_says_what_was_said(erased):
    left = erased[2][-1]

    assert said_in(*(json.dumps(row, default=str, ensure_ascii=False) for row in left.rows.values())) == []
    assert said_in(*left.versions) == []


def test_a_receipt_forgets_whose_it_was(erased):
    receipts = [row for row in erased[2][-1].rows.values() if kind_of(row["pk"], row["sk"]) == "receipt"]

    assert len(receipts) == 5
    assert [(row["status"], len(row["swept_at"]), row.get("scope")) for row in receipts] == [("completed", 2, None)] * 5


def test_what_knows_of_a_call_has_an_end(erased):
    endless = {key for key, row in erased[2][-1].rows.items() if "expires_at" not in row}

    known = {key for key in endless if key[1] in KEPT_FOR_EVER or any(word in f"{key}" for word in WAITING_FOR_A_TERM)}

    assert endless - known == set()


def test_a_tombstone_stands_for_a_year(erased):
    rows = jobs_of(erased[2][-1], erased[1].all_ids)

    assert {int(row["expires_at"] - row["tombstone"]["at"]) for row in rows} <= {TOMBSTONE_S, TOMBSTONE_S - 1}


def test_a_row_that_keeps_more_is_seen(erased):
    row = {**jobs_of(erased[2][-1], erased[1].all_ids)[0], "reference": "crm-1"}

    assert list(breaches(row)) == ["job: reference"]
    assert list(breaches({**row, "audio": {"key": "alice.wav", "etag": "x"}}))[1:] == [
        "job: audio.etag",
        "job: audio.key",
    ]


@pytest.fixture(scope="module")
def expired():
    """(house, ids, what is left before and after 30 days, and after 180)."""
    house = House()
    ids = [house.work(house.queued(reference="crm-1", subject_ref="c-1")) for _ in range(2)]
    ids.append(house.work(house.queued(reference="crm-1"), UnsupportedFormat()))
    canceled = house.queued(reference="crm-1")
    house.asked("POST", f"/v1/jobs/{canceled}/cancel")
    looks = []
    for days in (29.9, 0.2, 150):
        house.pass_(days * DAY_S)
        looks.append(look(house.world))
    return house, [*ids, canceled], looks


def prefixes(left: Left, job_ids) -> set[str]:
    return {key.split("/")[0] for key in left.of(*job_ids)}


def test_recordings_go_after_thirty_days(expired):
    _, ids, (before, after, _) = expired

    assert prefixes(before, ids) >= {"audio", "requests", "transcripts"}
    assert "audio" not in prefixes(after, ids)
    assert prefixes(after, ids) >= {"requests", "transcripts"}


def test_nothing_is_left_after_the_last_term(expired):
    _, ids, (*_, last) = expired

    assert last.of(*ids) == []
    assert [breach for row in jobs_of(last, ids) for breach in breaches(row)] == []
    assert said_in(*(json.dumps(row, default=str, ensure_ascii=False) for row in last.rows.values())) == []


def test_the_record_goes_a_year_later(expired):
    house, ids, (*_, last) = expired

    ends = {round((float(row["expires_at"]) - house.clock[0]) / DAY_S) for row in jobs_of(last, ids)}

    assert ends == {TOMBSTONE_S // DAY_S}


def test_hints_on_the_queues_are_ids(erased, expired):
    messages = [message for left in (*erased[2], *expired[2]) for message in left.messages]

    assert len(messages) >= 15
    assert said_in(*messages) == []
